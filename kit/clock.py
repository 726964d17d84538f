"""Time, handed in: a clock is an argument wherever the present moment matters."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

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


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the moment, in UTC, at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
