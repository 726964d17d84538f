"""Who was heard when: greeting, voice-to-voice times, talk-over and gaps, from what the line carried."""

from dataclasses import dataclass, field
from typing import Final

from rehearsal.mulaw import FRAME_SECONDS

PAUSE_SECONDS: Final = 0.4
"""A speaker who is quiet for less is still speaking: words have gaps, and stops are silent."""
GAP_SECONDS: Final = 0.2
"""An empty queue for less than this, in the middle of the bot's audio, is a stutter."""


@dataclass(frozen=True)
class Response:
    """The bot's answer to one thing the caller said."""

    caller_end: float
    """When the caller was last heard, in seconds of the call."""
    bot_start: float
    """When the bot was first heard after that, in seconds of the call."""

    @property
    def ms(self) -> int:
        """Voice to voice."""
        return round((self.bot_start - self.caller_end) * 1000)


@dataclass
class Timing:
    """Running measurement; ``tick`` is told each 20 ms what both sides sounded like."""

    greeting_ms: int | None = None
    """From the stream's ``start`` to the first audible audio of the bot."""
    greeted_at: float | None = None
    """When that was, in seconds of the call."""
    responses: list[Response] = field(default_factory=list)
    barge_in_ms: list[int] = field(default_factory=list)
    """From the caller's first sound over the bot's speech until the bot was silent."""
    overlap_seconds: float = 0.0
    """Both audible at once."""
    stutters: int = 0
    """Holes shorter than ``GAP_SECONDS`` inside the bot's queued audio."""

    _stream_start: float | None = None
    _caller_heard: float | None = None
    _caller_from: float | None = None
    _bot_heard: float | None = None
    _answered: bool = True
    _pending: Response | None = None
    _barge_from: float | None = None
    _dry_since: float | None = None

    def stream_started(self, at: float) -> None:
        """Note the moment of a stream's ``start`` message; the first one counts for the greeting."""
        if self._stream_start is None:
            self._stream_start = at

    def cleared(self, at: float) -> None:
        """Note that the bot dropped its queued audio: an interruption has worked."""
        if self._barge_from is not None:
            self._barge_in_over(at)
        self._bot_heard = None  # what it says next is new, however soon it comes

    def tick(self, at: float, *, caller: bool, bot: bool, bot_queued: bool) -> None:
        """Take in one frame.

        Args:
            at: The frame's start, in seconds of the call.
            bot_queued: The bot had audio queued, audible or not.
        """
        self._count_stutters(at, queued=bot_queued)
        if caller:
            self._hear_caller(at)
        if self._pending and at - (self._caller_heard or 0.0) > PAUSE_SECONDS:
            self.responses.append(self._pending)
            self._pending, self._answered = None, True
        if bot:
            self._hear_bot(at)
        if caller and bot:
            self.overlap_seconds += FRAME_SECONDS
        self._watch_barge_in(at, caller=caller)

    def _hear_caller(self, at: float) -> None:
        if self._caller_heard is None or at - self._caller_heard > PAUSE_SECONDS:
            self._caller_from = at
        self._pending = None  # the caller had not finished: what the bot said then was no answer
        self._caller_heard = at
        self._answered = False

    def _hear_bot(self, at: float) -> None:
        if self.greeting_ms is None and self._stream_start is not None:
            self.greeting_ms = round((at - self._stream_start) * 1000)
            self.greeted_at = at
        if not self._answered and self._pending is None and self._caller_heard is not None:
            response = Response(self._caller_heard + FRAME_SECONDS, at)
            begins = self._bot_heard is None or at - self._bot_heard > PAUSE_SECONDS
            if begins and response.bot_start - response.caller_end > PAUSE_SECONDS:
                self.responses.append(response)
                self._answered = True
            elif begins:
                self._pending = response
        self._bot_heard = at

    def _watch_barge_in(self, at: float, *, caller: bool) -> None:
        bot_speaking = self._bot_heard is not None and at - self._bot_heard <= PAUSE_SECONDS
        if self._barge_from is None:
            if caller and self._caller_from == at and bot_speaking:
                self._barge_from = at
        elif not bot_speaking and self._bot_heard is not None:
            self._barge_in_over(self._bot_heard + FRAME_SECONDS)

    def _barge_in_over(self, at: float) -> None:
        if self._barge_from is not None:
            self.barge_in_ms.append(round((at - self._barge_from) * 1000))
            self._barge_from = None

    def _count_stutters(self, at: float, *, queued: bool) -> None:
        if not queued:
            if self._dry_since is None:
                self._dry_since = at
            return
        if self._dry_since is not None and 0 < at - self._dry_since < GAP_SECONDS and self._bot_heard:
            self.stutters += 1
        self._dry_since = None
