"""When a caller can come: days and hours that go together, alternatives to them, and what is ruled out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from language import speak

DAY_MINUTES = 24 * 60
OPEN_DAYS = 14
"""How far "any day" and "after Tuesday" reach at first, in days."""
EVERY_DAY = frozenset(range(7))
_STEP = 5


@dataclass(frozen=True)
class Days:
    """Days that the caller named.

    Attributes:
        label: How to say them.
        weekdays: Which weekdays between the first and the last are meant.
        weekday: Set when a bare weekday was named, which "next week" beside it may move.
        ordinal: Set when a bare day of a month was named, which a month beside it may move.
        doubt: The question to ask, unless other words settle it.
        either_week: Today's own weekday was named: the same day of next week may be meant as well.
        is_open: Nobody said where they end, so that a search may go on.
    """

    first: date
    last: date
    label: str
    weekdays: frozenset[int] = EVERY_DAY
    weekday: int | None = None
    ordinal: int | None = None
    doubt: str | None = None
    either_week: bool = False
    is_open: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one day."""
        return self.first == self.last

    def has(self, day: date) -> bool:
        """Tell whether a day is one of them."""
        return self.first <= day <= self.last and day.weekday() in self.weekdays

    def list(self) -> list[date]:
        """List the days."""
        span = (self.first + timedelta(n) for n in range((self.last - self.first).days + 1))
        return [one for one in span if one.weekday() in self.weekdays]


@dataclass(frozen=True)
class Hours:
    """A part of the day, in minutes since midnight.

    Attributes:
        last: Exclusive.
        label: How to say it after a day.
        exact: A clock time was named: ``first`` is that time.
    """

    first: int
    last: int
    label: str
    exact: bool = False

    def has(self, minute: int) -> bool:
        """Tell whether a minute of the day lies in it."""
        return minute == self.first if self.exact else self.first <= minute < self.last


@dataclass(frozen=True)
class Choice:
    """Days and hours that were named together; without days any day, without hours any time of day."""

    days: tuple[Days, ...] = ()
    hours: tuple[Hours, ...] = ()

    def has(self, local: datetime) -> bool:
        """Tell whether a moment of the practice's clock is among them."""
        return self.on(local.date()) and self.at(local.hour * 60 + local.minute)

    def on(self, day: date) -> bool:
        """Tell whether a day is among the days."""
        return not self.days or any(one.has(day) for one in self.days)

    def at(self, minute: int) -> bool:
        """Tell whether a minute of the day is among the hours."""
        return not self.hours or any(one.has(minute) for one in self.hours)

    @property
    def label(self) -> str:
        """How to say it."""
        days = speak.listing(list(dict.fromkeys(one.label for one in self.days)))
        hours = speak.listing(list(dict.fromkeys(one.label for one in self.hours)))
        exact = all(one.exact for one in self.hours)
        at = f" at {hours}" if hours and exact else f", {hours}" if hours else ""
        return (days + at).lstrip(", ")

    @property
    def is_exact(self) -> bool:
        """Whether every time of it is a clock time."""
        return bool(self.hours) and all(one.exact for one in self.hours)


GaveUp = Literal["time", "day", "exclusion"]


