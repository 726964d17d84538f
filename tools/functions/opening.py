"""When the practice is open, as far as its facts say."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TypeVar

from contracts.partner import Closure, DayHours, PracticeFacts, PractitionerFacts
from contracts.practice_rules import SpecialHours
from language import speak
from language.datetimes.constraints import TimeConstraints

LONGEST_LOOK = timedelta(days=31)
Span = TypeVar("Span", DayHours, SpecialHours)


def hours_on(day: date, facts: PracticeFacts) -> list[tuple[time, time]]:
    """List the opening hours of a day, from and to, as wall-clock times; none when it is closed."""
    if any(one.date == day for one in facts.closures):
        return []
    special = [_times(one) for one in facts.special_hours if one.date == day]
    return special or [_times(one) for one in facts.hours if one.weekday == day.weekday()]


def facts_of(person: PractitionerFacts, facts: PracticeFacts) -> PracticeFacts:
    """Give a practice's facts with the hours of one practitioner, as the calendar keeps them."""
    own = {one.date for one in person.closures} | {one.date for one in person.special_hours}
    shared = [one for one in facts.special_hours if one.date not in own]
    week, special = facts.hours, shared
    if person.hours:
        week = [cut for one in facts.hours for cut in _within(one, one.weekday, person)]
        special = [cut for one in shared for cut in _within(one, one.date.weekday(), person)]
    away = {one.date for one in shared} - {one.date for one in special}
    return facts.model_copy(
        update={
            "hours": week,
            "closures": [
                *(one for one in facts.closures if one.date not in own),
                *person.closures,
                *(Closure(date=day) for day in sorted(away)),
            ],
            "special_hours": [*special, *person.special_hours],
        }
    )


def _within(span: Span, weekday: int, person: PractitionerFacts) -> list[Span]:
    """Cut hours of the practice to those of one practitioner on that weekday."""
    cut = [
        span.model_copy(update={"opens": max(span.opens, one.opens), "closes": min(span.closes, one.closes)})
        for one in person.hours
        if one.weekday == weekday
    ]
    return [one for one in cut if one.opens < one.closes]


def is_closed_throughout(wanted: TimeConstraints, facts: PracticeFacts) -> bool:
    """Tell whether no minute that the caller can come at lies in opening hours, where any are known."""
    if not facts.hours:
        return False
    # What they rule out themselves is not closed.
    wanted = replace(wanted, excluded=())
    start, end = wanted.start, wanted.end
    if end - start > LONGEST_LOOK:
        return False
    days = (start.date() + timedelta(n) for n in range((end.date() - start.date()).days + 1))
    return not any(wanted.allows_any(day, hours_on(day, facts)) for day in days)


def closed_sentence(wanted: TimeConstraints, facts: PracticeFacts) -> str:
    """Say that, and when it can be said briefly why, the practice is closed whenever the caller can come."""
    day = wanted.single_day
    if day is None:
        return "I'm sorry, we're closed then."
    hours = hours_on(day, facts)
    if not hours:
        return f"I'm sorry, we're closed {closed_day(day, facts)}."
    said = speak.listing(
        [f"from {speak.clock(opens)} to {speak.clock(closes)}" for opens, closes in hours], "and"
    )
    which = speak.day(day) if any(one.date == day for one in facts.special_hours) else None
    return f"I'm sorry, on {which or f'{speak.WEEKDAYS[day.weekday()]}s'} we're open {said}."


def closed_day(day: date, facts: PracticeFacts) -> str:
    """Name a closed day, with its reason where it has one: "on Friday the … for Christmas Day"."""
    closure = next((one.name for one in facts.closures if one.date == day and one.name), None)
    return f"on {speak.day(day)}{f' for {closure}' if closure else ''}"


def _times(hours: DayHours | SpecialHours) -> tuple[time, time]:
    closes = time.max if hours.closes in ("24:00", "00:00") else time.fromisoformat(hours.closes)
    return time.fromisoformat(hours.opens), closes
