"""How a call ended, and everything measured on the way."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rehearsal.line import Pace
from rehearsal.media import StreamReport
from rehearsal.timing import Timing


class CallResult(StrEnum):
    """How a call ended."""

    BOT_HUNG_UP = "the bot hung up"
    CALLER_HUNG_UP = "the caller hung up"
    TRANSFERRED = "the bot put the caller through"
    REJECTED = "the bot rejected the call"
    UNREACHABLE = "no server answered"
    WEBHOOK_FAILED = "a webhook failed"
    BAD_TWIML = "the bot's TwiML could not be run"
    STREAM_FAILED = "the media stream could not be opened"
    TOO_LONG = "the call was cut off at its time limit"
    CALLER_FAILED = "the caller broke down"


_CLEAN = frozenset({CallResult.BOT_HUNG_UP, CallResult.CALLER_HUNG_UP, CallResult.TRANSFERRED})


@dataclass
class Leg:
    """Somebody whom the bot had rung for the caller."""

    number: str
    answer: str
    """What they did: see ``account.LegAnswer``."""
    told: str = ""
    """What they heard when they picked up."""
    ended_by_bot: bool = False
    """The bot ended the call to them."""


@dataclass
class CallReport:
    """One finished call."""

    call_sid: str
    outcome: CallResult = CallResult.BOT_HUNG_UP
    detail: str = ""
    """What exactly went wrong, in a sentence; empty for a clean end."""
    transferred_to: str | None = None
    legs: "list[Leg]" = field(default_factory=list)
    """Whom the bot had rung, in order."""
    duration_seconds: float = 0.0
    streams: list[StreamReport] = field(default_factory=list)
    timing: Timing = field(default_factory=Timing)
    pace: Pace = field(default_factory=Pace)
    recording: Path | None = None
    remarks: list[str] = field(default_factory=list)
    """Oddities that did not end the call."""

    @property
    def ended_cleanly(self) -> bool:
        """Whether the call ended as calls do, with everything working."""
        return self.outcome in _CLEAN and not self.detail
