"""Messages that callers leave for the practice's people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from practice.errors import InvalidRequest
from practice.idempotency_keys import check_key
from practice.messages import repository
from practice.partner_response import PartnerResponse
from practice.partners.views import BotView
from practice.payload import Fields
from practice.records.insert_once import insert_once
from practice.records.staff_messages import StaffMessage

LONGEST_MESSAGE = 4000
_SAID = ("text", "customer_name", "customer_phone")


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

    async def leave(self, bot: BotView, idempotency_key: str | None, body: Any) -> PartnerResponse:
        """Take a message down, once per key.

        Args:
            body: ``{"message": {"text", "customer"?: {"name"?, "phone"?}}}``.

        Returns:
            201 with ``{"message": {"id", "created_at"}}``; 200 with the first one when the key comes again,
            marked when it said something else.

        Raises:
            MissingIdempotencyKey: No key.
            InvalidRequest: The body does not fit.
        """
        key = check_key(idempotency_key)
        message = Fields.of(body, InvalidRequest).object("message")
        text = message.text("text", LONGEST_MESSAGE).strip()
        customer = message.object("customer") if message.values.get("customer") is not None else None
        now = self._clock()
        values = {
            "id": new_id("msg", now),
            "bot_id": bot.id,
            "idempotency_key": key,
            "text": text,
            "customer_name": customer.find_text("name", 200) if customer else None,
            "customer_phone": customer.find_text("phone", 40) if customer else None,
            "created_at": now,
        }
        async with self._database.session() as session:
            fresh = await insert_once(session, StaffMessage, values, ["bot_id", "idempotency_key"])
            kept = await repository.get_by_key(session, bot.id, key)
        answer = {
            "message": {"id": kept.id, "created_at": kept.created_at.isoformat().replace("+00:00", "Z")}
        }
        mismatch = any(getattr(kept, name) != values[name] for name in _SAID)
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
