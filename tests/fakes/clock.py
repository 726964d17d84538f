"""A clock that a test moves."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
"""A Tuesday, nine in the morning in New York."""


class MovableClock:
    """Shows what it is told."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)
