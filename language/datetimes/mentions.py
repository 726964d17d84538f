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
_NTH = "|".join([*sorted(ORDINALS, key=len, reverse=True), r"\d{1,2}(?:st|nd|rd|th)"])
_NUMBER = rf"\b(?:{_NTH}|\d{{1,2}})\b"
_MONTH = rf"\b(?:{'|'.join(MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b"
_WEEKDAY = r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
_SLASHED = r"\b(1[0-2]|0?[1-9])/([12]\d|3[01]|0?[1-9])\b"
_NO_DAY = "one|option|slot|time|available|opening|appointment|visit|choice|week|thing|two|three|half|cleaning"
_THE_DAY = rf"\b(?:on |for )?the (?:{_NTH})\b(?! (?:{_NO_DAY})| (?:of )?{_MONTH})"
_DATE = rf"(?:{_MONTH} (?:the )?{_NUMBER}(?!:)|(?:\bthe )?{_NUMBER} (?:of )?{_MONTH}|{_SLASHED}|{_THE_DAY})"
_GAP = r",? (?:on )?(?:the )?"
_DAY = re.compile(rf"{_WEEKDAY}{_GAP}{_DATE}|{_DATE}{_GAP}{_WEEKDAY}|{_DATE}|{_WEEKDAY}")


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
    found = [_mention(match) for match in _DAY.finditer(normal(text))]
    return [one for one in found if one.day is None or 1 <= one.day <= 31]  # noqa: PLR2004 - days of a month


def _mention(match: re.Match[str]) -> DayMention:
    said, at = match[0], match.span()
    weekday, month, number = (re.search(one, said) for one in (_WEEKDAY, _MONTH, _NUMBER))
    named = WEEKDAYS.index(weekday[0].rstrip("s")) if weekday else None
    if slashed := re.search(_SLASHED, said):
        return DayMention(named, int(slashed[1]), int(slashed[2]), *at)
    if number is None:
        return DayMention(named, None, None, *at)
    day = ORDINALS.get(number[0]) or int(number[0].rstrip("stndrh"))
    months = [one[:3] for one in MONTHS]
    return DayMention(named, months.index(month[0][:3]) + 1 if month else None, day, *at)
