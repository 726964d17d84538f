"""What the clauses of several turns come to: a later one refines, corrects or adds to the earlier ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from language.datetimes.clauses import Clause, narrowed, read_clause
from language.datetimes.constraints import DAY_MINUTES, Choice, Days, TimeConstraints
from language.datetimes.day_phrases import Unclear, a_week_later, from_ordinal, monday_of, one_day
from language.datetimes.hours import exactly, hours_beside, timed, with_hours
from language.datetimes.marks import Anchor, marked
from language.datetimes.normalize import canonical
from language.datetimes.words import any_of, pattern, table

WHICH_DAY = "Which day would suit you, and around what time?"
_AT_ONCE = pattern("at_once")
_EARLIEST = pattern("earliest")
_LATEST = pattern("latest")
_ANY_DAY = pattern("any_day")
_ANY_TIME = pattern("any_time")
_ANY = pattern("any")
_MENTIONED = pattern("mentioned")
_FROM_NOW = pattern("from_now")
_SHIFTED = pattern("shifted")
_LATER = pattern("later")
_EARLIER = pattern("earlier")
_SOONER = pattern("sooner")
_JUST_AFTER = timedelta(seconds=1)
_SAME_TIME = pattern("same_time")
_ANOTHER_DAY = pattern("another_day")
_ADDS = pattern("adds")
_MARK = re.compile(r"\b[MX]\d*\b|\?")
_USED = re.compile(rf"\b{any_of('used')}\b")
_EMPTY = frozenset(table("empty").split())


@dataclass(frozen=True)
class Anchors:
    """What relative words are relative to.

    Attributes:
        appointment: The start of the appointment that is to be moved.
        offered: The starts of what was offered, by the words that were searched for; the last search last.
        names: Days that have a name at this practice, in lower case.
    """

    appointment: datetime | None = None
    offered: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    names: Mapping[str, date] = field(default_factory=dict)

    def offered_before(self, words: str, through: str = "") -> Sequence[datetime]:
        """Give what had been offered when words were added to those that were searched for.

        Args:
            words: Those that were said before.
            through: These and what was added; empty where nothing was said since. What was offered for all of
                it came after it.
        """
        if words in self.offered:
            return self.offered[words]
        searches = list(self.offered)
        held = (at for at, one in enumerate(searches) if f"{one};".startswith(f"{through};"))
        earlier = searches[: next(held, None)] if through else searches
        return self.offered[earlier[-1]] if earlier else ()


@dataclass
class Meaning:
    """What the clauses so far mean."""

    now: datetime
    zone: ZoneInfo
    anchors: Anchors
    choices: list[Choice] = field(default_factory=list)
    excluded: list[Choice] = field(default_factory=list)
    since: datetime | None = None
    before: datetime | None = None
    prefer: str = ""
    said: bool = False
    that: Days | None = None
    scattered: bool = False
    ignored: list[str] = field(default_factory=list)

    def take(self, text: str, *, corrects: bool, offered: Sequence[datetime]) -> bool:
        """Take a clause in.

        Args:
            corrects: It takes the place of what was said, rather than adds to it.
            offered: What had been offered when it was said.

        Returns:
            Whether it named days or times that are wanted.
        """
        anchor = self._anchor(offered)
        self.that = anchor.that
        self.scattered = len({monday_of(one.astimezone(self.zone).date()) for one in offered}) > 1
        read = marked(text, self.now.date(), self.zone.key, anchor=anchor, names=self.anchors.names)
        clause = read_clause(read)
        if clause.choices or clause.excluded or clause.corrected:
            self.said = True
        clause.choices = [
            replace(one, days=tuple(self._of_offered(days, offered) for days in one.days))
            for one in clause.choices
        ]
        bounds = self.since, self.before
        left = self._relative(clause, offered)
        fresh = (self.since, self.before) if (self.since, self.before) != bounds else None
        if clause.choices:
            self._want(clause.choices, corrects=corrects, adds=bool(_ADDS.search(canonical(text))))
        if clause.corrected:
            self._want(clause.corrected, corrects=True, adds=False)
        if fresh:
            self.since, self.before = fresh
        if self.anchors.appointment and _ANOTHER_DAY.search(canonical(text)):
            own = self.anchors.appointment.astimezone(self.zone).date()
            clause.excluded.append(Choice((one_day(own, self.now.date()),)))
        if clause.excluded:
            self._exclude(clause.excluded)
        self._any(clause, left)
        if words := _unused(left):
            self.ignored.append(words)
        return bool(clause.choices or clause.corrected)

    def _of_offered(self, days: Days, offered: Sequence[datetime]) -> Days:
        """Let a weekday be that of the times that were offered, and "next Friday" the one after those."""
        if days.weekday is None or not days.single:
            return days
        known = {one.astimezone(self.zone).date() for one in offered}
        if _is_next(days):
            beside = not known.isdisjoint((days.first, days.first - timedelta(7)))
            return replace(days, doubt=None, weekday=None) if beside else days
        if days.first in known and not days.either_week:
            return days  # "next Monday" on a Monday, where both were offered
        same = sorted(one for one in known if one.weekday() == days.weekday)
        return one_day(same[0], self.now.date()) if same and not days.doubt else days

    def _anchor(self, offered: Sequence[datetime]) -> Anchor:
        moved = self.anchors.appointment
        days = [one for choice in self.choices for one in choice.days]
        that = days[0] if len(days) == 1 and not days[0].is_open else None
        moment = moved or (max(offered) if offered else None)
        if that is None and moment is not None:
            that = one_day(moment.astimezone(self.zone).date(), self.now.date())
        return Anchor(that, moved.astimezone(self.zone).date() if moved else None)

    def _relative(self, clause: Clause, offered: Sequence[datetime]) -> str:
        """Take in what is relative to the present, to what was offered, or to the appointment."""
        left = clause.left
        if match := _FROM_NOW.search(left):
            self.said = True
            start = self.now.astimezone(UTC) + _length(match["n"], match["unit"])
            self.since = start.astimezone(self.zone)
            day = self.since.date()
            clause.choices.append(Choice((Days(day, day, one_day(day, self.now.date()).label),)))
            return left[: match.start()] + "M" + left[match.end() :]
        moved = self.anchors.appointment
        chosen = [one for one in offered if not moved and self._is_chosen(one.astimezone(self.zone))]
        moments = chosen or sorted(offered) or ([moved] if moved else [])
        if not moments:
            return self._beside_named(clause, left)
        focus = (moved or moments[0]).astimezone(self.zone)
        exact = [hours for one in clause.choices for hours in one.hours if hours.exact]
        if (
            moved
            and not offered
            and exact
            and not self.choices
            and not any(one.days for one in clause.choices)
        ):
            # "Can I come at ten instead?" is about the day of the appointment.
            clause.choices = [Choice((one_day(focus.date(), self.now.date()),), tuple(exact))]
        if _SAME_TIME.search(left):
            days = self._at_that_time(clause, focus.date())
            clause.choices = [Choice(tuple(days), (exactly(focus),))]
            return _SAME_TIME.sub("M", left)
        if match := _SHIFTED.search(left):
            return left[: match.start()] + self._shift(clause, match, focus) + left[match.end() :]
        if chosen and any(one.days and not one.on(focus.date()) for one in clause.choices):
            return self._beside_named(clause, left)
        if chosen and (_LATER.search(left) or _EARLIER.search(left)):
            # Of the time that was settled on nothing but its day stays.
            self.choices = [Choice(one.days) for one in self.choices]
        self._later_or_earlier(clause, left, moments, focus)
        return _EARLIER.sub("M", _LATER.sub("M", left))

    def _beside_named(self, clause: Clause, left: str) -> str:
        """Take "a bit earlier" on another day for earlier than the clock time that was named before."""
        if (match := _SHIFTED.search(left)) and (moment := self._named_moment()) and not clause.choices:
            return left[: match.start()] + self._shift(clause, match, moment) + left[match.end() :]
        named = {one for choice in self.choices for one in choice.hours if one.exact}
        later, earlier = _LATER.search(left), _EARLIER.search(left)
        if len(named) != 1 or not (later or earlier) or any(one.hours for one in clause.choices):
            return left
        clause.choices = with_hours(clause.choices, (hours_beside(*named, later=later is not None),))
        return _EARLIER.sub("M", _LATER.sub("M", left))

    def _later_or_earlier(
        self, clause: Clause, left: str, moments: Sequence[datetime], focus: datetime
    ) -> None:
        """Take in that something is to be later or earlier than what was offered, settled on, or is moved."""
        later, earlier = _LATER.search(left), _EARLIER.search(left)
        if later or earlier:
            self.said = True
            if later:
                self.since = max(moments) + _JUST_AFTER
            else:
                self.before = min(moments)
            if (
                self.anchors.appointment
                and not self.anchors.offered
                and not clause.choices
                and not _SOONER.search(left)
            ):
                clause.choices.append(Choice((one_day(focus.date(), self.now.date()),)))
            if _SOONER.search(left):
                self.choices = [Choice((), one.hours) for one in self.choices if one.hours]

    def _is_chosen(self, moment: datetime) -> bool:
        """Tell whether it is the one moment that was settled on: what is relative is relative to that."""
        minute = moment.hour * 60 + moment.minute
        return len(self.choices) == 1 and any(
            days.single and days.first == moment.date() and hours.exact and hours.first == minute
            for days in self.choices[0].days
            for hours in self.choices[0].hours
        )

    def _named_moment(self) -> datetime | None:
        """Give the one moment that was named: "Friday at two; an hour later"."""
        if len(self.choices) != 1 or len(self.choices[0].days) != 1 or len(self.choices[0].hours) != 1:
            return None
        (day,), (hours,) = self.choices[0].days, self.choices[0].hours
        at = time(*divmod(hours.first, 60))
        return datetime.combine(day.first, at, self.zone) if day.single and hours.exact else None

    def _at_that_time(self, clause: Clause, focus: date) -> list[Days]:
        """Give the days at whose "same time" something is wished: of weeks, those of the same weekday."""
        weeks = [one for choice in clause.choices for one in choice.days]
        days = [_on_weekday(one, focus.weekday()) for one in weeks]
        if self.anchors.appointment and len(weeks) == 1 and not weeks[0].single and days[0].first == focus:
            # Its own week, said of an appointment that is moved, is the one after.
            return [one_day(focus + timedelta(7), self.now.date())]
        return days

    def _shift(self, clause: Clause, match: re.Match[str], focus: datetime) -> str:
        than = match["than"] or {"back": "later", "out": "later"}.get(match["push"], "earlier")
        back = than in ("earlier", "sooner", "before", "forward", "up")
        length = _length(match["n"] or match["n2"], match["unit"] or match["unit2"])
        moment = (focus.astimezone(UTC) + (-length if back else length)).astimezone(self.zone)
        if length >= timedelta(days=1):
            moment = datetime.combine(focus.date() + (-length if back else length), focus.time(), self.zone)
        clause.choices.append(Choice((one_day(moment.date(), self.now.date()),), (exactly(moment),)))
        self.said = True
        return "M"

    def _want(self, new: list[Choice], *, corrects: bool, adds: bool) -> None:
        old = self.choices
        named = [one for choice in new for one in choice.days]
        hours = [one for choice in new for one in choice.hours]
        shared = {one.hours for one in old}
        kept = shared.pop() if len(shared) == 1 else ()
        if named:
            self.since = self.before = None  # a new day takes the place of "later than what was offered"
        self.excluded = [one for one in self.excluded if not (_lifts(named, one) or _names_again(new, one))]
        if not named and adds and len(old) == 1 and old[0].hours:
            self.choices = [Choice(old[0].days, (*old[0].hours, *hours))]
        elif not named:
            self.choices = timed(old, hours, corrects=corrects)
        elif adds and old:
            self.choices = [*old, *(Choice(self._in_week(one.days), one.hours or kept) for one in new)]
        elif chosen := _chosen_again(old, new):
            self.choices = chosen
        else:
            within = [one for choice in old for one in choice.days]
            refined = ((self._in_week(self._in_month(_refined(one.days, within))), one.hours) for one in new)
            self.choices = [Choice(days, own or kept) for days, own in refined]

    def _in_month(self, days: tuple[Days, ...]) -> tuple[Days, ...]:
        """Let a bare day of a month be that of the month talked of: "January 8th, I mean the 11th"."""
        that = self.that
        if that is None or not that.single or that.ordinal or that.first.month == self.now.month:
            return days
        return tuple(
            one_day(from_ordinal(one.ordinal, that.first.replace(day=1))[0], self.now.date())
            if one.ordinal
            else one
            for one in days
        )

    def _in_week(self, days: tuple[Days, ...]) -> tuple[Days, ...]:
        """Let a bare weekday be that of the week that was talked of, when it is a later one than this."""
        if self.that is None or not self.that.single or self.that.weekday is not None or self.scattered:
            return days  # of times in several weeks none is the week that is talked of
        monday = monday_of(self.that.first)
        if monday <= self.now.date():
            return days
        return tuple(
            one_day(monday + timedelta(one.weekday), self.now.date())
            if one.weekday is not None and one.last < monday + timedelta(7) and not _is_next(one)
            else one
            for one in days
        )

    def _exclude(self, new: list[Choice]) -> None:
        self.excluded.extend(one for one in new if one not in self.excluded)
        kept = []
        for choice in self.choices:
            hours = tuple(
                one
                for one in choice.hours
                if not any(
                    not no.days
                    and no.hours
                    and no.at(one.first)
                    and (one.exact or all(no.at(minute) for minute in range(one.first, one.last, 15)))
                    for no in new
                )
            )
            days = tuple(
                one
                for one in choice.days
                if not any(no.days and not no.hours and all(no.on(day) for day in one.list()) for no in new)
            )
            if choice.days and not days and not hours:
                continue
            kept.append(Choice(days, hours))
        self.choices = kept

    def _any(self, clause: Clause, left: str) -> None:
        """Take in that any time will do, or that sooner or later is better."""
        at_once, earliest = _AT_ONCE.search(left), _EARLIEST.search(left)
        if at_once or earliest:
            self.prefer = "soonest"
        elif _LATEST.search(left):
            self.prefer = "latest"
        any_day, any_time = _ANY_DAY.search(left), _ANY_TIME.search(left)
        self.said = self.said or bool(
            at_once or earliest or self.prefer or any_day or any_time or _ANY.search(left)
        )
        if clause.choices:
            return
        if any_day or (at_once and not clause.excluded):
            self.choices = (
                with_hours([], self.choices[0].hours)
                if len(self.choices) == 1 and self.choices[0].hours
                else []
            )
            self.since = self.before = None
        elif any_time and self.choices:
            self.choices = [Choice(one.days) for one in self.choices if one.days]

    def constraints(self) -> TimeConstraints:
        """Give what all of it means.

        Raises:
            Unclear: Nothing was said about when.
        """
        if not self.said:
            raise Unclear(WHICH_DAY)
        choices = _certain([one for one in self.choices if one.days or one.hours])
        prefer = self.prefer
        return TimeConstraints(
            self.now,
            choices,
            tuple(map(_in_either_week, self.excluded)),
            self.since,
            self.before,
            "soonest" if prefer == "soonest" else "latest" if prefer == "latest" else "",
            ", ".join(self.ignored),
        )


def _certain(choices: list[Choice]) -> tuple[Choice, ...]:
    """Ask which day is meant, if there is one to ask about.

    Raises:
        Unclear: It has to be asked.
    """
    for choice in choices:
        for one in choice.days:
            if one.doubt:
                raise Unclear(one.doubt)
    return tuple(dict.fromkeys(map(_in_either_week, choices)))


def _in_either_week(choice: Choice) -> Choice:
    """Let "Monday" on a Monday be today or next week's: the times that are offered tell which."""
    days = [(one, a_week_later(one)) if one.either_week else (one,) for one in choice.days]
    return replace(choice, days=tuple(day for both in days for day in both))


