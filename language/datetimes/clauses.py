"""How days and times that stand in one clause belong together: "between", "after", "or", "not"."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from language import speak
from language.datetimes import clock_phrases, day_phrases
from language.datetimes.clock_phrases import Clock
from language.datetimes.constraints import DAY_MINUTES, EVERY_DAY, OPEN_DAYS, Choice, Days, Hours
from language.datetimes.day_phrases import Unclear
from language.datetimes.marks import Marked, Window
from language.datetimes.words import pattern, patterns

_TIMES = re.compile(r"T(\d+)")

_WHOLE_WEEK = pattern("whole_week")
_PAIR_AROUND = patterns("pair_around")
_NEIGHBOURS = pattern("neighbours")
_BETWEEN_DAYS = pattern("between_days")
_SAME_MONTH = pattern("same_month")
_DAY = re.compile(r"\bD(\d+)\b")
_AT_FRONT = pattern("at_front")
_NEGATED = pattern("negated")
_RULED_OUT = pattern("ruled_out")
_AROUND_DAY = pattern("around_day")
_AROUND = timedelta(2)
_UNTIL_DAY = pattern("until_day")
_FROM_DAY = pattern("from_day")
_BOTH_BOUNDS = pattern("both_bounds")

_BETWEEN_TIMES = patterns("between_times")
_NOT_UNTIL_TIME = pattern("not_until_time")
_UNTIL_TIME = pattern("until_time")
_FROM_TIME = pattern("from_time")

_KEPT = re.compile(r"(?P<kept>[DWP]\d+) but")
_REFUSED = pattern("refused")
_REFUSED_AFTER = pattern("refused_after")
_REFUSED_TOO = pattern("refused_too")
_SMALL = re.compile(r"\b[DPTWX]\d+\b")
_TOKEN = re.compile(r"\b([DPTW])(\d+)\b|\b(or|and|but|plus)\b|(?<=\d )(anytime)\b(?= (?:or|and)\b)")
_ANY_TIME = Hours(0, DAY_MINUTES, "")


@dataclass
class Clause:
    """What one clause says about when.

    Attributes:
        choices: Days and hours that were wanted.
        corrected: What takes their place: "Monday no Wednesday".
        excluded: What was ruled out.
        left: The words that are neither, with ``M`` in the place of the others.
    """

    choices: list[Choice] = field(default_factory=list)
    corrected: list[Choice] = field(default_factory=list)
    excluded: list[Choice] = field(default_factory=list)
    left: str = ""


def read_clause(read: Marked) -> Clause:
    """Bring the marked days and times of a clause together.

    Raises:
        Unclear: They do not go together.
    """
    _join_days(read)
    _join_times(read)
    clause = Clause()

    def refuse(match: re.Match[str]) -> str:
        items = match["items"]
        if "not" in match.groupdict() and match["not"] == "no" and not _plural(read, items):
            clause.corrected.extend(_grouped(read, items))
            return "X0"
        clause.excluded.extend(_grouped(read, items, weekly=True))
        kept = _KEPT.search(match.groupdict().get("not") or "")
        return f"{kept['kept']} X0" if kept else "X0"

    for said in (_REFUSED, _REFUSED_AFTER, _REFUSED_TOO):
        read.text = said.sub(refuse, read.text)
    clause.choices = _grouped(read, read.text)
    clause.left = _SMALL.sub("M", read.text)
    return clause


def _plural(read: Marked, items: str) -> bool:
    return all(
        not isinstance(value := read.values[int(number)], Days) or value.is_open
        for number in re.findall(r"[DPTW](\d+)", items)
    )


def _join_days(read: Marked) -> None:
    joining = _Joining(read)
    read.replace(_WHOLE_WEEK, joining.whole_week)
    read.replace(_SAME_MONTH, joining.same_month)
    joining.all_within()
    joining.side_by_side()
    read.replace(_BETWEEN_DAYS, joining.between)
    read.replace(_AROUND_DAY, joining.around)
    read.replace(_UNTIL_DAY, joining.until)
    read.replace(_FROM_DAY, joining.since)
    read.replace(_BOTH_BOUNDS, joining.both)
    joining.side_by_side()


@dataclass
class _Joining:
    """Each method replaces a few marks of days by the mark of what they mean together."""

    read: Marked

    @property
    def today(self) -> date:
        return self.read.today

    def side_by_side(self) -> None:
        """Bring together the days that stand beside each other, as long as there are any."""
        for said in _PAIR_AROUND:
            self.read.replace(said, self.both_within)
        before = ""
        while before != self.read.text:
            before = self.read.text
            self.read.replace(_NEIGHBOURS, self.neighbours)
        self.read.text = self.read.text.replace("\0", " ")

    def whole_week(self, match: re.Match[str]) -> str:
        monday = day_phrases.monday_of(self.read.days(match["a"]).first)
        week = day_phrases.week(monday, "", self.today)
        return self.read.mark(replace(week, label=f"the week of {speak.day(monday)}"))

    def same_month(self, match: re.Match[str]) -> str:
        """Let "the fifth" in "the fifth to the ninth of January" be January's."""
        one, other = self.read.days(match["a"]), self.read.days(match["b"])
        if one.ordinal and other.single and not other.ordinal and other.weekday is None:
            found = other.first.replace(day=1)
            dates = day_phrases.from_ordinal(one.ordinal, found)
            if dates[0] <= other.first:
                return self.read.mark(day_phrases.one_day(dates[0], self.today))
        elif other.ordinal and one.single and one.weekday is None:
            dates = day_phrases.from_ordinal(other.ordinal, one.first)
            self.read.values[int(match["b"])] = replace(
                day_phrases.one_day(dates[0], self.today), ordinal=other.ordinal
            )
        return match[0]

    def both_within(self, match: re.Match[str]) -> str:
        """Read "Thursday or Friday next week"."""
        around = self.read.days(match["c"])
        pair = [self.read.days(match[one]) for one in "ab"]
        if (
            around.single
            or around.weekdays != EVERY_DAY
            or any(one.weekday is None and not one.is_open for one in pair)
        ):
            return match[0]
        marks = [self.read.mark(narrowed(one, around)) for one in pair]
        return f"{marks[0]} {match['joiner']} {marks[1]}"

    def all_within(self) -> None:
        """Let weekdays be those of a week that stands at the front: "next week, Monday at ten or Friday"."""
        around = _AT_FRONT.match(self.read.text)
        rest = self.read.text[around.end() :] if around else ""
        marks = _DAY.findall(rest)
        if not around or len(marks) < 2 or _NEGATED.search(rest):  # noqa: PLR2004 - one is a neighbour
            return
        week = self.read.days(around[1])
        named = [self.read.days(one) for one in marks]
        weekdays = all(one.weekday is not None or len(one.weekdays) == 1 for one in named)
        if week.single or week.is_open or not weekdays or (around["but"] and not named[0].is_open):
            return
        within = {one: self.read.mark(narrowed(days, week)) for one, days in zip(marks, named, strict=True)}
        self.read.text = _DAY.sub(lambda match: within[match[1]], rest).strip()

    def neighbours(self, match: re.Match[str]) -> str:
        """Read "Tuesday next week", "tomorrow Tuesday"; "Tuesday, Thursday" stays two days."""
        one, other = self.read.days(match["a"]), self.read.days(match["b"])
        both_weekdays = one.weekday is not None and other.weekday is not None and one.weekday != other.weekday
        if (
            both_weekdays
            or (one.is_open and other.is_open and EVERY_DAY not in (one.weekdays, other.weekdays))
            or (
                one.single
                and other.single
                and one.first != other.first
                and not (one.doubt or one.either_week or other.doubt or other.either_week)
                and match["part"]
            )
        ):
            return match[0].replace(" ", "\0")
        try:
            return f"{self.read.mark(narrowed(one, other))}{match['part']}"
        except Unclear:
            if _RULED_OUT.search(match.string[: match.start()]):
                return match[0].replace(" ", "\0")  # "not this week, the week after"
            raise

    def around(self, match: re.Match[str]) -> str:
        one = self.read.days(match[1])
        if not one.single or one.weekday is not None:
            return match[1].join(("D", ""))
        first, last = max(self.today, one.first - _AROUND), one.last + _AROUND
        return self.read.mark(day_phrases.stretch(first, last, f"around {one.label}"))

    def between(self, match: re.Match[str]) -> str:
        first = self.read.days(match["a"] or match["c"])
        last = self.read.days(match["b"] or match["d"])
        if last.weekday is not None and last.last < first.first:
            last = day_phrases.one_day(last.first + timedelta(7), self.today)
        if first.is_open and last.is_open and len(first.weekdays) == len(last.weekdays) == 1:
            start, end = min(first.weekdays), min(last.weekdays)
            weekdays = frozenset((start + n) % 7 for n in range((end - start) % 7 + 1))
            label = f"{first.label} to {last.label}"
            return self.read.mark(day_phrases.repeated(weekdays, label, self.today))
        for one in (first, last):
            if one.doubt:
                raise Unclear(one.doubt)
        if last.last < first.first:
            raise Unclear("Which day first, and which day last?")
        label = f"between {first.label} and {last.label}"
        return self.read.mark(day_phrases.stretch(first.first, last.last, label))

    def until(self, match: re.Match[str]) -> str:
        one = self.read.days(match["a"] or match["b"])
        inclusive = not match["then"] and match["how"] not in ("earlier than", "before", "leave", "leaving")
        last = one.last if inclusive else one.first - timedelta(1)
        if one.either_week:
            one = day_phrases.a_week_later(one)  # there is nothing to wait for until today
            last += timedelta(7)
        label = f"{'by' if inclusive else 'before'} {one.label}"
        return self.read.mark(Days(min(self.today, last), last, label, doubt=one.doubt))

    def both(self, match: re.Match[str]) -> str:
        """Read "after the tenth but before Christmas"; "Monday and Friday" are either of two."""
        one, other = self.read.days(match["a"]), self.read.days(match["b"])
        weekly = EVERY_DAY not in (one.weekdays, other.weekdays)
        apart = (one.single or other.single or weekly) and not match["only"]
        try:
            return match[0] if apart else self.read.mark(narrowed(one, other))
        except Unclear:
            return match[0]  # "this week and next week"

    def since(self, match: re.Match[str]) -> str:
        one = self.read.days(match["a"] or match["b"] or match["c"] or match["e"])
        beyond = (
            match["over"]
            or match["then"]
            or match["how"]
            in (
                "after",
                "past",
                "later than",
                "anytime after",
                "any time after",
            )
        )
        first = one.last + timedelta(1) if beyond else one.first
        label = f"{'after' if beyond else 'from'} {one.label}"
        return self.read.mark(Days(first, first + timedelta(OPEN_DAYS), label, doubt=one.doubt, is_open=True))


