"""How days and times that stand in one sentence belong together: "between", "after", "or", "not"."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from language import speak
from language.datetimes import clock_phrases, day_phrases
from language.datetimes.clock_phrases import DAY_MINUTES, Clock, Part
from language.datetimes.day_phrases import OPEN_DAYS, Days, Unclear
from language.datetimes.normalize import WEEKDAYS

_OR_MINUTES = 15


@dataclass(frozen=True)
class TimeOfDay:
    """What was said about the time of day: from and to in minutes, or one clock time."""

    first: int = 0
    last: int = DAY_MINUTES
    label: str = ""
    clock: Clock | None = None


_NOT = (
    r"(?:not|except|excluding|never|cant do|cannot do|cant make|(?:any ?(?:thing|time|day)?|every day) but|"
    r"other than)"
)
_REFUSED_DAY = re.compile(
    rf"\b{_NOT} (?:on |for |this |next )?D(?P<a>\d+)|"
    r"\bD(?P<b>\d+) (?:(?:is|are|will|does|do) (?:not|no)|isnt|arent|wont|doesnt|dont|is bad|is out|cant)\b"
)


_TWO_TIMES = re.compile(
    r"\bT\d (?:P\d )?(?:and|to|until|till|through|or) (?:at )?T\d|"
    r"\b(?:after|from|past) T\d (?:but |and )*(?:before|by|until) T\d"
)
_UNTIL = re.compile(
    r"\b(?:no later than|(?<!no )earlier than|before|by|until|till) (?:about |around )?T\d|"
    r"\bT\d (?:or|and) (?:earlier|before)"
)
_FROM = re.compile(
    r"\b(?:after|past|from|no earlier than|no sooner than|later than|starting at|starting) (?:about |"
    r"around )?T\d|\bT\d (?:(?:or|and) (?:later|after|on)|onwards?)"
)


_MARKS = re.compile(r"\bD(\d+)")
_SPELLED = (
    (re.compile(r"\b(D\d+) (?:in|of|on|during|sometime in) (?=D\d)"), r"\1 "),
    (re.compile(r"\bnot (?:before|until|till) (D\d)"), r"no sooner than \1"),
)
_WHOLE_WEEK = re.compile(r"\b(?:the )?week (?:of|commencing|beginning|starting)(?: on)? D(?P<a>\d+)")
_PAIR = r"D(?P<a>\d+) (?P<joiner>or|and|to|until|through) D(?P<b>\d+)"
_PAIR_AROUND = (re.compile(rf"\b{_PAIR} D(?P<c>\d+)"), re.compile(rf"\bD(?P<c>\d+) {_PAIR}"))
_NEIGHBOURS = re.compile(r"\bD(?P<a>\d+)(?P<part> P\d+)? D(?P<b>\d+)")
_BETWEEN = re.compile(
    r"\b(?:between|from) D(?P<a>\d+) (?:and|to|until|till|through|thru|or) D(?P<b>\d+)|"
    r"\bD(?P<c>\d+) (?:to|until|till|through|thru) D(?P<d>\d+)"
)
_BY_DAY = re.compile(
    r"\b(?P<how>no later than|on or before|(?<!no )earlier than|before|by|until|till) D(?P<a>\d+)"
    r"(?! (?:at )?T)"
)
_FROM_DAY = re.compile(
    r"\b(?P<how>no sooner than|no earlier than|on or after|later than|after|past|starting|beginning|from) "
    r"D(?P<a>\d+)|\bD(?P<b>\d+) (?:or later|onwards?|and later|or after)"
)


def refused_weekdays(words: str) -> frozenset[int]:
    """Find the weekdays that are ruled out: "next week but not Monday".

    Returns:
        Weekdays, 0 is Monday.
    """
    return frozenset(
        WEEKDAYS.index(match[1].lower())
        for match in re.finditer(
            r"\b(?:not|except|excluding|other than|but)(?: for| on| this| next)* "
            rf"({'|'.join(WEEKDAYS)})s?\b",
            words,
            re.IGNORECASE,
        )
    )


def join_days(text: str, named: list[Days], today: date) -> Days | None:
    """Bring the days that were named together into one stretch.

    Args:
        text: The words with ``D0``, ``D1`` in the place of the days.

    Returns:
        The stretch, None when no day was named.

    Raises:
        Unclear: The days do not go together.
    """
    if not named:
        return None
    for pattern, spelling in _SPELLED:
        text = pattern.sub(spelling, text)
    joining = _Joining(list(named), today)
    text = _WHOLE_WEEK.sub(joining.whole_week, text)
    if _REFUSED_DAY.search(text):
        text = _REFUSED_DAY.sub("", text)
        if not _MARKS.search(text):
            raise Unclear("Which day would suit you instead?")
    for pattern in _PAIR_AROUND:
        text = pattern.sub(joining.both_within, text)
    while _NEIGHBOURS.search(text):
        text = _NEIGHBOURS.sub(joining.neighbours, text)
    text = _BETWEEN.sub(joining.between, text)
    text = _BY_DAY.sub(joining.until, text)
    text = _FROM_DAY.sub(joining.since, text)
    return _one_stretch([joining.days[int(one)] for one in _MARKS.findall(text)])


@dataclass
class _Joining:
    """The days so far; each method replaces a few marks by the mark of what they mean together."""

    days: list[Days]
    today: date

    def whole_week(self, match: re.Match[str]) -> str:
        monday = day_phrases.monday_of(self.days[int(match["a"])].first)
        week = day_phrases.week(monday, "", self.today)
        return self._mark(replace(week, label=f"the week of {speak.day(monday)}"))

    def both_within(self, match: re.Match[str]) -> str:
        """Read "Thursday or Friday next week"."""
        around = self.days[int(match["c"])]
        marks = []
        for one in (self.days[int(match["a"])], self.days[int(match["b"])]):
            fits = one.weekday is not None and not around.single
            marks.append(self._mark(_narrowed(one, around) if fits else one))
        return f"{marks[0]} {match['joiner']} {marks[1]}"

    def neighbours(self, match: re.Match[str]) -> str:
        """Read "Tuesday next week", "tomorrow Tuesday"."""
        both = _narrowed(self.days[int(match["a"])], self.days[int(match["b"])])
        return f"{self._mark(both)}{match['part'] or ''}"

    def between(self, match: re.Match[str]) -> str:
        first = self.days[int(match["a"] or match["c"])]
        last = self.days[int(match["b"] or match["d"])]
        if last.weekday is not None and last.last < first.first:
            last = day_phrases.one_day(last.first + timedelta(7), self.today)
        if first.doubt or last.doubt:
            raise Unclear(first.doubt or last.doubt or "")
        if last.last < first.first:
            raise Unclear("Which day first, and which day last?")
        label = f"between {first.label} and {last.label}"
        return self._mark(day_phrases.stretch(first.first, last.last, label))

    def until(self, match: re.Match[str]) -> str:
        one = self.days[int(match["a"])]
        inclusive = match["how"] not in ("earlier than", "before")
        last = one.last if inclusive else one.first - timedelta(1)
        label = f"{'by' if inclusive else 'before'} {one.label}"
        return self._mark(Days(min(self.today, last), last, label, doubt=one.doubt))

    def since(self, match: re.Match[str]) -> str:
        one = self.days[int(match["a"] or match["b"])]
        beyond = match["how"] in ("after", "past", "later than")
        first = one.last + timedelta(1) if beyond else one.first
        label = f"{'after' if beyond else 'from'} {one.label}"
        return self._mark(Days(first, first + timedelta(OPEN_DAYS), label, doubt=one.doubt))

    def _mark(self, value: Days) -> str:
        self.days.append(value)
        return f"D{len(self.days) - 1}"


def _narrowed(one: Days, other: Days) -> Days:
    for named, around in ((one, other), (other, one)):
        if named.weekday is not None and not around.single:
            fitting = [
                around.first + timedelta(n)
                for n in range((around.last - around.first).days + 1)
                if (around.first + timedelta(n)).weekday() == named.weekday
            ]
            if not fitting:
                raise Unclear(f"Do you mean {named.label}, or {around.label}?")
            return Days(fitting[0], fitting[0], speak.day(fitting[0]))
    if one.first <= other.last and other.first <= one.last:
        sure = one if other.doubt or not other.single else other
        return Days(max(one.first, other.first), min(one.last, other.last), sure.label)
    raise Unclear(f"Do you mean {one.label}, or {other.label}?")


def _one_stretch(found: list[Days]) -> Days:
    """Join days that touch; ask when they do not."""
    unique: list[Days] = []
    for one in found:
        if not any(one.first == other.first and one.last == other.last for other in unique):
            unique.append(one)
    if len(unique) == 1:
        return unique[0]
    ordered = sorted(unique, key=lambda one: one.first)
    labels = [one.label for one in ordered]
    touching = all(b.first <= a.last + timedelta(1) for a, b in pairwise(ordered))
    if not touching or len(unique) > 3:  # noqa: PLR2004 - more than three is no answer
        raise Unclear(f"Let's take one first. Shall I look at {speak.listing(labels[:3])}?")
    for one in unique:
        if one.doubt:
            raise Unclear(one.doubt)
    return Days(ordered[0].first, max(one.last for one in ordered), speak.listing(labels))


def join_times(text: str, parts: list[Part], named: list[Clock]) -> TimeOfDay:
    """Bring what was said about the time of day together.

    Args:
        text: The words with ``P0`` and ``T0`` in the place of parts of the day and clock times.

    Returns:
        From when until when, or at what time.

    Raises:
        Unclear: The times do not go together.
    """
    text = re.sub(r"\bnot (?:before|until|till|earlier than) T", "no sooner than T", text)
    text = re.sub(r"\bnot (?:after|later than|past) T", "no later than T", text)
    if match := re.search(rf"\b{_NOT} (?:in the |on )?P(\d+)", text):
        part = parts[int(match[1])]
        if part.label == "in the morning":
            return TimeOfDay(part.last, DAY_MINUTES, ", after noon")
        if part.first >= clock_phrases.NOON:
            return TimeOfDay(0, part.first, f", before {Clock(part.first, sure=True).spoken}")
        raise Unclear("What time of day would suit you?")
    if re.search(rf"\b{_NOT} (?:at )?T\d", text):
        raise Unclear("What time would suit you instead?")
    return _clocks_joined(text, _joined(text, parts), named)


def _clocks_joined(text: str, part: Part | None, named: list[Clock]) -> TimeOfDay:
    clocks = [clock_phrases.settle(one, part) for one in named]
    if not clocks:
        return TimeOfDay(part.first, part.last, f", {part.label}") if part else TimeOfDay()
    if len(clocks) == 2 and (match := _TWO_TIMES.search(text)):  # noqa: PLR2004 - the two ends
        ends = [clocks[int(one)] for one in re.findall(r"T(\d+)", match[0])]
        return _between(*clock_phrases.settle_pair(*ends), either=" or " in match[0])
    if len({one.minutes for one in clocks}) > 1:
        names = [one.spoken for one in sorted(clocks, key=lambda one: one.minutes)]
        raise Unclear(f"Which time would suit you best: {speak.listing(names[:3])}?")
    clock = clocks[0]
    if _UNTIL.search(text):
        return _until(clock, part)
    if _FROM.search(text):
        until = part.last if part and part.last > clock.minutes else DAY_MINUTES
        return TimeOfDay(clock.minutes, until, f", after {clock.spoken}")
    return TimeOfDay(clock=clock, label=f" at {clock.spoken}")


def _joined(text: str, parts: list[Part]) -> Part | None:
    if not parts:
        return None
    first, last = max(one.first for one in parts), min(one.last for one in parts)
    narrowest = min(parts, key=lambda one: one.last - one.first)
    if first < last and not re.search(r"\bP\d+ or", text):
        return Part(first, last, narrowest.label)
    labels = list(dict.fromkeys(one.label for one in parts))
    return Part(min(one.first for one in parts), max(one.last for one in parts), " or ".join(labels[:2]))


def _between(first: Clock, last: Clock, *, either: bool) -> TimeOfDay:
    if first.minutes == last.minutes:
        return TimeOfDay(clock=first, label=f" at {first.spoken}")
    low, high = sorted((first.minutes, last.minutes))
    if either:
        # Both named times may be offered, so the later one belongs to the stretch.
        high = min(high + _OR_MINUTES, DAY_MINUTES)
        return TimeOfDay(low, high, f", at {first.spoken} or {last.spoken}")
    if last.minutes < first.minutes:
        raise Unclear("From what time until what time would suit you?")
    return TimeOfDay(low, high, f", between {first.spoken} and {last.spoken}")


def _until(clock: Clock, part: Part | None) -> TimeOfDay:
    if clock.minutes == 0:
        return TimeOfDay()
    first = part.first if part and part.first < clock.minutes else 0
    return TimeOfDay(first, clock.minutes, f", before {clock.spoken}")
