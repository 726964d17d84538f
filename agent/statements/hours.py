"""Whether what is said of opening hours is so."""

from collections.abc import Sequence
from datetime import date

from agent.statements.evidence import Evidence
from agent.statements.values import spoken
from language.values.days import Day
from language.values.reading import Reading

_CLOSED = frozenset({"closed", "close", "closes", "shut", "cerrado", "cerrados", "cerramos"})
_SHUT = frozenset({"closed", "shut", "cerrado", "cerrados"})
_ENDS = frozenset({"close", "closes", "until", "till", "ends", "cerramos", "hasta"})
_BEGINS = frozenset({"open", "opens", "from", "abrimos", "desde"})
_OPEN = frozenset({"open", "work"})
_EVERY = frozenset({"daily", "everyday"})
_NOW = frozenset({"now", "currently"})
_RANGE = frozenset({"to", "through", "until", "till", "-", "\u2013", "a"})
_OF_WEEKS = frozenset({"weekday", "weekdays", "weekend", "weekends"})
_WORKDAYS, _WEEKEND, _WEEK = range(5), (5, 6), range(7)


def hours_wrong(reading: Reading, days: Sequence[Day], evidence: Evidence) -> str | None:
    """Hold what is said of opening hours against the practice's own.

    Args:
        days: The days that are meant, where the clause itself names none.

    Returns:
        What is not so; empty when all is; None when nothing was said that hours can tell.
    """
    words = reading.words
    if not evidence.practice.hours:
        return None
    weekdays, dates = _meant(reading, days, evidence)
    denied = _denies(words)
    closed = (bool(words & _SHUT) and not denied) or (denied and bool(words & _OPEN) and not reading.times)
    if words & _NOW and not reading.times and not reading.days:
        return (
            "" if _open_now(evidence) != closed else f"the practice is {'open' if closed else 'closed'} now"
        )
    if closed:
        return None if reading.times or not (weekdays or dates) else _closed_wrong(weekdays, dates, evidence)
    if any(not _opens(day, evidence) for day in weekdays) or any(
        not _opens_on(one, evidence) for one in dates
    ):
        return None if denied else "the practice is closed then"
    if reading.times:
        known = {one.weekday for one in evidence.practice.hours}
        on_days = {*weekdays, *(one.weekday() for one in dates)} or known
        return _times_wrong(reading, on_days, dates, evidence)
    return "" if (weekdays or dates) and words & (_BEGINS | {"here", "in"}) else None


def says_hours(reading: Reading) -> bool:
    """Tell whether a word of it says that the practice is open or closed."""
    return bool(reading.words & (_OPEN | _SHUT))


def _closed_wrong(weekdays: set[int], dates: list[date], evidence: Evidence) -> str:
    open_then = any(_opens(day, evidence) for day in weekdays) or any(
        _opens_on(one, evidence) for one in dates
    )
    return "the practice is open then" if open_then else ""


def _times_wrong(reading: Reading, weekdays: set[int], dates: list[date], evidence: Evidence) -> str:
    """Hold each time against the bounds: all of a day's times have to be bounds of that day."""
    special = [one for value in dates for one in evidence.practice.special_hours.get(value, ())]
    hours = special or evidence.practice.hours
    named = bool(reading.days)
    for said in reading.times:
        before = [token.word for token in reading.tokens[max(0, said.place - 2) : said.place]]
        cue = before[-2] if before[-1:] in (["at"], ["las"]) and len(before) > 1 else (before or [""])[-1]
        ends, begins = cue in _ENDS, cue in _BEGINS
        fitting = set()
        for one in hours:
            bounds = (
                [one.closes]
                if ends and not begins
                else [one.opens]
                if begins and not ends
                else [one.opens, one.closes]
            )
            if any(said.may_be(bound) for bound in bounds):
                fitting.add(one.weekday)
        if not fitting & weekdays or (named and not weekdays <= fitting):
            return f"{spoken(said)} is no time at which the practice opens or closes then"
    return ""


def _meant(reading: Reading, days: Sequence[Day], evidence: Evidence) -> tuple[set[int], list[date]]:
    weekdays: set[int] = set()
    dates: list[date] = []
    own = list(reading.days) or ([] if reading.words & _OF_WEEKS else list(days))
    for one, other in zip(own, [*own[1:], None], strict=False):
        if one.weekday is not None and one.day is None and one.exact is None:
            weekdays.add(one.weekday)
            if other is not None and other.weekday is not None:
                between = {token.word for token in reading.tokens[one.last : other.first]}
                if between & _RANGE and len(between) == 1:
                    weekdays |= set(range(one.weekday, other.weekday + 1))
        elif one.span is None:
            dates += one.dates(evidence.today)[:1]
    words = reading.words
    if words & _EVERY or ("every" in words and "day" in words):
        weekdays |= set(_WEEK)
    if words & {"weekday", "weekdays"}:
        weekdays |= set(_WORKDAYS)
    if words & {"weekend", "weekends"}:
        weekdays |= set(_WEEKEND)
    if "tonight" in words or "today" in words:
        dates.append(evidence.today)
    return weekdays, dates


def _opens(weekday: int, evidence: Evidence) -> bool:
    return any(one.weekday == weekday for one in evidence.practice.hours)


def _opens_on(value: date, evidence: Evidence) -> bool:
    practice = evidence.practice
    return value in practice.special_hours or (
        value not in practice.closed_on and _opens(value.weekday(), evidence)
    )


def _open_now(evidence: Evidence) -> bool:
    now = evidence.now
    hours = evidence.practice.special_hours.get(now.date()) or evidence.practice.hours
    return _opens_on(now.date(), evidence) and any(
        one.weekday == now.weekday() and one.opens <= now.time() < one.closes for one in hours
    )


def _denies(words: frozenset[str]) -> bool:
    return bool(words & {"not", "never", "don't", "aren't", "isn't", "no", "won't"})
