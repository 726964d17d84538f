"""Clock times and days as people say and write them, found in a text.

The receptionist picks an offered slot by them, and the speech gate compares what is said with what the
calendar returned.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from language.datetimes.normalize import MONTHS, WEEKDAYS
from language.normalize import normal
from language.speak import ORDINALS, number

HOURS = (number(12), *map(number, range(1, 12)))
"""Spoken hours; the position is the hour on a twelve-hour clock."""
_MINUTE_WORDS = {number(value).replace("-", " "): value for value in range(5, 60, 5)} | {
    "oh five": 5,
    "o five": 5,
}

_HOUR = r"(?:1[0-2]|0?[1-9]|" + "|".join(HOURS) + r")"
_MINUTE = "(?:" + "|".join(sorted((w for w in _MINUTE_WORDS if w != "five"), key=len, reverse=True)) + ")"
_PART = (
    r"(?:\s(?P<part>am|pm|(?:in the|this|tomorrow)\s(?:morning|afternoon|evening)|at night|"
    r"tonight))?(?![\w:])"
)
_NOT_COUNTED = (
    r"(?!\s(?:days?|weeks?|months?|years?|minutes?|hours?|people|kids|children|fillings?|teeth|of|"
    r"or\stwo|times?|"
    r"rooms?|cleanings?|appointments?|spots?|openings?|slots?|options?|\d|st\b|nd\b|rd\b|th\b))"
)
_CUE = r"(?:at|after|before|around|about|by|until|till|past|between|make it|say|to|and|or|from)"

_DIGITAL = re.compile(r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)" + _PART)
_WORDY = re.compile(
    rf"(?<![\w:])(?P<hour>{_HOUR})\s(?P<minute>{_MINUTE}|[1-5]\d)(?!\s?(?:minutes?|"
    rf"percent|dollars)){_PART}"
)
_PAST = re.compile(
    rf"\b(?P<minute>half|(?:a )?quarter|five|ten|twenty|twenty five|\d\d?)(?: minutes)? (?P<side>past|"
    rf"after|to|till|before|of) "
    rf"(?P<hour>{_HOUR}){_PART}"
)
_HALF = re.compile(rf"\b(?P<minute>half) (?P<hour>{_HOUR})(?![\w:/]){_NOT_COUNTED}{_PART}")
"""As the British say half past."""
_WHOLE = re.compile(rf"(?<![\w:])(?P<hour>{_HOUR})(?: o'?clock| oclock)?\s(?P<part>am|pm)\b")
_OCLOCK = re.compile(rf"(?<![\w:])(?P<hour>{_HOUR}) (?:o'?clock|oclock|sharp){_PART}")
_DAYPART = re.compile(
    rf"(?<![\w:])(?P<hour>{_HOUR})\s(?P<part>in the (?:morning|afternoon|evening)|"
    rf"at night)\b"
)
_NOON = re.compile(r"\b(?P<hour>noon|midday|midnight)\b")
_CUED = re.compile(rf"\b{_CUE}\s(?P<hour>{_HOUR})(?![\w:'/]){_NOT_COUNTED}{_PART}")
_RUN = re.compile(
    r"\b(?:at|after|before|around|about|by) (?P<hour>1[0-2]|"
    r"[1-9])(?P<minute>[0-5]\d)(?![\d:])"
    + _PART
    + r"(?= ?(?:$|on|in|or|and|please|is|works|would|today|tomorrow|this|next|instead|\w+day))"
)
_BARE = re.compile(
    rf"(?<![\w:'/])(?<!st )(?<!nd )(?<!rd )(?<!th )(?<!th)(?<!er )(?<!at )(?<!is )(?<!ty "
    rf")(?P<hour>{_HOUR})(?![\w:'/]){_NOT_COUNTED}{_PART}"
)
_SURE = (_DIGITAL, _PAST, _HALF, _WORDY, _WHOLE, _OCLOCK, _DAYPART, _NOON, _RUN, _CUED)

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
class ClockMention:
    """A clock time found in a text.

    ``hour`` is 1 to 12; ``pm`` is None when the text leaves open which half of the day.
    """

    hour: int
    minute: int
    pm: bool | None
    start: int = 0
    end: int = 0

    def is_at(self, moment: datetime | time) -> bool:
        """Tell whether a wall-clock moment may be the one that was said."""
        if (moment.hour % 12 or 12, moment.minute) != (self.hour, self.minute):
            return False
        return self.pm is None or self.pm == (moment.hour >= 12)  # noqa: PLR2004 - noon


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


def clock_mentions(text: str, *, bare: bool = False) -> list[ClockMention]:
    """Find the clock times in a text.

    Args:
        bare: Also take a lone "two" for two o'clock; right when a time was just asked for.
    """
    words = normal(text)
    found: list[ClockMention] = []
    days = day_mentions(text) if bare else []
    for pattern in (*_SURE, _BARE) if bare else _SURE:
        for match in pattern.finditer(words):
            start = match.start("minute") if pattern is _PAST else match.start("hour")
            taken: list[ClockMention | DayMention] = [*found, *days]
            if any(start < other.end and other.start < match.end() for other in taken):
                continue
            if pattern is _BARE and match["hour"] == "one" and len(words.split()) > 2:  # noqa: PLR2004
                continue  # "the morning one" is no time
            mention = _clock(match, start)
            if mention is not None:
                found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


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


def _clock(match: re.Match[str], start: int) -> ClockMention | None:
    groups = match.groupdict()
    spoken = groups["hour"]
    end = match.end()
    if spoken in ("noon", "midday", "midnight"):
        return ClockMention(12, 0, spoken != "midnight", start, end)
    hour = int(spoken) if spoken.isdigit() else HOURS.index(spoken)
    minute = _minute_number(groups.get("minute"))
    pm = _is_pm(groups.get("part"))
    if "side" in match.re.groupindex and match["side"] in ("to", "till", "before", "of"):
        hour, minute = hour - 1, 60 - minute
    if hour > 12:  # noqa: PLR2004 - twenty-four-hour clock
        hour, pm = hour - 12, True
    elif spoken in ("0", "00") and "side" not in match.re.groupindex and pm is None:
        pm = False
    return ClockMention(hour % 12 or 12, minute, pm, start, end) if 0 <= minute < 60 else None  # noqa: PLR2004


def _minute_number(words: str | None) -> int:
    if words is None:
        return 0
    if words == "half":
        return 30
    if words.endswith("quarter"):
        return 15
    return int(words) if words.isdigit() else _MINUTE_WORDS[words]


def _is_pm(part: str | None) -> bool | None:
    if not part:
        return None
    return not (part == "am" or part.endswith("morning"))


def _day_number(words: str) -> int:
    return ORDINALS.get(words) or int(words.rstrip("stndrh"))


def _month_number(words: str) -> int:
    if words.isdigit():
        return int(words)
    return next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(words[:3]))
