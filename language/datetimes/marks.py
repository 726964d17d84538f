"""A clause with a mark in the place of every day and time in it: "between T0 and T1 on D0"."""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from language import speak
from language.datetimes import clock_phrases, day_phrases, holidays
from language.datetimes.clock_phrases import Clock
from language.datetimes.constraints import Choice, Days, Hours
from language.datetimes.day_phrases import Unclear
from language.datetimes.normalize import canonical
from language.datetimes.words import pattern, rows

MONTH_FIRST_ZONES = ("America/", "US/", "Pacific/Honolulu", "Pacific/Guam")
"""Zones whose people write the month before the day."""
Means = Callable[[re.Match[str], date, bool], Days]
"""What a way to say days means: given the match, today, and whether the month is written first."""


def _rules(name: str) -> list[tuple[re.Pattern[str], Means]]:
    return [(said, _means(means)) for said, means in rows(name, r"\b(?:{})(?![\w/])")]


def _means(name: str) -> Means:
    """Find the function of that name, or the day that lies so many days ahead."""
    found: Means = day_phrases.fixed(int(name)) if name.lstrip("-").isdigit() else getattr(day_phrases, name)
    return found


_DAYS, _VAGUE_DAYS = _rules("days"), _rules("vague_days")
_OFFSET = pattern("offset")
_WEEKDAY_BESIDE = pattern("weekday_beside")
_EITHER_BESIDE = pattern("either_beside")
_MONTH_DAYS = 27
_DAY_MARK = re.compile(r"\bD(\d+)\b")
_APPOINTMENT = pattern("appointment")
_SAME_DAYS = pattern("same_days")
_WEEKDAY_AFTER = pattern("weekday_after")
_NTH_WEEK = pattern("nth_week")
_PART_OF_THAT = pattern("part_of_that")
_BESIDE_THAT = pattern("beside_that")
_BACK = ("before", "before that", "earlier", "sooner", "prior to", "ahead of")


@dataclass(frozen=True)
class Window:
    """A stretch of the day between clock times as said; None where one end is open."""

    first: Clock | None
    last: Clock | None


Value = Days | Hours | Clock | Window | Choice


@dataclass
class Marked:
    """The words with their marks, and what the marks stand for."""

    text: str
    today: date
    values: list[Value] = field(default_factory=list)

    def mark(self, value: Value) -> str:
        """Keep a value and give its mark: D days, P a part of the day, T a clock time, W a window."""
        self.values.append(value)
        kind = {Days: "D", Hours: "P", Clock: "T", Window: "W", Choice: "X"}[type(value)]
        return f"{kind}{len(self.values) - 1}"

    def days(self, number: str) -> Days:
        """Give the days of a mark."""
        found = self.values[int(number)]
        assert isinstance(found, Days)  # noqa: S101 - the letter of the mark says so
        return found

    def clock(self, number: str) -> Clock:
        """Give the clock time of a mark."""
        found = self.values[int(number)]
        assert isinstance(found, Clock)  # noqa: S101 - the letter of the mark says so
        return found

    def replace(self, pattern: re.Pattern[str], mark: Callable[[re.Match[str]], str]) -> None:
        """Put marks in the place of matches, each standing alone between spaces."""
        marked, count = pattern.subn(lambda match: f" {mark(match)} ", self.text)
        if count:
            self.text = " ".join(marked.split())


@dataclass(frozen=True)
class Anchor:
    """What "that day" and "my appointment" stand for; None where nothing does.

    Attributes:
        that: The days that were talked of last.
        appointment: The day of the appointment that is to be moved.
    """

    that: Days | None = None
    appointment: date | None = None


def marked(
    words: str,
    today: date,
    zone: str,
    *,
    bare: bool = True,
    asking: bool = True,
    anchor: Anchor | None = None,
    names: Mapping[str, date] | None = None,
) -> Marked:
    """Mark the days and times in words.

    Args:
        zone: IANA name: the order of written dates and the holidays follow its country.
        bare: A number alone is an hour.
        asking: A day that does not exist is an error; else it is a day all the same.
        anchor: What earlier words and the appointment stand for.
        names: Days that have a name at this practice, in lower case.

    Raises:
        Unclear: The words name a day that does not exist.
    """
    known = tuple(sorted((names or {}).items()))
    read = _marked(words, today, zone, bare=bare, asking=asking, anchor=anchor or Anchor(), names=known)
    return Marked(read.text, today, list(read.values))


