"""Messages that callers leave for the practice's people."""

from dataclasses import dataclass
from datetime import datetime

from contracts.partner_messages import MessageCustomer, StaffMessage
from contracts.timestamps import timestamp
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from practice.messages import repository
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.records.insert_once import insert_once
from practice.records.staff_messages import StaffMessage as Row

_CONTENT = ("text", "customer_name", "customer_phone")


@dataclass(frozen=True, slots=True)
class StaffMessageView:
    """A message left for the practice.

    Attributes:
        id: ``msg_…``.
        customer_name: Or None.
        customer_phone: Or None.
        created_at: UTC.
    """

    id: str
    bot_id: str
    text: str
    customer_name: str | None
    customer_phone: str | None
    created_at: datetime


class Messages:
    """Messages for the practice's people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def leave(self, bot: BotView, key: str, message: StaffMessage) -> PartnerResponse:
        """Keep a message, once per key.

        Returns:
            201 with ``{"message": {"id", "created_at"}}``; 200 with the first one when the key comes again,
            marked when it said something else.
        """
        customer, now = message.customer or MessageCustomer(), self._clock()
        values = {
            "id": new_id("msg", now),
            "bot_id": bot.id,
            "idempotency_key": key,
            "text": message.text.strip(),
            "customer_name": customer.name,
            "customer_phone": customer.phone,
            "created_at": now,
        }
        async with self._database.session() as session:
            fresh = await insert_once(session, Row, values, ["bot_id", "idempotency_key"])
            kept = await repository.get_by_key(session, bot.id, key)
        answer = {"message": {"id": kept.id, "created_at": timestamp(kept.created_at)}}
        mismatch = any(getattr(kept, name) != values[name] for name in _CONTENT)
        return PartnerResponse(201 if fresh else 200, answer, replayed=not fresh, mismatch=mismatch)

    async def list_messages(self, bot_id: str, limit: int = 100) -> list[StaffMessageView]:
        """List a bot's messages.

        Args:
            bot_id: ``bot_…``.
        """
        async with self._database.reading() as session:
            kept = await repository.list_messages(session, bot_id, limit)
        return [
            StaffMessageView(
                id=one.id,
                bot_id=one.bot_id,
                text=one.text,
                customer_name=one.customer_name,
                customer_phone=one.customer_phone,
                created_at=one.created_at,
            )
            for one in kept
        ]
