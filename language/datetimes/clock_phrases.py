"""Which time of day a caller means: clock times, and parts of the day.

An hour without a.m. or p.m. follows the surgery's day: 1 to 6 is the afternoon, 7 to 11 the morning,
12 noon; a part of the day that is said with it decides first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time

from language import speak
from language.datetimes.constraints import DAY_MINUTES, Hours
from language.datetimes.words import pattern, rows, table

NOON = 12 * 60
_AFTERNOON_HOURS = range(1, 7)


@dataclass(frozen=True)
class Clock:
    """A clock time as said.

    Attributes:
        minutes: Since midnight, on the half of the day that was said or is likelier.
        sure: Whether the half of the day was said.
    """

    minutes: int
    sure: bool

    def on_half(self, *, afternoon: bool) -> "Clock":
        """Give the same clock face on one half of the day."""
        return replace(self, minutes=self.minutes % NOON + (NOON if afternoon else 0))

    def is_at(self, moment: datetime) -> bool:
        """Tell whether a wall-clock moment may be the one that was said."""
        minutes = moment.hour * 60 + moment.minute
        return minutes == self.minutes if self.sure else minutes % NOON == self.minutes % NOON

    @property
    def spoken(self) -> str:
        """How to say it."""
        return speak.clock(time(*divmod(self.minutes % DAY_MINUTES, 60)))


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


PARTS: tuple[tuple[re.Pattern[str], Hours], ...] = tuple(
    (
        re.compile(rf"\b(?:{'|'.join(one['said'])})\b"),
        Hours(_minute(one["first"]), _minute(one["last"]), one["label"]),
    )
    for one in table("parts")
)
"""Parts of the day, the longer ways of saying first."""


def _face(match: re.Match[str], hour: int, minute: int) -> Clock | None:
    """Read a clock face with its a.m. or p.m., None for one that no clock shows."""
    half = match.groupdict().get("ap")
    if minute > 59 or hour > 23:  # noqa: PLR2004 - the clock's own bounds
        return None
    if hour > 12 or hour == 0:  # noqa: PLR2004 - the 24-hour clock says its half
        return Clock(hour * 60 + minute, sure=True)
    plain = Clock(hour % 12 * 60 + minute, sure=half is not None)
    return plain.on_half(afternoon=half == "pm" if half else hour in _AFTERNOON_HOURS or hour == 12)  # noqa: PLR2004


def exact(match: re.Match[str]) -> Clock | None:
    """Read an hour, with its minutes where they were said."""
    return _face(match, int(match["h"]), int(match.groupdict().get("mm") or 0))


def run_together(match: re.Match[str]) -> Clock | None:
    """Read a clock face written without its colon."""
    said = match["hm"] or match["hm2"]
    return _face(match, int(said[:-2]), int(said[-2:]))


def _past(match: re.Match[str]) -> Clock | None:
    return _face(match, int(match["h"]), _minutes_said(match["n"]))


def _to(match: re.Match[str]) -> Clock | None:
    hour = _face(match, int(match["h"]), 0)
    return replace(hour, minutes=(hour.minutes - _minutes_said(match["n"])) % DAY_MINUTES) if hour else None


def _minutes_said(said: str) -> int:
    return {"quarter": 15, "half": 30}.get(said.removeprefix("a ")) or int(said)


Read = Callable[[re.Match[str]], Clock | None]
_READS: dict[str, Read] = {
    "exact": exact,
    "run_together": run_together,
    "past": _past,
    "to": _to,
    "noon": lambda _: Clock(NOON, sure=True),
    "midnight": lambda _: Clock(0, sure=True),
}
SURE_CLOCKS = [(said, _READS[reads]) for said, reads in rows("clocks")]
"""Ways to say a clock time that mean nothing else."""
BARE_HOUR, LED_HOUR = pattern("bare_hour"), pattern("led_hour")
"""A number that is an hour only by the word before it; the second has words that lead to little else."""
BARE_FACE = pattern("bare_face")
"""Digits that are a clock time because nothing else was said: "345"."""


def settle(clock: Clock, part: Hours | None) -> Clock:
    """Move a time to the other half of the day when only that lies in the part that was said too."""
    if clock.sure or part is None:
        return clock
    halves = [clock.on_half(afternoon=False), clock.on_half(afternoon=True)]
    inside = [one for one in halves if part.first <= one.minutes < part.last]
    if len(inside) == 1:
        return inside[0]
    # "Four in the morning" is outside no part's hours; "seven in the afternoon" is outside, and still p.m.
    return clock.on_half(afternoon=part.first >= NOON)


def settle_pair(first: Clock, last: Clock) -> tuple[Clock, Clock]:
    """Let the two ends of a stretch share the half of the day that only one of them named.

    Returns:
        Both, for "between two and four p.m." both in the afternoon, for "eleven to two p.m." not.
    """
    if last.sure and not first.sure:
        same = first.on_half(afternoon=last.minutes >= NOON)
        first = same if same.minutes < last.minutes else first.on_half(afternoon=last.minutes < NOON)
    elif first.sure and not last.sure:
        same = last.on_half(afternoon=first.minutes >= NOON)
        last = same if same.minutes > first.minutes else last.on_half(afternoon=True)
    elif first.minutes >= last.minutes and not last.sure:
        last = last.on_half(afternoon=True)
    return first, last
