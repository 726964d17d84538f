"""Clock times and days as people name them, found in a text: an offered slot is picked by them."""

import re
from dataclasses import dataclass, replace
from datetime import date

from language.datetimes.clock_phrases import Clock, settle
from language.datetimes.constraints import Hours
from language.datetimes.marks import marked
from language.datetimes.normalize import MONTHS, WEEKDAYS
from language.normalize import normal
from language.speak import ORDINALS

_CLOCK = re.compile(r"\bT(\d+)(?: P(\d+))?")
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_NUMBER = rf"(?:{_ORDINAL}|\d{{1,2}}(?:st|nd|rd|th)?)"
_MONTH = "(?:" + "|".join(MONTHS) + r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_MONTH_DAY = re.compile(rf"\b(?P<month>{_MONTH})\s(?:the\s)?(?P<day>{_NUMBER})\b(?![:])")
_DAY_MONTH = re.compile(rf"\b(?:the\s)?(?P<day>{_NUMBER})\s(?:of\s)?(?P<month>{_MONTH})\b")
_THE_DAY = re.compile(
    rf"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?,? |on |for )?the\s(?P<day>{_ORDINAL}|"
    rf"\d{{1,2}}(?:st|nd|rd|th))\b"
    r"(?!\s(?:one|option|slot|time|available|opening|appointment|visit|choice|week|thing|two|three|half|"
    r"cleaning))"
)
_SLASHED = re.compile(r"\b(?P<month>1[0-2]|0?[1-9])/(?P<day>[12]\d|3[01]|0?[1-9])\b")
_WEEKDAY = re.compile(r"\b(?P<weekday>mon|tues|wednes|thurs|fri|satur|sun)days?\b")


@dataclass(frozen=True)
class DayMention:
    """A day found in a text; a field that was not said is None."""

    weekday: int | None = None
    month: int | None = None
    day: int | None = None
    start: int = 0
    end: int = 0

    def is_on(self, day: date) -> bool:
        """Tell whether a date may be the one that was said."""
        return (
            (self.weekday is None or self.weekday == day.weekday())
            and (self.month is None or self.month == day.month)
            and (self.day is None or self.day == day.day)
        )


def clock_mentions(text: str, *, bare: bool = False) -> list[Clock]:
    """Find the clock times in a text.

    Args:
        bare: Also take a lone "two" for two o'clock; right when a time was just asked for.
    """
    read = marked(text, date(2026, 1, 1), "America/New_York", bare=bare, asking=False)
    found: list[Clock] = []
    for clock, part in _CLOCK.findall(read.text):
        hours = read.values[int(part)] if part else None
        said = settle(read.clock(clock), hours) if isinstance(hours, Hours) else read.clock(clock)
        found.append(replace(said, sure=said.sure or hours is not None))
    return found


def day_mentions(text: str) -> list[DayMention]:
    """Find weekdays and dates in a text; "Tuesday the first of December" is one mention.

    Returns:
        The mentions in the order they stand. Days that depend on the present ("tomorrow") are not among them.
    """
    words = normal(text)
    dates: list[DayMention] = []
    for pattern in (_MONTH_DAY, _DAY_MONTH, _SLASHED, _THE_DAY):
        for match in pattern.finditer(words):
            if any(match.start() < other.end and other.start < match.end() for other in dates):
                continue
            day = _day_number(match["day"])
            month = _month_number(match["month"]) if "month" in match.re.groupindex else None
            if 1 <= day <= 31:  # noqa: PLR2004 - days of a month
                dates.append(DayMention(month=month, day=day, start=match.start(), end=match.end()))
    merged: list[DayMention] = []
    for match in _WEEKDAY.finditer(words):
        weekday = next(index for index, name in enumerate(WEEKDAYS) if name.startswith(match["weekday"]))
        beside = next((d for d in dates if _beside(words, match.start(), match.end(), d)), None)
        if beside is not None:
            dates.remove(beside)
            span = (min(match.start(), beside.start), max(match.end(), beside.end))
            merged.append(DayMention(weekday, beside.month, beside.day, *span))
        else:
            merged.append(DayMention(weekday=weekday, start=match.start(), end=match.end()))
    return sorted([*merged, *dates], key=lambda mention: mention.start)


def _beside(words: str, start: int, end: int, other: DayMention) -> bool:
    if start < other.end and other.start < end:
        return True
    gap = words[end : other.start] if other.start >= end else words[other.end : start]
    return gap.strip() in ("", "the", "on", "on the")


def _day_number(words: str) -> int:
    return ORDINALS.get(words) or int(words.rstrip("stndrh"))


def _month_number(words: str) -> int:
    if words.isdigit():
        return int(words)
    return next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(words[:3]))
