"""Time, handed in: a clock is an argument wherever the present moment matters."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""A callable that gives the present moment as an aware datetime in UTC."""


def system_clock() -> datetime:
    """Give the machine's present moment, aware, in UTC."""
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """Make a clock that shows ``start`` now and goes on with the machine's monotonic time."""
    if start.tzinfo is None:
        raise ValueError("a clock starts at an aware datetime, with its offset")
    origin = time.monotonic()
    start_utc = start.astimezone(UTC)
    return lambda: start_utc + timedelta(seconds=time.monotonic() - origin)
