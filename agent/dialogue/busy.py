"""What keeps somebody from coming, told instead of a no: "yoga's at ten", "I've got work then"."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.dialogue.acts import Clause
from language.choices import Offer
from language.datetimes.constraints import TimeConstraints
from language.datetimes.mentions import clock_mentions
from language.datetimes.resolve import resolve, time_values
from language.phrases import phrase
from language.speak import number

POINTS_AT = phrase("times.points_at")
"""Means the times that are talked of: "I've got work then", "we're away that week"."""
_HOUR_FIRST = re.compile(rf"(?P<hour>{'|'.join(map(number, range(1, 13)))})(?:'s| is) ")
_UNTIL = frozenset(("until", "till", "til"))
_BEFORE_A_TIME = _UNTIL | frozenset("from between the week of to at on in by before after".split())
_ZONE = ZoneInfo("UTC")
_ANY_DAY = datetime(2026, 1, 1, tzinfo=_ZONE)
_NOON = 12


def when_busy(clause: Clause) -> str:
    """Say of a clause when they cannot come, as the calendar reads it; empty where it names no time."""
    words = POINTS_AT.sub(" ", clause.words).split()
    named = time_values(" ".join(words))
    if not named:
        opening = _HOUR_FIRST.match(clause.words)
        return f"not at {opening['hour']}" if opening else ""
    meant, clocks = resolve(clause.text, _ANY_DAY, _ZONE), clock_mentions(clause.words)
    until = clocks and _UNTIL.intersection(words)
    if (
        isinstance(meant, TimeConstraints)
        and not until
        and not any(
            one.days or any(hours.first or not clocks for hours in one.hours) for one in meant.choices
        )
    ):
        return clause.text  # it is read as what leaves the rest free: "I have to be back by five"
    at = max(n for n in range(len(words)) if time_values(" ".join(words[n:])) == named)
    end = min(n for n in range(at + 1, len(words) + 1) if time_values(" ".join(words[at:n])) == named)
    while at and words[at - 1] in _BEFORE_A_TIME:
        at -= 1
    return f"not {' '.join(words[at:end])}"


def ruled_out(talked_of: Sequence[Offer], unit: str) -> list[str]:
    """Say what is left of times that do not do, as far as they have a day, or a week, in common.

    Args:
        unit: ``day`` or ``week`` where all of that is meant.
    """
    starts = [one.start for one in talked_of if one.start]
    if unit == "week" and len({one.isocalendar()[:2] for one in starts}) == 1:
        return [f"not the week of {starts[0]:%B %-d}"]
    if len({one.date() for one in starts}) != 1:
        return []
    day = f"{starts[0]:%A %B %-d}"
    if len(starts) == 1 and not unit:
        return [day, f"not {day} at {starts[0]:%-I:%M %p}"]
    parts = {"in the morning" if one.hour < _NOON else "in the afternoon" for one in starts}
    if unit:
        return [f"not {day}"]
    return [day, f"not {day} {parts.pop()}"] if len(parts) == 1 else []
