"""Hundreds of ways to say when, written down with what they mean, in several zones and at several clocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from language.datetimes.constraints import TimeConstraints
from language.datetimes.resolve import Question, resolve

TABLES = Path(__file__).parents[1] / "data" / "times"
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 9, tzinfo=NEW_YORK)
ZONES = [ZoneInfo(name) for name in ("America/Los_Angeles", "America/Chicago", "US/Eastern")]
WEEKDAYS = "mon tue wed thu fri sat sun".split()
OPEN = 13
"""Days of an open stretch that have to be meant."""
LOOK = 75


@dataclass(frozen=True)
class Part:
    """Days and hours of an expectation."""

    days: frozenset[date] | None
    weekdays: frozenset[int]
    hours: tuple[tuple[int, int], ...]
    vague: bool
    unsure: frozenset[date] = frozenset()

    def has(self, moment: datetime) -> bool:
        minute = moment.hour * 60 + moment.minute
        on = (self.days is None or moment.date() in self.days) and moment.weekday() in self.weekdays
        return on and (not self.hours or any(first <= minute < last for first, last in self.hours))


def _day(text: str, today: date) -> date:
    month, day = map(int, text.split("-"))
    return date(today.year + (month < today.month), month, day)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[2:])


def _part(text: str, today: date) -> Part:
    said_days, _, said_hours = text.strip().partition(" ")
    name, _, weekdays = said_days.partition("/")
    unsure: frozenset[date] = frozenset()
    days: frozenset[date] | None = None
    if name not in ("any", "in"):
        first, dots, last = name.partition("..")
        start = _day(first, today)
        end = _day(last, today) if last else start + timedelta(OPEN if dots else 0)
        days = frozenset(start + timedelta(n) for n in range((end - start).days + 1))
        if dots and not last:
            unsure = frozenset(end + timedelta(n) for n in range(1, 200))
    hours: list[tuple[int, int]] = []
    for one in filter(None, said_hours.removeprefix("in:").split(",")):
        if one.startswith("="):
            minute = _minute(one[1:])
            hours.append((minute, minute + 1))
        else:
            first, _, last = one.partition("-")
            hours.append((_minute(first), _minute(last)))
    chosen = (
        frozenset(WEEKDAYS.index(one) for one in weekdays.split(",")) if weekdays else frozenset(range(7))
    )
    return Part(days, chosen, tuple(hours), "in:" in said_hours, unsure)


def is_meant(found: TimeConstraints | Question, expected: str, now: datetime) -> bool:
    """Tell whether what was read allows what was meant, and nothing else."""
    if expected == "ask":
        return isinstance(found, Question)
    if isinstance(found, Question):
        return False
    wanted, _, ruled_out = expected.partition(" ! ")
    today = now.date()
    parts = [_part(one, today) for one in wanted.split(" | ")]
    not_these = [_part(one, today) for one in ruled_out.split(" | ")] if ruled_out else []
    vague = any(one.vague for one in parts)
    unsure = frozenset[date]().union(*(one.unsure for one in parts))
    any_day = any(one.days is None for one in parts)
    some = False
    minutes = sorted(
        {*range(8 * 60, 20 * 60, 60), *(end for one in parts for hours in one.hours for end in hours)}
        - {1440}
    )
    for offset in range(OPEN if any_day else LOOK):
        day = today + timedelta(offset)
        if day in unsure:
            continue
        if not found.allows_day(day) and not any(one.days is None or day in one.days for one in parts):
            continue
        for minute in minutes:
            moment = datetime.combine(day, time(*divmod(minute, 60)), now.tzinfo)
            if moment <= now:
                continue
            meant = any(one.has(moment) for one in parts) and not any(one.has(moment) for one in not_these)
            read = found.allows(moment)
            some = some or read
            if read != meant and (read or not vague):
                return False
    return some


def rows(name: str) -> Iterator[tuple[str, str]]:
    """Give each phrase of a table with what it means."""
    for line in (TABLES / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            phrases, _, expected = line.rpartition(" = ")
            for phrase in re.split(r" / ", phrases):
                yield phrase.strip(), expected.strip()


@cache
def wrong(name: str) -> dict[str, str]:
    """List the phrases of a table that are misread, with what was read; a question is not a misreading."""
    misread = {}
    for phrase, expected in rows(name):
        found = resolve(phrase, NOW, NEW_YORK)
        if not is_meant(found, expected, NOW):
            misread[phrase] = found.text if isinstance(found, Question) else found.label
    return misread


@pytest.mark.parametrize("name", sorted(one.name for one in TABLES.glob("*.txt")))
def test_of_a_hundred_phrases_99_are_right_or_asked(name: str) -> None:
    said = list(rows(name))
    misread = {one: read for one, read in wrong(name).items() if not read.endswith("?")}
    assert len(misread) <= len(said) / 100, misread


@pytest.mark.parametrize("zone", ZONES, ids=lambda one: one.key)
def test_a_phrase_means_the_same_on_the_clock_of_every_zone(zone: ZoneInfo) -> None:
    here, there = NOW, NOW.replace(tzinfo=zone)
    for phrase, _ in list(rows("everyday.txt"))[ZONES.index(zone) :: len(ZONES)]:
        one, other = resolve(phrase, here, NEW_YORK), resolve(phrase, there, zone)
        assert isinstance(one, Question) == isinstance(other, Question), phrase
        if not isinstance(one, Question) and not isinstance(other, Question):
            assert (one.label, one.start.replace(tzinfo=None)) == (
                other.label,
                other.start.replace(tzinfo=None),
            )


CLOCKS = [
    datetime(2026, 11, 30, 8, tzinfo=NEW_YORK),  # a Monday
    datetime(2027, 1, 27, 11, 20, tzinfo=NEW_YORK),  # a Wednesday near the end of a month
    datetime(2027, 3, 12, 16, tzinfo=NEW_YORK),  # the Friday before the clocks go forward
    datetime(2028, 2, 26, 10, tzinfo=NEW_YORK),  # a Saturday before a leap day
    datetime(2026, 12, 27, 15, tzinfo=NEW_YORK),  # the Sunday before a new year
    datetime(2026, 10, 29, 9, tzinfo=NEW_YORK),  # a Thursday before the clocks go back
]
NAMES = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
HOURS = {
    "nine": 9,
    "ten thirty": 10.5,
    "noon": 12,
    "two": 14,
    "three fifteen": 15.25,
    "quarter to four": 15.75,
}
PARTS = {"morning": "0000-1200", "afternoon": "1200-1700"}


def _written(day: date) -> str:
    return f"{day:%m-%d}"


def _clock(hour: float) -> str:
    return f"{int(hour):02d}{round(hour % 1 * 60):02d}"


def _generated(now: datetime) -> Iterator[tuple[str, str]]:
    """Make phrases out of weekdays, dates and hours, each with its meaning reckoned here."""
    today = now.date()
    for weekday, name in enumerate(NAMES):
        ahead = (weekday - today.weekday()) % 7
        if ahead == 0:
            yield name, "ask"
            continue
        day = today + timedelta(ahead)
        later = NAMES[(weekday + 1) % 7]
        next_day = today + timedelta((weekday + 1 - today.weekday()) % 7)
        short = WEEKDAYS[weekday]
        yield from {
            name: _written(day),
            f"{name} week": _written(day + timedelta(7)),
            f"two weeks from {name}": _written(day + timedelta(14)),
            f"the day after {name}": _written(day + timedelta(1)),
            f"three days before {name} week": _written(day + timedelta(4)),
            f"not {name}": f"any ! any/{short}",
            f"I work {name}s": f"any ! any/{short}",
            f"only {name}s": f"any/{short}",
            f"{name} or the day after": f"{_written(day)} | {_written(day + timedelta(1))}",
            f"any {name} after three": f"any/{short} 1500-2400",
            f"{name}s; not before two": f"any/{short} 1400-2400",
            f"after {name}": f"{_written(day + timedelta(1))}..",
            f"by {name}": f"{_written(today)}..{_written(day)}",
        }.items()
        for part, hours in PARTS.items():
            yield f"{name} {part}", f"{_written(day)} {hours}"
        yield f"{name} in the afternoon, but not after four", f"{_written(day)} 1200-1600"
        for said, hour in HOURS.items():
            yield f"{name} at {said}", f"{_written(day)} ={_clock(hour)}"
            # "After noon" may be "afternoon".
            yield f"{name} after {said}", f"{_written(day)} {'in:' if hour == 12 else ''}{_clock(hour)}-2400"
        if next_day != today:
            yield (
                f"{name} morning or {later} afternoon",
                f"{_written(day)} 0000-1200 | {_written(next_day)} 1200-1700",
            )
            yield f"{name}; no, {later}", _written(next_day)
    for ahead in (3, 9, 17, 30):
        day = today + timedelta(ahead)
        yield f"{day:%B} {day.day}", _written(day)
        yield f"{day:%A}, {day:%B} {day.day} at two", f"{_written(day)} =1400"
        yield f"{day.month}/{day.day}", _written(day)
        yield f"in {ahead} days", _written(day)
        yield f"any day but {day:%B} {day.day}", f"any ! {_written(day)}"
        yield (
            f"{day:%B} {day.day} or the day after, before eleven",
            (f"{_written(day)} 0000-1100 | {_written(day + timedelta(1))} 0000-1100"),
        )


@pytest.mark.parametrize("now", CLOCKS, ids=lambda one: one.strftime("%A-%F"))
def test_combined_phrases_are_right_on_every_kind_of_day(now: datetime) -> None:
    made = list(_generated(now))
    found = [(phrase, resolve(phrase, now, NEW_YORK), meant) for phrase, meant in made]
    misread = {
        phrase: getattr(one, "label", one) for phrase, one, meant in found if not is_meant(one, meant, now)
    }
    assert len(misread) <= len(made) / 100, misread
