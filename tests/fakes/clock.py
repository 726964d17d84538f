"""A clock that a test moves."""

from datetime import UTC, datetime, timedelta

from kit.clock import Clock

NOW = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
"""A Tuesday, nine in the morning in New York."""


class MovableSeconds:
    """Monotonic time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class MovableClock:
    """Shows what it is told."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


def fixed_clock(moment: datetime) -> Clock:
    """Make a clock that always shows ``moment``; scenarios and tests pin time with it."""
    if moment.tzinfo is None:
        raise ValueError("a clock shows an aware datetime, with its offset")
    moment_utc = moment.astimezone(UTC)
    return lambda: moment_utc
