"""Leases: until when a worker that says nothing is taken to be at work."""

from datetime import datetime, timedelta

from config.settings import LedgerSettings
from kit.clock import Clock
from practice.records.bookings import BookingIntent

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the clocks of replicas may be apart. A lease that ends later still was given by a clock that has
been set back since: its worker may be long dead, and a living one renews it soon."""


class Leases:
    """Gives leases, and tells which still run."""

    def __init__(self, clock: Clock, settings: LedgerSettings) -> None:
        self._clock = clock
        self._length = timedelta(seconds=settings.lease_seconds)

    def until(self) -> datetime:
        """Give the end of a lease that begins now."""
        return self._clock() + self._length

    def holds(self, intent: BookingIntent) -> bool:
        """Tell whether someone works on a request."""
        after, latest = self.bounds()
        return intent.state == "pending" and after < intent.lease_until <= latest

    def is_open(self, intent: BookingIntent) -> bool:
        """Tell whether a request's outcome is unknown and nobody works on it."""
        return intent.state in {"pending", "unknown"} and not self.holds(intent)

    def bounds(self, grace: float = 0.0) -> tuple[datetime, datetime]:
        """Give the moments between which leases end that run, or ended up to ``grace`` lengths ago."""
        now = self._clock()
        return now - grace * self._length, now + self._length + CLOCKS_DIFFER