def narrowed(one: Days, other: Days) -> Days:
    """Give the days that two descriptions share.

    Raises:
        Unclear: They share none.
    """
    for named, around in ((one, other), (other, one)):
        if named.weekday is not None and around.single and around.first.weekday() == named.weekday:
            return around  # "the day before, Tuesday"
        if named.weekday is not None and not around.single:
            weekly = replace(around, weekdays=frozenset({named.weekday}), is_open=around.is_open)
            fitting = weekly.list()
            if not fitting:
                break
            if len(fitting) == 1 or (around.is_open and around.weekdays == EVERY_DAY):
                return Days(fitting[0], fitting[0], speak.day(fitting[0]))
            weekday = speak.WEEKDAYS[named.weekday]
            return replace(weekly, label=f"a {weekday} {_within(around.label)}")
    first = max(one.first, other.first)
    last = min(date.max if one.is_open else one.last, date.max if other.is_open else other.last)
    last = max(one.last, other.last) if last == date.max else last
    weekdays = one.weekdays & other.weekdays
    shared = Days(first, last, "", weekdays)
    if first <= last and shared.list():
        unsure = other.doubt or other.either_week
        sure = one if unsure or (other.is_open and not other.single) or not other.single else other
        label = sure.label
        if one.weekdays != other.weekdays:
            masked, around = sorted((one, other), key=lambda days: len(days.weekdays))
            anywhere = around.is_open and not around.label.startswith(("after", "from"))
            label = masked.label if anywhere else f"{masked.label} {_within(around.label)}"
        return Days(first, last, label, weekdays, is_open=one.is_open and other.is_open)
    raise Unclear(f"Do you mean {one.label}, or {other.label}?")


