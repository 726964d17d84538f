"""What a caller's words mean in time: "Tuesday week, after lunch", in the practice's zone.

The words are brought to one spelling (``when_text``), the days in them (``when_days``) and the times of
day (``when_clock``) are replaced by markers ``D0``, ``T0``, ``P0``, and what is left, "between T0 and T1",
says how they belong together. Where the words leave it open, or name a day that does not exist, the
answer is the question to ask.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tools import spoken, when_clock, when_days
from tools.when_clock import DAY_MINUTES, Clock, Part
from tools.when_days import OPEN_DAYS, Days, Unclear
from tools.when_text import canonical

WHICH_DAY = "Which day would suit you, and around what time?"
_ANY = re.compile(
    r"\b(?:asap|as (?:soon|early|quickly) as (?:possible|you can)|soonest|earliest|anytime|any day|whenever|"
    r"(?:1st|next) (?:available|opening)|right away|straight away|immediately|no preference|doesnt matter|"
    r"dont (?:mind|care)|flexible|anything (?:is fine|works|you have|available|goes)|urgent(?:ly)?)\b"
)
_ANY_LOOSELY = re.compile(r"\b(?:soon|now)\b")
_FROM_NOW = re.compile(r"\bin (?:about )?(a|an|half an|\d{1,2}) (hour|minute)s?\b")
_SOON = re.compile(
    r"\b(?:asap|as soon|soon|soonest|earliest|1st|next|right away|straight away|immediately|urgent\w*|now)\b"
)
_OR_PAUSE = timedelta(minutes=15)


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


@dataclass(frozen=True)
class _TimeOfDay:
    """What was said about the time of day: from and to in minutes, or one clock time."""

    first: int = 0
    last: int = DAY_MINUTES
    label: str = ""
    clock: Clock | None = None


def resolve(words: str, now: datetime, zone: ZoneInfo) -> Span | Question:
    """Resolve what a caller said about time.

    Args:
        words: The caller's own words, as recognised.
        now: The present moment, aware.
        zone: The practice's zone.

    Returns:
        The span that is meant, which may lie in the past; or what to ask.
    """
    local = now.astimezone(zone)
    try:
        read = _read(words, local.date(), month_first=zone.key.startswith(when_days.MONTH_FIRST_ZONES))
        days = _days(read, local.date())
        of_day = _time_of_day(read)
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
    try:
        read = _read(words, date(2026, 1, 1), month_first=True, bare=False)
    except Unclear:
        return True
    if read.days or read.clocks or read.parts:
        return True
    return bool(_ANY.search(read.text) or _FROM_NOW.search(read.text))


def clock_times(words: str) -> list[time]:
    """List the clock times that a text names, in order.

    Args:
        words: What was said.

    Returns:
        Wall-clock times; an hour without a.m. or p.m. on the likelier half of the day.
    """
    try:
        read = _read(words, date(2026, 1, 1), month_first=True)
    except Unclear:
        return []
    return [time(*divmod(one.minutes, 60)) for one in read.clocks]


def names_moment(words: str, moment: datetime) -> bool:
    """Tell whether a text names a moment: its clock time, and its weekday or date.

    Args:
        words: What was said, however it was phrased.
        moment: The moment, in the practice's zone.

    Returns:
        True when a listener would know this moment from the text.
    """
    text = canonical(words)
    weekday = when_days.WEEKDAYS[moment.weekday()]
    month = when_days.MONTHS[moment.month - 1]
    named = re.search(rf"\b{weekday}s?\b|\b{moment.day}(?:st|nd|rd|th)\b|\b{month} {moment.day}\b", text)
    return bool(named) and moment.time().replace(second=0, microsecond=0) in clock_times(words)


def _read(words: str, today: date, *, month_first: bool, bare: bool = True) -> _Read:
    """Replace days and times by their markers."""
    read = _Read(canonical(words))
    for rule in (*when_days.RULES, when_days.TODAY):

        def mark_day(match: re.Match[str], rule: when_days.Rule = rule) -> str:
            read.days.append(rule.means(match, today, month_first))
            tonight = " evening" if match[0].endswith("tonight") else ""
            return f"D{len(read.days) - 1}{tonight} "

        read.text = rule.pattern.sub(mark_day, read.text)
    for pattern, part in when_clock.PARTS:

        def mark_part(_match: re.Match[str], part: Part = part) -> str:
            read.parts.append(part)
            return f"P{len(read.parts) - 1}"

        read.text = pattern.sub(mark_part, read.text)
    for pattern, reader in when_clock.SURE_CLOCKS:
        read.text = pattern.sub(
            lambda match, reader=reader: _mark_clock(read, match, reader(match)), read.text
        )
    read.text = " ".join(read.text.split())
    hours = when_clock.BARE_HOUR if bare else when_clock.LED_HOUR
    while match := hours.search(read.text):
        marked = f"{match['lead']}{_mark_clock(read, match, when_clock.bare_hour(match))}"
        read.text = read.text[: match.start()] + marked + read.text[match.end() :]
    return read


def _mark_clock(read: _Read, match: re.Match[str], clock: Clock | None) -> str:
    if clock is None:
        return " ".join("?" * len(match[0].split()))
    read.clocks.append(clock)
    return f"T{len(read.clocks) - 1}"


_NOT = r"(?:not|except|excluding|never|cant do|cannot do|cant make|(?:any ?(?:thing|time|day)?|every day) but|other than)"
_REFUSED_DAY = re.compile(
    rf"\b{_NOT} (?:on |for |this |next )?D(?P<a>\d+)|\bD(?P<b>\d+) (?:(?:is|are|will|does|do) (?:not|no)|isnt|arent|wont|"
    r"doesnt|dont|is bad|is out|cant)\b"
)


def _days(read: _Read, today: date) -> Days | None:
    """Bring the days that were named together into one stretch, None when none was."""
    if not read.days:
        return None
    days = list(read.days)

    def whole_week(match: re.Match[str]) -> str:
        one = days[int(match[1])]
        monday = when_days.monday_of(one.first)
        days.append(replace(when_days.week(monday, "", today), label=f"the week of {spoken.day(monday)}"))
        return f"D{len(days) - 1}"

    text = re.sub(r"\b(D\d+) (?:in|of|on|during|sometime in) (?=D\d)", r"\1 ", read.text)
    text = re.sub(r"\bnot (?:before|until|till) (D\d)", r"no sooner than \1", text)
    text = re.sub(r"\b(?:the )?week (?:of|commencing|beginning|starting)(?: on)? D(\d+)", whole_week, text)
    if _REFUSED_DAY.search(text):
        text = _REFUSED_DAY.sub("", text)
        if not re.search(r"\bD\d", text):
            raise Unclear("Which day would suit you instead?")
    text, days = _with_neighbours(text, days)
    reach = timedelta(OPEN_DAYS)

    def keep(match: re.Match[str], value: Days) -> str:
        days.append(value)
        return f"D{len(days) - 1}"

    def between(match: re.Match[str]) -> str:
        first, last = days[int(match["a"])], days[int(match["b"])]
        if first.doubt or last.doubt:
            raise Unclear(first.doubt or last.doubt or "")
        if last.weekday is not None and last.last < first.first:
            last = when_days.one_day(last.first + timedelta(7), today)
        if last.last < first.first:
            raise Unclear("Which day first, and which day last?")
        label = f"between {first.label} and {last.label}"
        return keep(match, when_days.stretch(first.first, last.last, label))

    def after(match: re.Match[str]) -> str:
        one = days[int(match["a"])]
        said = match["how"]
        beyond = said in ("after", "past", "later than")
        first = one.last + timedelta(1) if beyond else one.first
        label = f"{'after' if first > one.last else 'from'} {one.label}"
        return keep(match, Days(first, first + reach, label, doubt=one.doubt))

    def before(match: re.Match[str]) -> str:
        one = days[int(match["a"])]
        last = one.first - timedelta(1) if match["how"].endswith(("before", "than")) else one.last
        if match["how"].endswith("no later than") or "on or" in match["how"]:
            last = one.last
        label = f"{'before' if last < one.first else 'by'} {one.label}"
        return keep(match, Days(min(today, last), last, label, doubt=one.doubt))

    text = re.sub(
        r"\b(?:between|from) D(?P<a>\d+) (?:and|to|until|till|through|thru|or) D(?P<b>\d+)", between, text
    )
    text = re.sub(r"\bD(?P<a>\d+) (?:to|until|till|through|thru) D(?P<b>\d+)", between, text)
    text = re.sub(
        r"\b(?P<how>no later than|on or before|(?<!no )earlier than|(?<!not )before|by|until|till) D(?P<a>\d+)(?! (?:at )?T)",
        before,
        text,
    )
    text = re.sub(
        r"\b(?P<how>no sooner than|no earlier than|on or after|later than|after|past|starting|beginning|from) D(?P<a>\d+)",
        after,
        text,
    )
    text = re.sub(r"\bD(?P<a>\d+) (?P<how>or later|onwards?|and later|or after)", after, text)
    return _one_stretch([days[int(one)] for one in re.findall(r"\bD(\d+)", text)])


def _with_neighbours(text: str, days: list[Days]) -> tuple[str, list[Days]]:
    """Let days that stand side by side narrow each other: "Tuesday next week", "tomorrow Tuesday"."""

    def each(match: re.Match[str]) -> str:
        around = days[int(match["c"])]
        marks = []
        for one in (days[int(match["a"])], days[int(match["b"])]):
            days.append(_narrowed(one, around) if one.weekday is not None and not around.single else one)
            marks.append(f"D{len(days) - 1}")
        return f"{marks[0]} {match['joiner']} {marks[1]}"

    pair = r"D(?P<a>\d+) (?P<joiner>or|and|to|until|through) D(?P<b>\d+)"
    text = re.sub(rf"\b{pair} D(?P<c>\d+)", each, text)
    text = re.sub(rf"\bD(?P<c>\d+) {pair}", each, text)
    while match := re.search(r"\bD(?P<a>\d+) (?P<part>P\d+ )?D(?P<b>\d+)", text):
        days.append(_narrowed(days[int(match["a"])], days[int(match["b"])]))
        rest = f"D{len(days) - 1} {match['part'] or ''}".strip()
        text = text[: match.start()] + rest + text[match.end() :]
    return text, days


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
            return Days(fitting[0], fitting[0], spoken.day(fitting[0]))
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
    touching = all(b.first <= a.last + timedelta(1) for a, b in zip(ordered, ordered[1:], strict=False))
    if not touching or len(unique) > 3:  # noqa: PLR2004 - more than three is no answer
        raise Unclear(f"Let's take one first. Shall I look at {spoken.listing(labels[:3])}?")
    for one in unique:
        if one.doubt:
            raise Unclear(one.doubt)
    return Days(ordered[0].first, max(one.last for one in ordered), spoken.listing(labels))


def _time_of_day(read: _Read) -> _TimeOfDay:
    """Bring what was said about the time of day together."""
    text, parts = read.text, read.parts
    if match := re.search(rf"\b{_NOT} (?:in the |on )?P(\d+)", text):
        part = parts[int(match[1])]
        if part.label == "in the morning":
            return _TimeOfDay(part.last, DAY_MINUTES, ", after noon")
        if part.first >= when_clock.NOON:
            return _TimeOfDay(0, part.first, f", before {Clock(part.first, sure=True).spoken}")
        raise Unclear("What time of day would suit you?")
    if re.search(rf"\b{_NOT} (?:at )?T\d", text) and not re.search(
        r"\bno(?:t)? (?:before|after|later|earlier)", text
    ):
        raise Unclear("What time would suit you instead?")
    part = _joined(parts)
    clocks = [when_clock.settle(one, part) for one in read.clocks]
    if not clocks:
        return _TimeOfDay(part.first, part.last, f", {part.label}") if part else _TimeOfDay()
    if match := re.search(r"\bT(\d+) (?:and|to|until|till|through|or|P\d+ or|P\d+ and) (?:at )?T(\d+)", text):
        first, last = when_clock.settle_pair(clocks[int(match[1])], clocks[int(match[2])])
        return _between(first, last, either=match[0].split()[-2] == "or" or " or " in match[0])
    if match := re.search(r"\b(?:after|from|past) T(\d+) (?:but |and )*(?:before|by|until) T(\d+)", text):
        return _between(*when_clock.settle_pair(clocks[int(match[1])], clocks[int(match[2])]), either=False)
    if len({one.minutes for one in clocks}) > 1:
        names = [one.spoken for one in clocks]
        raise Unclear(f"Which time would suit you best: {spoken.listing(names[:3])}?")
    clock = clocks[0]
    if re.search(
        r"\b(?:no later than|not after|earlier than|before|by|until|till) (?:about |around )?T0", text
    ):
        return _until(clock, part)
    if re.search(r"\bT0 (?:or|and) (?:earlier|before)", text):
        return _until(clock, part)
    if re.search(
        r"\b(?:after|past|from|no earlier than|not before|later than|starting at|starting) (?:about |around )?T0",
        text,
    ) or re.search(r"\bT0 (?:(?:or|and) (?:later|after|on)|onwards?)", text):
        last = part.last if part and part.last > clock.minutes else DAY_MINUTES
        return _TimeOfDay(clock.minutes, last, f", after {clock.spoken}")
    return _TimeOfDay(clock=clock, label=f" at {clock.spoken}")


def _joined(parts: list[Part]) -> Part | None:
    if not parts:
        return None
    labels = list(dict.fromkeys(one.label for one in parts))
    return Part(min(one.first for one in parts), max(one.last for one in parts), " or ".join(labels[:2]))


def _between(first: Clock, last: Clock, *, either: bool) -> _TimeOfDay:
    if first.minutes == last.minutes:
        return _TimeOfDay(clock=first, label=f" at {first.spoken}")
    low, high = sorted((first.minutes, last.minutes))
    if either:
        # Both named times may be offered, so the later one belongs to the stretch.
        high = min(high + int(_OR_PAUSE.total_seconds() // 60), DAY_MINUTES)
        return _TimeOfDay(low, high, f", at {first.spoken} or {last.spoken}")
    if last.minutes < first.minutes:
        raise Unclear("From what time until what time would suit you?")
    return _TimeOfDay(low, high, f", between {first.spoken} and {last.spoken}")


def _until(clock: Clock, part: Part | None) -> _TimeOfDay:
    if clock.minutes == 0:
        return _TimeOfDay()
    first = part.first if part and part.first < clock.minutes else 0
    return _TimeOfDay(first, clock.minutes, f", before {clock.spoken}")


def _without_day(read: _Read, of_day: _TimeOfDay, local: datetime) -> Span | Question:
    """Resolve words that name no day: any of the next days will do, if anything was said at all."""
    if match := _FROM_NOW.search(read.text):
        count = {"a": 1.0, "an": 1.0, "half an": 0.5}.get(match[1]) or float(match[1])
        start = local.astimezone(UTC) + timedelta(hours=count if match[2] == "hour" else count / 60)
        today = when_days.one_day(start.astimezone(local.tzinfo).date(), local.date())
        begins = start.astimezone(local.tzinfo)
        return Span(begins, _at(today.first, DAY_MINUTES, local), f"today, after {spoken.clock(begins)}")
    said_time = bool(of_day.clock or of_day.label)
    wanted = _ANY.search(read.text) or _ANY_LOOSELY.search(read.text)
    if not said_time and not wanted:
        return Question(WHICH_DAY)
    label = "as soon as possible" if _SOON.search(read.text) else "any time"
    if said_time and not wanted:
        label = ""
    last = local.date() + timedelta(OPEN_DAYS)
    return _compose(Days(local.date(), last, label), of_day, local)


def _compose(days: Days, of_day: _TimeOfDay, local: datetime) -> Span:
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