@functools.lru_cache(256)  # the same words are read by several, one after the other
def _marked(
    words: str,
    today: date,
    zone: str,
    *,
    bare: bool,
    asking: bool,
    anchor: Anchor,
    names: tuple[tuple[str, date], ...],
) -> Marked:
    read = Marked(canonical(words), today)
    _mark_names(read, dict(names))
    _mark_holidays(read, holidays.country_of(zone))
    _mark_anchors(read, anchor)
    month_first = zone.startswith(MONTH_FIRST_ZONES)
    for rules in (_DAYS, _VAGUE_DAYS):
        for said, means in rules:

            def mark_day(match: re.Match[str], means: Means = means) -> str:
                days = _meant(means, match, today, month_first=month_first, asking=asking)
                return read.mark(days) + (" evening" if match[0].endswith("tonight") else "")

            read.replace(said, mark_day)
        _offsets(read)
    read.replace(_SAME_DAYS, lambda match: _week_of_named(read, match))
    _ordinals_of_month(read, anchor.that)
    read.replace(_BESIDE_THAT, lambda match: _beside(read, match, anchor.that))
    read.replace(_WEEKDAY_AFTER, lambda match: _weekday_after(read, match, anchor.that))
    for said, part in clock_phrases.PARTS:
        read.replace(said, lambda _match, part=part: read.mark(part))  # type: ignore[misc]
    for said, reader in clock_phrases.SURE_CLOCKS:
        read.replace(said, lambda match, reader=reader: _clock(read, match, reader(match)))  # type: ignore[misc]
    if bare and (match := clock_phrases.BARE_FACE.match(read.text)):
        read.text = _clock(read, match, clock_phrases.run_together(match))
    hours = clock_phrases.BARE_HOUR if bare else clock_phrases.LED_HOUR
    while match := hours.search(read.text):
        found = f"{match['lead']}{_clock(read, match, clock_phrases.exact(match))}"
        read.text = read.text[: match.start()] + found + read.text[match.end() :]
    return read


def _ordinals_of_month(read: Marked, that: Days | None) -> None:
    """Let "the tenth" be that of the month that is named before it: "in January but not before the tenth"."""
    month = that
    for number in _DAY_MARK.findall(read.text):
        days = read.days(number)
        if not days.single and (days.last - days.first).days >= _MONTH_DAYS and not days.is_open:
            month = days
        elif (
            days.ordinal
            and month is not None
            and month.first > days.first
            and not month.is_open
            and not month.single
        ):
            found = day_phrases.from_ordinal(days.ordinal, month.first)[0]
            if month.has(found):
                read.values[int(number)] = day_phrases.one_day(found, read.today)


def _mark_names(read: Marked, names: Mapping[str, date]) -> None:
    for name, day in sorted(names.items(), key=lambda one: -len(one[0])):
        spelled = re.escape(canonical(name).removesuffix(" day"))
        if spelled:
            said = re.compile(rf"\b{spelled}(?: day)?\b(?! eve)")
            read.replace(said, lambda _match, day=day: read.mark(day_phrases.one_day(day, read.today)))  # type: ignore[misc]


def _mark_anchors(read: Marked, anchor: Anchor) -> None:
    if anchor.appointment:
        day = day_phrases.one_day(anchor.appointment, read.today)
        read.replace(_APPOINTMENT, lambda _match: read.mark(day))
    if anchor.that:
        that = anchor.that
        read.replace(_SAME_DAYS, lambda match: _same(read, match, that))
        read.replace(_PART_OF_THAT, lambda match: _half(read, match, that))
        read.replace(_NTH_WEEK, lambda match: _nth_week(read, match, that))


def _same(read: Marked, match: re.Match[str], that: Days) -> str:
    if match["unit"] == "day":
        return read.mark(replace(that, doubt=None))
    forward = bool(match["following"])
    return read.mark(
        day_phrases.week(day_phrases.monday_of(that.last) + timedelta(7 * forward), "", read.today)
    )


def _week_of_named(read: Marked, match: re.Match[str]) -> str:
    """Read "any day that week", of the days named before it; that of a week itself says nothing new."""
    that = _last_named(read, match, None)
    if that is None or match["unit"] != "week":
        return match[0]
    return "" if not that.single else _same(read, match, that)


def _weekday_after(read: Marked, match: re.Match[str], that: Days | None) -> str:
    """Read "the Monday after", from the days that were talked of last."""
    wanted, that = read.days(match["w"]), _last_named(read, match, that)
    if wanted.weekday is None or that is None:
        return f"D{match['w']}"
    return _weekday_from(read, wanted.weekday, that, back=False)