def _within(label: str) -> str:
    plain = ("next week", "this week", "after", "before", "by ", "between", "from", "later", "early", "in ")
    return label if label.startswith(plain) else f"in {label}"


def _join_times(read: Marked) -> None:
    for said in _BETWEEN_TIMES:
        read.replace(said, lambda match: _window(read, match))
    for said, later in ((_NOT_UNTIL_TIME, True), (_UNTIL_TIME, False), (_FROM_TIME, True)):
        read.replace(said, lambda match, later=later: _limited(read, match, later=later))  # type: ignore[misc]


def _limited(read: Marked, match: re.Match[str], *, later: bool) -> str:
    clock = read.clock(next(one for one in match.groups() if one))
    mark = read.mark(Window(clock, None) if later else Window(None, clock))
    # "Not Monday and not before ten": what is ruled out ends before the second "not".
    return f"but {mark}" if match[0].startswith("not ") else mark


def _window(read: Marked, match: re.Match[str]) -> str:
    first, last = (read.clock(one) for one in _TIMES.findall(match[0]))
    joiner = match.groupdict().get("joiner")
    if joiner in ("or", "and") and not re.match(r"(?:any ?time |some ?time )?(?:between|from)", match[0]):
        return match[0].replace(" and ", " or ")  # either of the two
    return read.mark(Window(first, last))


