"""Messages that callers leave for the practice's people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.clock import Clock
from config.database import Database
from practice.booking.answer import Answer
from practice.partners.views import BotView


@dataclass(frozen=True, slots=True)
class StaffMessageView:
    """A message left for the practice.

    Attributes:
        id: ``msg_…``.
        bot_id: Who took it down.
        text: What was said.
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
        self._database, self._clock = database, clock

    async def leave(self, bot: BotView, idempotency_key: str | None, body: dict[str, Any]) -> Answer:
        """Take a message down once per key: 201, or 200 with the first one."""
        raise NotImplementedError

    async def list_messages(self, bot_id: str, limit: int = 100) -> list[StaffMessageView]:
        """List a bot's messages, newest first."""
        raise NotImplementedError
