"""What a caller's words mean in time: "Tuesday week, after lunch", in the practice's zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Span:
    """A stretch of time that the caller means.

    Attributes:
        start: Aware, in the practice's zone.
        end: Exclusive; after ``start``.
        label: The same in words that can be spoken.
        exact: The moment itself, when a clock time was given.
    """

    start: datetime
    end: datetime
    label: str
    exact: datetime | None = None


@dataclass(frozen=True)
class Question:
    """What to ask the caller when the words leave it open."""

    text: str


def resolve(words: str, now: datetime, zone: ZoneInfo) -> Span | Question:
    """Resolve words."""
    raise NotImplementedError


def mentions_time(words: str) -> bool:
    """Tell whether a text says anything about time."""
    raise NotImplementedError
