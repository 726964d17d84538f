"""Free windows: what is open, less what is taken. Pure, and right on the days the clocks change."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Reason = Literal["past", "too_soon", "too_far", "closed", "full"]
"""Why there is no free window."""

_INTERVAL = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?- ?([0-9]{1,2}):([0-9]{2})")
_HOUR, _DAY = 60, 24 * 60
_SCAN = timedelta(hours=12)
"""Clock changes of one zone are weeks apart; looking this often finds each."""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, start included, end not; both aware, in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Week:
    """When someone is there.

    Attributes:
        zone: The practice's zone; the rest is in its local time.
        hours: Weekday (0 is Monday) to intervals of minutes from local midnight, opens before closes.
        special: Dates with other intervals than their weekday's; of a day that is closed, none.
    """

    zone: ZoneInfo
    hours: Mapping[int, Sequence[tuple[int, int]]]
    special: Mapping[date, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def on(self, day: date) -> Sequence[tuple[int, int]]:
        """Give a local day's intervals."""
        special = self.special.get(day)
        return self.hours.get(day.weekday(), ()) if special is None else special


def minutes_of(interval: str) -> tuple[int, int]:
    """Read an interval such as ``08:00-12:00`` as minutes from midnight; ``24:00`` is the day's end."""
    found = _INTERVAL.fullmatch(interval)
    if found is None:
        raise ValueError("an interval is written such as 08:00-12:00")
    hours = [int(part) for part in found.groups()]
    opens, closes = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if hours[1] >= _HOUR or hours[3] >= _HOUR or closes > _DAY:
        raise ValueError("there is no such time of day")
    if opens >= closes:
        raise ValueError("it ends before it begins")
    return opens, closes


def interval_of(opens: int, closes: int) -> str:
    """Write minutes from midnight as an interval, such as ``08:00-12:00``."""
    return f"{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"


@dataclass(frozen=True, slots=True)
class Need:
    """What has to fit, and the time to keep free before and after, which may lie outside opening hours."""

    duration: timedelta
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)


def open_intervals(week: Week, span: Interval) -> list[Interval]:
    """Find the moments whose local time lies within the opening hours.

    An hour that the clock skips has no moments, an hour that it shows twice has two: the opening hours are
    a statement about the clock on the wall, so both are exactly as long as they are.

    Returns:
        Disjoint intervals in order; neighbours that touch are one.
    """
    found: list[Interval] = []
    for segment, offset in _segments(week.zone, span):
        day = (segment.start + offset).date()
        last = (segment.end + offset).date()
        while day <= last:
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
            for opens, closes in week.on(day):
                start = max(midnight + timedelta(minutes=opens), segment.start)
                end = min(midnight + timedelta(minutes=closes), segment.end)
                if start < end:
                    found.append(Interval(start, end))
            day += timedelta(days=1)
    return merge(found)


def free_windows(opened: Iterable[Interval], busy: Iterable[Interval], need: Need) -> list[Interval]:
    """Find the windows in which an appointment fits wherever it is put.

    Args:
        busy: What is taken, buffers included; may overlap one another.

    Returns:
        Windows in order, none shorter than the appointment. Each appointment that lies in a window keeps
        its own buffers clear of everything busy.
    """
    blocked = merge(Interval(one.start - need.after, one.end + need.before) for one in busy)
    windows: list[Interval] = []
    for one in opened:
        start = one.start
        for block in blocked:
            if block.end <= start or one.end <= block.start:
                continue
            windows.append(Interval(start, block.start))
            start = block.end
        windows.append(Interval(start, one.end))
    return [window for window in windows if window.length >= need.duration]


def fits(windows: Iterable[Interval], start: datetime, duration: timedelta) -> bool:
    """Tell whether an appointment lies in one of the windows."""
    return any(window.start <= start and start + duration <= window.end for window in windows)


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Join intervals that overlap or touch: disjoint ones in order, without the empty ones."""
    joined: list[Interval] = []
    for one in sorted(intervals):
        if one.start >= one.end:
            continue
        if joined and one.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return joined


def _segments(zone: ZoneInfo, span: Interval) -> Iterator[tuple[Interval, timedelta]]:
    """Cut a span where the zone's offset changes."""
    start = span.start
    probe = start
    while probe < span.end:
        following = min(probe + _SCAN, span.end)
        if _offset(zone, probe) != _offset(zone, following):
            change = _change(zone, probe, following)
            yield Interval(start, change), _offset(zone, probe)
            start = change
        probe = following
    if start < span.end:
        yield Interval(start, span.end), _offset(zone, start)


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """Find the first whole second with the later offset."""
    before = _offset(zone, low)
    first, last = int(low.timestamp()), int(high.timestamp())
    while last - first > 1:
        middle = (first + last) // 2
        if _offset(zone, datetime.fromtimestamp(middle, UTC)) == before:
            first = middle
        else:
            last = middle
    return datetime.fromtimestamp(last, UTC)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    return offset if offset is not None else timedelta(0)
