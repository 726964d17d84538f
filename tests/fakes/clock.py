"""A clock that a test moves."""

from datetime import UTC, datetime, timedelta

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
