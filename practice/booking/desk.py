"""The booking desk: what the partner's two endpoints do."""

from typing import Any

from config.clock import Clock, system_clock
from config.database import Database
from practice.booking.answer import Answer
from practice.booking.relay import Relay
from practice.partners.views import BotView


class BookingDesk:
    """Availability and bookings for any bot, over whatever platform it has."""

    def __init__(
        self, database: Database, clock: Clock, relay: Relay, *, lease_clock: Clock = system_clock
    ) -> None:
        self._database, self._clock, self._relay = database, clock, relay

    async def search(self, bot: BotView, body: dict[str, Any]) -> Answer:
        """Search free windows; body is the whole request body."""
        raise NotImplementedError

    async def book(
        self,
        bot: BotView,
        idempotency_key: str | None,
        body: dict[str, Any],
        *,
        wait_seconds: float | None = None,
    ) -> Answer:
        """Book once per key."""
        raise NotImplementedError

    async def lookup(self, bot: BotView, phone: str) -> Answer:
        """Look a customer up by phone number (E.164)."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Wait for bookings under way."""
        raise NotImplementedError