def _is_next(one: Days) -> bool:
    return one.doubt is not None and "this" in one.doubt


def _on_weekday(one: Days, weekday: int) -> Days:
    """Choose a weekday of a stretch of days, if it holds one."""
    fitting = [day for day in one.list() if day.weekday() == weekday]
    return one if one.single or len(fitting) != 1 else one_day(fitting[0], fitting[0] - timedelta(9))


def _length(said: str, unit: str) -> timedelta:
    count = {"a": 1.0, "an": 1.0, "half an": 0.5, "couple of": 2.0, "few": 3.0}.get(said) or float(said)
    minutes = {"hour": 60, "minute": 1, "day": DAY_MINUTES, "week": 7 * DAY_MINUTES}[unit]
    return timedelta(minutes=count * minutes)


def _chosen_again(old: list[Choice], new: list[Choice]) -> list[Choice]:
    """Keep of several alternatives the one that is named again, with its time of day."""
    if len(old) < 2 or any(one.hours for one in new):  # noqa: PLR2004 - nothing to choose among
        return []
    named = [days for one in new for days in one.days]
    return [one for one in old if one.days and all(days in named for days in one.days)]


def _refined(new: tuple[Days, ...], within: list[Days]) -> tuple[Days, ...]:
    """Let weekdays be those of the days that were named before: "next week; actually Tuesday"."""
    around = [one for one in within if not one.single and not (one.is_open and len(one.weekdays) < 7)]  # noqa: PLR2004
    weekly = [
        one
        for one in within
        if (one.is_open and len(one.weekdays) < 7)  # noqa: PLR2004 - of seven
        or (one.weekday is not None and (one.doubt or one.either_week))
    ]
    refined: list[Days] = []
    for one in new:
        wider = around if one.weekday is not None or one.is_open else [] if one.single else weekly
        for other in wider:
            if one.either_week and other.is_open and other.has(a_week_later(one).first):
                refined.append(one)  # "from Monday on" and then "Monday", on a Monday
                break
            try:
                refined.append(narrowed(one, other))
                break
            except Unclear:
                continue
        else:
            refined.append(one)
    return tuple(refined)


