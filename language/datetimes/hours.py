"""Times of day: what two of them share, and what lies beside one."""

from collections.abc import Sequence
from datetime import datetime

from language.datetimes.clock_phrases import Clock
from language.datetimes.constraints import DAY_MINUTES, Choice, Hours

_BESIDE = 180
"""Minutes: further away from a clock time is not beside it."""


def exactly(moment: datetime) -> Hours:
    """Give the time of day of a moment."""
    minutes = moment.hour * 60 + moment.minute
    return Hours(minutes, minutes + 1, Clock(minutes, sure=True).spoken, exact=True)


def hours_beside(hours: Hours, *, later: bool) -> Hours:
    """Give what is "a bit later" or "a bit earlier" than a clock time, on whatever day."""
    spoken = Clock(hours.first, sure=True).spoken
    if later:
        return Hours(hours.last, min(hours.first + _BESIDE, DAY_MINUTES), f"after {spoken}")
    return Hours(max(hours.first - _BESIDE, 0), hours.first, f"before {spoken}")


def with_hours(choices: Sequence[Choice], hours: tuple[Hours, ...]) -> list[Choice]:
    """Give the same days, all of them at these times."""
    return [Choice(one.days, hours) for one in choices] or [Choice((), hours)]


def timed(old: list[Choice], new: list[Hours], *, corrects: bool) -> list[Choice]:
    """Put a new time of day to the days: what it shares with the old one, else itself."""
    if not old:
        return [Choice((), tuple(new))]
    shared = []
    for choice in old:
        hours = tuple(new) if corrects else _shared(choice.hours, new)
        if hours:
            shared.append(Choice(choice.days, hours))
    return shared or [Choice(one.days, tuple(new)) for one in old]


def _shared(old: Sequence[Hours], new: Sequence[Hours]) -> tuple[Hours, ...]:
    if not old or any(one.exact for one in (*old, *new)) or _one_sided(old) & _one_sided(new):
        return tuple(new)
    found = []
    for one in old:
        for other in new:
            first, last = max(one.first, other.first), min(one.last, other.last)
            if first < last:
                inner = other if other.last - other.first <= one.last - one.first else one
                whole = (inner.first, inner.last) == (first, last)
                label = inner.label if whole else f"{one.label}, {other.label}"
                found.append(Hours(first, last, label))
    return tuple(found)


def _one_sided(hours: Sequence[Hours]) -> set[str]:
    (one, *more) = hours
    if more or one.label.startswith("not "):
        return set()
    return {"from"} if one.last == DAY_MINUTES and one.first else {"until"} if not one.first else set()