@dataclass(frozen=True)
class TimeConstraints:
    """When the caller can come.

    Attributes:
        now: The moment that they are reckoned from, in the practice's zone.
        choices: Any of them will do; empty when any time will.
        excluded: None of them will do.
        since: Not before this moment, from "later" and "in half an hour".
        before: Before this moment, from "earlier".
        prefer: Whether the earliest or the latest was asked for.
        ignored: The words about time that changed nothing.
    """

    now: datetime
    choices: tuple[Choice, ...] = ()
    excluded: tuple[Choice, ...] = ()
    since: datetime | None = None
    before: datetime | None = None
    prefer: Literal["", "soonest", "latest"] = ""
    ignored: str = field(default="", compare=False)

    def allows(self, moment: datetime) -> bool:
        """Tell whether an aware moment is one that the caller can come at."""
        local = moment.astimezone(self.now.tzinfo)
        if (self.since and moment < self.since) or (self.before and moment >= self.before):
            return False
        if self.choices and not any(one.has(local) for one in self.choices):
            return False
        return not any(one.has(local) for one in self.excluded)

    def allows_day(self, day: date) -> bool:
        """Tell whether any time of a day may do, as far as days are concerned."""
        if self.choices and not any(one.on(day) for one in self.choices):
            return False
        return not any(one.on(day) and not one.hours for one in self.excluded)

    def allows_any(self, day: date, hours: Iterable[tuple[time, time]]) -> bool:
        """Tell whether any time of a day between opening and closing will do."""
        if not self.allows_day(day):
            return False
        for opens, closes in hours:
            first, last = _minutes(opens), _minutes(closes)
            exact = (one.first for choice in self.choices for one in choice.hours if one.exact)
            for minute in (*range(first, last, _STEP), *(one for one in exact if first <= one < last)):
                if self.allows(at_minute(day, minute, self.now)):
                    return True
        return False

    @property
    def exact(self) -> datetime | None:
        """The moment itself, where one day and one clock time were named."""
        if len(self.choices) != 1:
            return None
        (choice,) = self.choices
        if len(choice.days) != 1 or not choice.days[0].single or len(choice.hours) != 1:
            return None
        hours = choice.hours[0]
        return at_minute(choice.days[0].first, hours.first, self.now) if hours.exact else None

    @property
    def single_day(self) -> date | None:
        """The one day that they leave, where they leave one."""
        days = {one.first for choice in self.choices for one in choice.days if one.single}
        all_single = all(choice.days and all(one.single for one in choice.days) for choice in self.choices)
        return days.pop() if all_single and len(days) == 1 else None

    @property
    def has_hours(self) -> bool:
        """Whether a time of day was named."""
        return any(one.hours for one in self.choices)

    @property
    def is_open(self) -> bool:
        """Whether nobody said where the days end."""
        return not self.choices or any(
            not choice.days or any(one.is_open for one in choice.days) for choice in self.choices
        )

    @property
    def start(self) -> datetime:
        """The earliest moment to look at; in the past where only past days were named."""
        return self._bounds()[0]

    @property
    def end(self) -> datetime:
        """The end of what is to be looked at, exclusive."""
        return self._bounds()[1]

    def _bounds(self) -> tuple[datetime, datetime]:
        today = self.now.date()
        whole = Days(today, today + timedelta(OPEN_DAYS), "")
        starts, ends = [], []
        for choice in self.choices or (Choice(),):
            for one in choice.days or (whole,):
                ranged = self.single_day and choice.hours and not choice.is_exact
                first = min(hours.first for hours in choice.hours) if ranged else 0
                last = max(hours.last for hours in choice.hours) if ranged else DAY_MINUTES
                starts.append(at_minute(one.first, first, self.now))
                ends.append(at_minute(one.last, last, self.now))
        start, end = min(starts), max(ends)
        start = self.now if start < self.now < end else start
        if self.since and self.since > start:
            start, end = self.since, max(end, self.since + timedelta(minutes=1))
        if self.before and start < self.before < end:
            end = self.before
        return start, max(end, start + timedelta(minutes=1))

    @property
    def label(self) -> str:
        """The same in words that can be spoken."""
        said = speak.listing([one.label for one in self.choices if one.label])
        if self.prefer:
            said = f"{said}, as {'soon' if self.prefer == 'soonest' else 'late'} as possible".lstrip(", ")
        if self.since and self.now < self.since:
            said = f"{said}, after {_moment(self.since, self.now, said)}".lstrip(", ")
        if self.before:
            said = f"{said}, before {_moment(self.before, self.now, said)}".lstrip(", ")
        if self.excluded:
            said = f"{said or 'any time'}, but not {speak.listing([one.label for one in self.excluded])}"
        return said or "any time"

    def opened(self, end: date) -> "TimeConstraints":
        """Let the days that nobody limited go on until a day."""
        whole = Days(self.now.date(), end, "", is_open=True)

        def longer(one: Days) -> Days:
            return replace(one, last=max(one.last, end)) if one.is_open else one

        choices = [
            replace(one, days=tuple(map(longer, one.days)) or (whole,)) for one in self.choices or (Choice(),)
        ]
        return replace(self, choices=tuple(choices))

    def relaxed(self) -> Iterator[tuple[tuple[GaveUp, ...], "TimeConstraints"]]:
        """Give up one thing after the other, what matters least first.

        Yields:
            What was given up, and what is left. On a single day the time of day goes first, since the day
            was chosen; over several days the days go first, since the time of day holds on each of them.
        """
        timeless = replace(self, choices=tuple(replace(one, hours=()) for one in self.choices))
        dayless = replace(self, choices=tuple(replace(one, days=()) for one in self.choices))
        free = replace(self, choices=(), before=None)
        if self.has_hours and self.single_day:
            yield ("time",), timeless
        if self.choices:
            if self.has_hours:
                yield ("day",), dayless
            if self.has_hours and not self.single_day:
                yield ("time",), timeless
            yield (("day", "time") if self.has_hours else ("day",)), free
        if self.excluded:
            yield ("exclusion",), replace(self, excluded=())
            yield ("day", "time", "exclusion"), replace(free, excluded=())


def at_minute(day: date, minutes: int, now: datetime) -> datetime:
    """Put a wall-clock time on a day; a time that the clocks skip moves on to the next that exists.

    Args:
        minutes: Since midnight; a whole day's are the next midnight.
        now: A moment in the zone that is meant.
    """
    on = day + timedelta(minutes // DAY_MINUTES)
    naive = datetime.combine(on, time(*divmod(minutes % DAY_MINUTES, 60)))
    return naive.replace(tzinfo=now.tzinfo).astimezone(UTC).astimezone(now.tzinfo)


def _minutes(value: time) -> int:
    return DAY_MINUTES if value == time.max else value.hour * 60 + value.minute


def _moment(moment: datetime, now: datetime, said: str) -> str:
    local = moment.astimezone(now.tzinfo)
    return (
        speak.clock(local) if speak.day(local) in said or local.date() == now.date() else speak.moment(local)
    )
