"""What a caller's words mean in time: "Tuesday week, after lunch", in the practice's zone.

The words are brought to one spelling (``when_text``), the days in them (``when_days``) and the times of
day (``when_clock``) are replaced by markers ``D0``, ``T0``, ``P0``, and what is left, "between T0 and T1",
says how they belong together. Where the words leave it open, or name a day that does not exist, the
answer is the question to ask.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from language import speak
from language.datetimes import clock_phrases, day_phrases
from language.datetimes.clock_phrases import DAY_MINUTES, Clock, Part
from language.datetimes.combine import TimeOfDay, join_days, join_times
from language.datetimes.day_phrases import OPEN_DAYS, Days, Unclear
from language.datetimes.normalize import MONTHS, WEEKDAYS, canonical

WHICH_DAY = "Which day would suit you, and around what time?"
_ANY = re.compile(
    r"\b(?:asap|as (?:soon|early|quickly) as (?:possible|you can)|soonest|earliest|anytime|any day|whenever|"
    r"(?:1st|next) (?:available|opening)|right away|straight away|immediately|no preference|doesnt matter|"
    r"dont (?:mind|care)|flexible|anything (?:is fine|works|you have|available|goes)|urgent(?:ly)?)\b"
)
_ANY_LOOSELY = re.compile(r"\b(?:soon|now)\b")
_SOME_DAY = date(2026, 1, 1)
_FROM_NOW = re.compile(r"\bin (?:about )?(a|an|half an|\d{1,2}) (hour|minute)s?\b")
_SOON = re.compile(
    r"\b(?:asap|as soon|soon|soonest|earliest|1st|next|right away|straight away|immediately|urgent\w*|now)\b"
)


@dataclass(frozen=True)
class Span:
    """A stretch of time that the caller means.

    Attributes:
        start: Aware, in the practice's zone.
        end: Exclusive; after ``start``.
        label: The same in words that can be spoken.
        exact: The moment itself, when a day and a clock time were given; the span is then the whole day,
            so that near times can be offered.
        daily: When the span covers several days: the part of each day that is meant, as wall-clock
            times; its end is exclusive, and ``time.max`` stands for midnight.
        clock: When the span covers several days: the clock time that was given.
    """

    start: datetime
    end: datetime
    label: str
    exact: datetime | None = None
    daily: tuple[time, time] | None = None
    clock: time | None = None


@dataclass(frozen=True)
class Question:
    """What to ask the caller when the words leave it open."""

    text: str


@dataclass
class _Read:
    """The words with their markers, and what the markers stand for."""

    text: str
    days: list[Days] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


def resolve(words: str, now: datetime, zone: ZoneInfo) -> Span | Question:
    """Resolve what a caller said about time.

    Args:
        now: The present moment, aware.

    Returns:
        The span that is meant, which may lie in the past; or what to ask.
    """
    local = now.astimezone(zone)
    try:
        read = _read(words, local.date(), month_first=zone.key.startswith(day_phrases.MONTH_FIRST_ZONES))
        days = join_days(read.text, read.days, local.date())
        of_day = join_times(read.text, read.parts, read.clocks)
    except Unclear as unclear:
        return Question(str(unclear))
    if days is None:
        return _without_day(read, of_day, local)
    if days.doubt:
        return Question(days.doubt)
    return _compose(days, of_day, local)


def mentions_time(words: str) -> bool:
    """Tell whether a text says anything about when.

    Args:
        words: What was heard. Bare numbers do not count, nor does "since Tuesday" or "one moment".

    Returns:
        True for days, clock times, parts of the day, and "as soon as possible".
    """
    read = _read(words, _SOME_DAY, month_first=True, bare=False, asking=False)
    if read.days or read.clocks or read.parts:
        return True
    return bool(_ANY.search(read.text) or _FROM_NOW.search(read.text))


def clock_times(words: str, today: date = date(2026, 1, 1)) -> list[time]:
    """List the clock times that a text names, in order.

    Args:
        today: The day that dates in the text are read from; a date beside a weekday that it is not
            makes the whole text unclear.

    Returns:
        Wall-clock times; an hour without a.m. or p.m. on the likelier half of the day.
    """
    try:
        read = _read(words, today, month_first=True)
    except Unclear:
        return []
    return [time(*divmod(read.clocks[int(one)].minutes, 60)) for one in re.findall(r"\bT(\d+)", read.text)]


def names_moment(words: str, moment: datetime) -> bool:
    """Tell whether a text names a moment: its clock time, and its weekday or date.

    Args:
        words: What was said, however it was phrased.

    Returns:
        True when a listener would know this moment from the text.
    """
    text = canonical(words)
    weekday = WEEKDAYS[moment.weekday()]
    month = MONTHS[moment.month - 1]
    named = re.search(rf"\b{weekday}s?\b|\b{moment.day}(?:st|nd|rd|th)\b|\b{month} {moment.day}\b", text)
    return bool(named) and moment.time().replace(second=0, microsecond=0) in clock_times(words, moment.date())


def _read(words: str, today: date, *, month_first: bool, bare: bool = True, asking: bool = True) -> _Read:
    """Replace days and times by their markers.

    Without ``asking`` a day that does not exist is a day all the same; without ``bare`` a number alone is
    no hour.
    """
    read = _Read(canonical(words))
    for rule in (*day_phrases.RULES, day_phrases.TODAY):

        def mark_day(match: re.Match[str], rule: day_phrases.Rule = rule) -> str:
            read.days.append(_meant(rule, match, today, month_first=month_first, asking=asking))
            tonight = " evening" if match[0].endswith("tonight") else ""
            return f"D{len(read.days) - 1}{tonight}"

        _replace(read, rule.pattern, mark_day)
    for pattern, part in clock_phrases.PARTS:

        def mark_part(_match: re.Match[str], part: Part = part) -> str:
            read.parts.append(part)
            return f"P{len(read.parts) - 1}"

        _replace(read, pattern, mark_part)
    for pattern, reader in clock_phrases.SURE_CLOCKS:

        def mark_clock(match: re.Match[str], reader: clock_phrases.Read = reader) -> str:
            return _mark_clock(read, match, reader(match))

        _replace(read, pattern, mark_clock)
    if bare and (match := clock_phrases.BARE_FACE.match(read.text)):
        read.text = _mark_clock(read, match, clock_phrases.run_together(match))
    hours = clock_phrases.BARE_HOUR if bare else clock_phrases.LED_HOUR
    while match := hours.search(read.text):
        marked = f"{match['lead']}{_mark_clock(read, match, clock_phrases.bare_hour(match))}"
        read.text = read.text[: match.start()] + marked + read.text[match.end() :]
    return read


def _meant(
    rule: day_phrases.Rule, match: re.Match[str], today: date, *, month_first: bool, asking: bool
) -> Days:
    try:
        return rule.means(match, today, month_first)
    except Unclear:
        if asking:
            raise
        return day_phrases.one_day(today, today)


def _replace(read: _Read, pattern: re.Pattern[str], mark: Callable[[re.Match[str]], str]) -> None:
    """Put marks in the place of matches, each standing alone between spaces."""
    marked, count = pattern.subn(lambda match: f" {mark(match)} ", read.text)
    if count:
        read.text = " ".join(marked.split())


def _mark_clock(read: _Read, match: re.Match[str], clock: Clock | None) -> str:
    if clock is None:
        return " ".join("?" * len(match[0].split()))
    read.clocks.append(clock)
    return f"T{len(read.clocks) - 1}"


def _without_day(read: _Read, of_day: TimeOfDay, local: datetime) -> Span | Question:
    """Resolve words that name no day: any of the next days will do, if anything was said at all."""
    if match := _FROM_NOW.search(read.text):
        count = {"a": 1.0, "an": 1.0, "half an": 0.5}.get(match[1]) or float(match[1])
        start = local.astimezone(UTC) + timedelta(hours=count if match[2] == "hour" else count / 60)
        today = day_phrases.one_day(start.astimezone(local.tzinfo).date(), local.date())
        begins = start.astimezone(local.tzinfo)
        return Span(begins, _at(today.first, DAY_MINUTES, local), f"today, after {speak.clock(begins)}")
    said_time = bool(of_day.clock or of_day.label)
    wanted = _ANY.search(read.text) or _ANY_LOOSELY.search(read.text)
    if not said_time and not wanted:
        return Question(WHICH_DAY)
    label = "as soon as possible" if _SOON.search(read.text) else "any time"
    if said_time and not wanted:
        label = ""
    last = local.date() + timedelta(OPEN_DAYS)
    return _compose(Days(local.date(), last, label), of_day, local)


def _compose(days: Days, of_day: TimeOfDay, local: datetime) -> Span:
    """Make the span out of days and time of day."""
    label = (days.label + of_day.label).lstrip(", ")
    clock = of_day.clock
    if days.single and clock is None:
        start = _at(days.first, of_day.first, local)
        end = max(_at(days.first, of_day.last, local), start + timedelta(minutes=1))
        return Span(local if start < local < end else start, end, label)
    start, end = _at(days.first, 0, local), _at(days.last, DAY_MINUTES, local)
    start = local if start < local < end else start
    if clock is not None:
        if days.single:
            return Span(start, end, label, exact=_at(days.first, clock.minutes, local))
        return Span(start, end, label, clock=_wall(clock.minutes))
    daily = None
    if (of_day.first, of_day.last) != (0, DAY_MINUTES):
        daily = (_wall(of_day.first), _wall(of_day.last))
    return Span(start, end, label, daily=daily)


def _wall(minutes: int) -> time:
    return time.max if minutes >= DAY_MINUTES else time(*divmod(minutes, 60))


def _at(day: date, minutes: int, local: datetime) -> datetime:
    """Put a wall-clock time on a day; a time that the clocks skip moves on to the next that exists."""
    on = day + timedelta(minutes // DAY_MINUTES)
    naive = datetime.combine(on, time(*divmod(minutes % DAY_MINUTES, 60)))
    return naive.replace(tzinfo=local.tzinfo).astimezone(UTC).astimezone(local.tzinfo)
