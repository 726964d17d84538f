"""Calls and chats: each a thread with its messages in order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.clock import Clock
from config.database import Database

Message = dict[str, Any]
"""One message in the OpenAI chat format."""


@dataclass(frozen=True, slots=True)
class EndingView:
    """How the bot ended its part of the call.

    Attributes:
        kind: ``hang_up``, ``transfer`` or ``message``.
        reason: In a few words.
        to: E.164 number of a transfer, or None.
    """

    kind: str
    reason: str
    to: str | None


@dataclass(frozen=True, slots=True)
class CallView:
    """A phone call.

    Attributes:
        call_id: The carrier's id.
        thread_id: ``thrd_…``.
        bot_id: Who answers.
        from_number: The caller, or None when withheld.
        to_number: The number called, or None.
        status: ``in_progress`` or the carrier's last word (``completed`` and so on).
        connections: How many media connections were made.
        ending: How the bot ended it, or None so far.
        started_at: UTC.
        ended_at: UTC, or None.
        duration_seconds: The carrier's count, or None.
    """

    call_id: str
    thread_id: str
    bot_id: str
    from_number: str | None
    to_number: str | None
    status: str
    connections: int
    ending: EndingView | None
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None


class Calls:
    """Phone calls."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def start(
        self, call_id: str, bot_id: str, from_number: str | None, to_number: str | None
    ) -> CallView:
        """Note that a call came in; the same call again changes nothing."""
        raise NotImplementedError

    async def find(self, call_id: str) -> CallView | None:
        """Find a call."""
        raise NotImplementedError

    async def get(self, call_id: str) -> CallView:
        """Get a call (raises CallNotFound)."""
        raise NotImplementedError

    async def connect(self, call_id: str) -> int:
        """Count a media connection; gives its number, from 1 (raises CallNotFound)."""
        raise NotImplementedError

    async def append(self, call_id: str, message: Message) -> None:
        """Add a message to the call's thread (raises CallNotFound)."""
        raise NotImplementedError

    async def messages(self, call_id: str) -> list[Message]:
        """Read the call's messages in order (raises CallNotFound)."""
        raise NotImplementedError

    async def end(self, call_id: str, kind: str, reason: str, to: str | None = None) -> None:
        """Note how the bot ended its part; the first ending stays."""
        raise NotImplementedError

    async def finish(self, call_id: str, status: str, duration_seconds: int | None = None) -> None:
        """Note the carrier's last word (unknown calls are ignored)."""
        raise NotImplementedError


class Chats:
    """Text conversations."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def open(self, assistant_id: int, owner: str, bot_id: str | None = None) -> str:
        """Get the rolling thread of one person and one assistant, made on first use; gives ``thrd_…``."""
        raise NotImplementedError

    async def start(self, assistant_id: int, owner: str, bot_id: str | None = None) -> str:
        """Start a fresh thread; it becomes the rolling one."""
        raise NotImplementedError

    async def check(self, thread_id: str, assistant_id: int, owner: str) -> None:
        """Make sure a thread is this person's with this assistant (raises ThreadNotFound)."""
        raise NotImplementedError

    async def append(self, thread_id: str, *messages: Message) -> None:
        """Add messages (raises ThreadNotFound)."""
        raise NotImplementedError

    async def messages(self, thread_id: str) -> list[Message]:
        """Read messages in order (raises ThreadNotFound)."""
        raise NotImplementedError
