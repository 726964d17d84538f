"""The embedded calendar: a platform like any other, behind the signed protocol."""

from typing import Any

from config.clock import Clock
from config.database import Database


class EmbeddedCalendar:
    """Keeps a practice's own calendar. Bodies are those of the webhook protocol, whole."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def lookup(self, account_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer customers/lookup: ``{"found": bool, "customer"?: …}``."""
        raise NotImplementedError

    async def search(self, account_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer availability/search: ``{"availabilities": [...], "reason"?: …}``."""
        raise NotImplementedError

    async def book(self, account_id: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer bookings: (201 or 200, ``{"booking": …}``); raises SlotUnavailable, InvalidPayload."""
        raise NotImplementedError
