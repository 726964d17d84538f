"""Reads the days and times in what a bot says, spoken or written; independent of the bot's own reader."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

NUMBER_WORDS: Final = (
    {word: place for place, word in enumerate(_UNITS)}
    | {
        f"{ten}{join}{_UNITS[unit]}": value + unit
        for ten, value in _TENS.items()
        for unit in range(1, 10)
        for join in (" ", "-")
    }
    | dict(_TENS)
)
_ORDINAL_WORDS = (
    {word: place for place, word in enumerate(_ORDINALS, 1)}
    | {
        f"{ten}{join}{_ORDINALS[unit - 1]}": value + unit
        for ten, value in (("twenty", 20), ("thirty", 30))
        for unit in range(1, 10)
        for join in (" ", "-")
    }
    | {"thirtieth": 30}
)


def _either(words: dict[str, int] | list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SPELLED = rf"(?:{_either(NUMBER_WORDS)})"
_NTH = rf"(?:{_either(_ORDINAL_WORDS)}|\d{{1,2}}(?:st|nd|rd|th))"
_MONTH = rf"(?:{_either(_MONTHS)})"
_DAY = rf"(?:{_either(_DAYS)})"
_DAY_PATTERN = re.compile(
    rf"\b(?:(?P<wd1>{_DAY}),?\s+)?(?:the\s+)?(?P<nth1>{_NTH}|\d{{1,2}})\s+(?:of\s+)?(?P<month1>{_MONTH})\b"
    rf"|\b(?:(?P<wd2>{_DAY}),?\s+)?(?P<month2>{_MONTH})\s+(?:the\s+)?(?P<nth2>{_NTH}|\d{{1,2}})\b(?!\s*:)"
    rf"|\b(?P<wd3>{_DAY}),?\s+(?:the\s+)?(?P<nth3>{_NTH})\b"
    rf"|\b(?P<wd4>{_DAY})\b|\b(?P<near>today|tomorrow)\b"
)
_AFTER_THE_HOUR = "ten|fifteen|" + "|".join(f"{ten}(?:[ -]five)?" for ten in _TENS)
_MINUTES = rf"(?::(?P<mm>\d\d)|\s+(?:oh|o)\s+(?P<oh>{_SPELLED}|\d)|\s+(?P<mw>{_AFTER_THE_HOUR}))?"
_HOURS = _either(_UNITS[1:13])
_HALF = r"(?P<ap>a\.?\s?m\b\.?|p\.?\s?m\b\.?)"
_TIME_PATTERN = re.compile(
    rf"\b(?P<hour>(?:{_HOURS})|\d{{1,2}}){_MINUTES}\s*{_HALF}"
    r"|\b(?P<dhour>\d{1,2}):(?P<dmm>\d\d)\b"
    rf"|\bhalf\s+past\s+(?P<half>{_SPELLED})"
    rf"|\bquarter\s+(?:past\s+(?P<qp>{_SPELLED})|to\s+(?P<qt>{_SPELLED}))"
    rf"|\b(?P<clock>{_SPELLED}|\d{{1,2}})\s+o'?\s?clock"
    rf"|\b(?P<bhour>{_HOURS})\s+(?P<bmw>thirty|fifteen|forty[ -]five)\b"
    r"|\b(?P<noon>noon|midday)\b"
)
_MORNING_BEGINS: Final = 7


@dataclass(frozen=True)
class Mention:
    """A day, a time, or both, as they were said.

    Attributes:
        at: Where in the text it begins; ``end`` where it ends.
        weekday_fits: A weekday that was said beside a date is that date's.
    """

    day: date | None
    clock: time | None
    at: int
    end: int
    weekday_fits: bool = True

    @property
    def moment(self) -> datetime | None:
        """Both together, local and without a zone; None where one is missing."""
        return datetime.combine(self.day, self.clock) if self.day and self.clock else None


def read_times(text: str, today: date, focus: date | None = None) -> list[Mention]:
    """Find every day and time that is said; a time takes the last day said before it, at first ``focus``."""
    low = text.lower()
    days = list(_days(low, today))
    found: list[Mention] = []
    used: set[int] = set()
    for match in _TIME_PATTERN.finditer(low):
        clock = _clock(match)
        if clock is None:
            continue
        before = [one for one in days if one.at < match.start()]
        # "ten a.m. on Thursday": the day follows at once.
        after = next((one for one in days if 0 <= one.at - match.end() <= len(" on the ")), None)
        day = before[-1] if before else after
        if day is not None:
            used.add(day.at)
        found.append(
            Mention(
                day.day if day else focus,
                clock,
                match.start(),
                match.end(),
                day.weekday_fits if day else True,
            )
        )
    found += [one for one in days if one.at not in used]
    return sorted(found, key=lambda one: one.at)


def _days(low: str, today: date) -> Iterator[Mention]:
    for match in _DAY_PATTERN.finditer(low):
        groups = match.groupdict()
        if near := groups["near"]:
            day = today + timedelta(days=near == "tomorrow")
            yield Mention(day, None, match.start(), match.end())
            continue
        weekday = next((groups[name] for name in ("wd1", "wd2", "wd3", "wd4") if groups[name]), None)
        nth = next((groups[name] for name in ("nth1", "nth2", "nth3") if groups[name]), None)
        month = groups["month1"] or groups["month2"]
        if nth is None:
            wanted = _DAYS.index(weekday or "")
            yield Mention(
                today + timedelta(days=(wanted - today.weekday()) % 7), None, match.start(), match.end()
            )
            continue
        found = _date(_number(nth), _MONTHS.index(month) + 1 if month else None, weekday, today)
        if found is not None:
            yield Mention(found[0], None, match.start(), match.end(), found[1])


def _date(nth: int, month: int | None, weekday: str | None, today: date) -> tuple[date, bool] | None:
    """Find the nearest day of that name that is not long past; and whether the weekday fits it."""
    reach = [today + timedelta(days=ahead) for ahead in (*range(300), *range(-1, -60, -1))]
    fits = [one for one in reach if one.day == nth and (month is None or one.month == month)]
    if not fits:
        return None
    if weekday is None:
        return fits[0], True
    same = [one for one in fits if one.weekday() == _DAYS.index(weekday)]
    return (same[0], True) if same else (fits[0], False)


def _clock(match: re.Match[str]) -> time | None:
    groups = match.groupdict()
    if groups["noon"]:
        return time(12)
    if groups["hour"]:
        hour = _number(groups["hour"]) % 12 + (12 if groups["ap"].startswith("p") else 0)
        spoken = groups["mm"] or groups["oh"] or groups["mw"]
        return _time(hour, _number(spoken) if spoken else 0)
    if groups["dhour"]:
        return _time(_daytime(int(groups["dhour"])), int(groups["dmm"]))
    for name, minute, earlier in (("half", 30, 0), ("qp", 15, 0), ("qt", 45, 1), ("clock", 0, 0)):
        if groups[name]:
            return _time(_daytime(_number(groups[name]) - earlier), minute)
    return _time(_daytime(_number(groups["bhour"])), _number(groups["bmw"]))


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if 0 <= hour < 24 and 0 <= minute < 60 else None  # noqa: PLR2004 - of a clock


def _daytime(hour: int) -> int:
    """Take an hour without a.m. or p.m. for one of the working day."""
    return hour + 12 if hour < _MORNING_BEGINS else hour


def _number(word: str) -> int:
    word = " ".join(word.split())
    if word in _ORDINAL_WORDS:
        return _ORDINAL_WORDS[word]
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    return int(re.sub(r"\D", "", word))