def _grouped(read: Marked, text: str, *, weekly: bool = False) -> list[Choice]:
    """Sort days and times into what was named together: "Monday morning or Tuesday after two"."""
    groups: list[_Group] = []
    joiner = ""
    for kind, number, word, any_time in _TOKEN.findall(text):
        if any_time and groups:
            groups[-1].add("P", _ANY_TIME, "")  # "Wednesday any time or Friday after three"
            continue
        if word:
            joiner = "or" if word in ("or", "plus") else word
            continue
        if not groups or groups[-1].begins_anew(kind, joiner, apart=weekly):
            groups.append(_Group())
        groups[-1].add(kind, read.values[int(number)], joiner)
        joiner = ""
    return [one.choice(weekly=weekly) for one in groups]


@dataclass
class _Group:
    """Days, and alternatives of times that all of one alternative hold for."""

    days: list[Days] = field(default_factory=list)
    times: list[list[object]] = field(default_factory=list)
    time_first: bool = False

    def begins_anew(self, kind: str, joiner: str, *, apart: bool) -> bool:
        """Tell whether another item no longer belongs to these; ``apart`` lets no "or" join day and time."""
        if apart and joiner and (kind == "D") != bool(self.days):
            return True
        if kind == "D":
            if self.time_first:
                return bool(joiner == "or" and not self.days)
            return bool(self.days and self.times)
        return bool(self.time_first and self.days and self.times and joiner == "or")

    def add(self, kind: str, value: object, joiner: str) -> None:
        if kind == "D":
            assert isinstance(value, Days)  # noqa: S101 - the letter of the mark says so
            self.days.append(value)
            return
        if not self.times:
            self.time_first = not self.days
        clocks = kind == "T" and self.times and any(isinstance(one, Clock) for one in self.times[-1])
        if not self.times or joiner == "or" or clocks:
            self.times.append([])
        self.times[-1].append(value)

    def choice(self, *, weekly: bool) -> Choice:
        """Settle what was named together."""
        days = list(dict.fromkeys(self.days))
        if weekly:
            days = [_weekly(one) for one in days]
        parts = [one for times in self.times for one in times if isinstance(one, Hours)]
        hours = [_hours(times, parts) for times in self.times]
        return Choice(tuple(days), tuple(dict.fromkeys(hours)))