def _lifts(named: Sequence[Days], excluded: Choice) -> bool:
    """Tell whether days that are wanted now are the very ones that had been ruled out."""
    if excluded.hours or not excluded.days:
        return False
    single = [one for one in named if one.single or (one.is_open and len(one.weekdays) == 1)]
    return any(excluded.on(one.list()[0]) for one in single if one.list())


def _names_again(new: list[Choice], excluded: Choice) -> bool:
    """Tell whether a clock time is wanted after all that had been turned down."""
    return excluded.is_exact and any(
        hours.exact
        and excluded.at(hours.first)
        and (not one.days or any(map(one.on, excluded.days[0].list()[:1])))
        for one in new
        for hours in one.hours
        if excluded.days
    )


def _unused(left: str) -> str:
    """Give what of the words about time changed nothing: it is told, so that nobody takes it for kept.

    Args:
        left: What is left of them, with marks for what was understood.
    """
    parts = [part.split() for part in re.split(r"\bM\b", _USED.sub(" M ", _MARK.sub("M", left)))]
    return ", ".join(" ".join(part) for part in parts if any(one not in _EMPTY for one in part))


def wants_any_time(text: str) -> bool:
    """Tell whether canonical words without a day or a time say when all the same: "as soon as possible"."""
    wanted = (_AT_ONCE, _EARLIEST, _ANY_DAY, _ANY_TIME, _FROM_NOW, _SAME_TIME, _MENTIONED)
    return any(pattern.search(text) for pattern in wanted)
