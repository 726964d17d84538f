"""What calls came to, by day: counted of what stands beside each call, never of what was said in it."""

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kit.clock import midnight
from kit.db.database import Database
from practice.conversations.outcome import OUTCOMES
from practice.records.conversations import Call
from practice.records.partners import Bot

REHEARSED = "try_"
"""Ids of calls from the console begin so: they are nobody's."""
MOST_DAYS = 366

_Row = tuple[datetime, str | None, int | None, list[int] | None]
_MINUTE_SECONDS = 60


@dataclass(slots=True)
class DayFigures:
    """The calls of a local day; a carrier bills ``begun_minutes``, the last one of each call whole."""

    day: date
    calls: int = 0
    seconds: int = 0
    begun_minutes: int = 0
    answers_ms: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def minutes(self) -> int:
        """Whole minutes, rounded."""
        return round(self.seconds / _MINUTE_SECONDS)


def begun_minutes(seconds: int | None) -> int:
    """Give the minutes that a carrier bills of a call: the last one counts whole."""
    return -(-(seconds or 0) // _MINUTE_SECONDS)


def percentile(values: Sequence[int], share: float) -> int | None:
    """Give the smallest value that so large a share of them does not exceed; None of no values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


class Figures:
    """The figures of sites."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_days(self, site_id: int, last: date, count: int, zone: ZoneInfo) -> list[DayFigures]:
        """List days, the earliest first, those without calls among them."""
        days = [last - timedelta(days=one) for one in reversed(range(min(count, MOST_DAYS)))]
        begin, end = midnight(days[0], zone), midnight(last + timedelta(days=1), zone)
        query = select(Call.started_at, Call.outcome, Call.duration_seconds, Call.answers_ms).where(
            Call.bot_id.in_(select(Bot.id).where(Bot.site_id == site_id)),
            Call.started_at >= begin,
            Call.started_at < end,
            Call.id.not_like(f"{REHEARSED}%"),
        )
        async with self._database.reading() as session:
            rows = [(row[0], row[1], row[2], row[3]) for row in await session.execute(query)]
        # A year of a busy practice takes longer to count than a packet of a call may wait.
        return await asyncio.to_thread(_count, days, rows, zone)


def _count(days: Iterable[date], rows: Iterable[_Row], zone: ZoneInfo) -> list[DayFigures]:
    found = {day: DayFigures(day) for day in days}
    for started, outcome, seconds, answers in rows:
        figures = found[started.astimezone(zone).date()]
        figures.calls += 1
        figures.seconds += seconds or 0
        figures.begun_minutes += begun_minutes(seconds)
        figures.answers_ms += answers or ()
        if outcome in OUTCOMES:
            figures.outcomes[outcome] += 1
    return list(found.values())