def _weekly(one: Days) -> Days:
    """Rule a bare weekday out in every week."""
    weekdays = frozenset({one.weekday}) if one.weekday is not None else one.weekdays
    if one.label == day_phrases.WEEKEND:
        return Days(date.min, date.max, "weekends", day_phrases.SATURDAY_AND_SUNDAY)
    if one.weekday is None and not one.is_open:
        return one
    label = f"{speak.WEEKDAYS[one.weekday]}s" if one.weekday is not None else one.label
    return Days(date.min, date.max, label, weekdays)


def _hours(times: list[object], parts: list[Hours]) -> Hours:
    """Settle times of day that hold at once: "in the afternoon, after two"."""
    own = [one for one in times if isinstance(one, Hours)]
    part = own[0] if own else (parts[0] if parts else None)
    settled = [_settled(one, part) for one in times if not isinstance(one, Hours)]
    exact = next((one for one in settled if one.exact), None)
    if exact:
        return exact
    narrow = [*settled, *own]
    first, last = max(one.first for one in narrow), min(one.last for one in narrow)
    if first >= last:
        raise Unclear("From what time until what time would suit you?")
    if len(narrow) == 1:
        return narrow[0]
    windows = [one for one in settled if (one.first, one.last) != (0, DAY_MINUTES)]
    label = min(own or windows, key=lambda one: one.last - one.first).label
    if windows:
        label = _span_label(first, last) if len(windows) > 1 else windows[0].label
    return Hours(first, last, label)


def _settled(said: object, part: Hours | None) -> Hours:
    if isinstance(said, Clock):
        clock = clock_phrases.settle(said, part)
        return Hours(clock.minutes, clock.minutes + 1, clock.spoken, exact=True)
    assert isinstance(said, Window)  # noqa: S101 - nothing else is a time
    first, last = (_limit(one, part) if one else None for one in (said.first, said.last))
    if first and last:
        first, last = clock_phrases.settle_pair(first, last)
        if first.minutes == last.minutes:
            return Hours(first.minutes, first.minutes + 1, first.spoken, exact=True)
        if last.minutes < first.minutes:
            raise Unclear("From what time until what time would suit you?")
        return Hours(first.minutes, last.minutes, f"between {first.spoken} and {last.spoken}")
    if first:
        return Hours(first.minutes, DAY_MINUTES, f"after {first.spoken}")
    assert last is not None  # noqa: S101 - a window has an end
    if last.minutes == 0:
        return Hours(0, DAY_MINUTES, "")
    return Hours(0, last.minutes, f"before {last.spoken}")


def _limit(clock: Clock, part: Hours | None) -> Clock:
    """Settle an end of a stretch: on the half of the day that was said, unless only the other makes sense."""
    settled = clock_phrases.settle(clock, part)
    return settled if part and part.first <= settled.minutes <= part.last else clock


def _span_label(first: int, last: int) -> str:
    if last >= DAY_MINUTES:
        return f"after {Clock(first, sure=True).spoken}"
    if first <= 0:
        return f"before {Clock(last, sure=True).spoken}"
    return f"between {Clock(first, sure=True).spoken} and {Clock(last, sure=True).spoken}"
