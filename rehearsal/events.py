"""What a caller reports while the call goes on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class BotSaid:
    """The bot finished saying something, and this is what the caller heard."""

    text: str
    start: float
    """First audible frame, in seconds of the call."""
    end: float
    """Last audible frame, in seconds of the call."""


@dataclass(frozen=True)
class CallerSaid:
    """The caller began to say something."""

    text: str
    start: float
    """In seconds of the call."""
    seconds: float
    """How long it takes to say."""


@dataclass(frozen=True)
class Remarked:
    """The caller noticed something that does not belong in the conversation."""

    text: str


Event = BotSaid | CallerSaid | Remarked
OnEvent = Callable[[Event], None]