def _half(read: Marked, match: re.Match[str], that: Days) -> str:
    """Read "the later part", of the days that were talked of last."""
    middle = that.first + (that.last - that.first) / 2
    if that.single or that.is_open:
        return match[0]
    if match["early"]:
        return read.mark(day_phrases.stretch(that.first, middle, f"the first half of {that.label}"))
    return read.mark(day_phrases.stretch(middle, that.last, f"the second half of {that.label}"))


def _nth_week(read: Marked, match: re.Match[str], that: Days) -> str:
    """Read "the first week", of the month that was talked of last."""
    if that.is_open or (that.last - that.first).days < _MONTH_DAYS:
        return match[0]
    if match["n"] == "last":
        first, last = that.last - timedelta(6), that.last
    else:
        first = that.first.replace(day=1) + timedelta(7 * (int(match["n"][0]) - 1))
        last = first + timedelta(6)
    return read.mark(day_phrases.stretch(first, last, f"the {match['n']} week of {that.label}"))


def _beside(read: Marked, match: re.Match[str], that: Days | None) -> str:
    """Read "the day after" and "two weeks later", from the days that were talked of last."""
    that = _last_named(read, match, that)
    unit = match["unit"] or match["one"] or match["next"]
    back = (match["side"] or match["than"]) in _BACK
    return match[0] if that is None else _away(read, that, match["n"], unit, back=back)


def _last_named(read: Marked, match: re.Match[str], that: Days | None) -> Days | None:
    named = _DAY_MARK.findall(match.string[: match.start()])
    return read.days(named[-1]) if named else that


def _clock(read: Marked, match: re.Match[str], clock: Clock | None) -> str:
    return read.mark(clock) if clock else " ".join("?" * len(match[0].split()))


def _mark_holidays(read: Marked, country: str) -> None:
    names = "|".join(map(re.escape, holidays.names_in(country)))
    said = re.compile(rf"\b(?:next )?(?P<name>{names})(?: weekend)?(?! (?:day|eve|week)\b)")

    def mark(match: re.Match[str]) -> str:
        first, last = holidays.next_named(match["name"], country, read.today)
        label = speak.day(first) if first == last else "the holidays"
        return read.mark(Days(first, last, label))

    read.replace(said, mark)


def _meant(means: Means, match: re.Match[str], today: date, *, month_first: bool, asking: bool) -> Days:
    try:
        return means(match, today, month_first)
    except Unclear:
        if asking:
            raise
        return day_phrases.one_day(today, today)


def _offsets(read: Marked) -> None:
    """Read days by their distance from marked ones: "two days before D0", "the Monday after D0"."""

    def offset(match: re.Match[str]) -> str:
        return _away(read, read.days(match["d"]), match["n"], match["unit"], back=match["side"] in _BACK)

    def weekday(match: re.Match[str]) -> str:
        wanted, anchor = read.days(match["w"]), read.days(match["d"])
        if wanted.weekday is None or anchor.weekday is not None or wanted.is_open:
            return match[0].replace(" ", "\0")
        return _weekday_from(read, wanted.weekday, anchor, back=match["side"] in _BACK)

    # "The Monday or Tuesday before Christmas": both are.
    read.text = _EITHER_BESIDE.sub(r"D\g<v> \g<side> D\g<d> \g<joiner> D\g<w> \g<side> D\g<d>", read.text)
    for said, meant in ((_OFFSET, offset), (_WEEKDAY_BESIDE, weekday)):
        while said.search(read.text):
            read.replace(said, meant)
    read.text = read.text.replace("\0", " ")


def _weekday_from(read: Marked, weekday: int, anchor: Days, *, back: bool) -> str:
    """Mark the next such weekday after days, or the last one before them."""
    day, step = (anchor.first, -1) if back else (anchor.last, 1)
    away = (step * (weekday - day.weekday()) - 1) % 7 + 1
    return read.mark(day_phrases.one_day(day + timedelta(step * away), read.today))


def _away(read: Marked, anchor: Days, said: str | None, unit: str, *, back: bool) -> str:
    """Mark what lies so many days, weeks or months before or after days."""
    day, unit = anchor.first if back else anchor.last, unit.rstrip("s")
    if said is None and unit in ("week", "month"):
        return read.mark(day_phrases.neighbour(day, unit, back=back, today=read.today))
    if said is None and unit == "fortnight" and not back:
        label = f"the fortnight after {anchor.label}"
        return read.mark(day_phrases.stretch(day + timedelta(1), day + timedelta(14), label))
    many = day_phrases.count(said or "a")
    return read.mark(day_phrases.one_day(day_phrases.moved(day, -many if back else many, unit), read.today))
