"""The line: one 20 ms tick after another, caller in, bot out, recorded, at the pace of the wall clock."""

import asyncio
import time
from typing import Protocol

from rehearsal.conditions import LineConditions, LineSound
from rehearsal.mulaw import FRAME_SECONDS, is_audible
from rehearsal.playback import Playback
from rehearsal.recorder import Recorder
from rehearsal.timing import Timing


class Caller(Protocol):
    """Whoever holds the telephone. Called once a frame on the event loop: answer at once."""

    @property
    def hung_up(self) -> bool:
        """The caller has put the phone down."""
        ...

    def speak(self) -> bytes | None:
        """Give the next 160 µ-law bytes, or None when quiet."""
        ...

    def hear(self, audio: bytes | None, at: float) -> None:
        """Hear what the line played in the frame that began ``at`` seconds into the call."""
        ...


class Trunk(Protocol):
    """What the line is connected to: an open media stream."""

    def send_media(self, audio: bytes, at: float) -> None:
        """Send 20 ms of the caller."""
        ...

    def send_mark(self, name: str) -> None:
        """Tell the bot that its mark was reached."""
        ...


class Pace:
    """How well the ticks kept to the wall clock."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []

    def note(self, late_seconds: float) -> None:
        """Note how much after its due moment a tick ran."""
        self.late_ms.append(late_seconds * 1000)

    def percentile(self, share: float) -> float:
        """Give the lateness in ms that ``share`` of the ticks stayed within; 0 without ticks."""
        if not self.late_ms:
            return 0.0
        ordered = sorted(self.late_ms)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


class Line:
    """Carries the call for its whole length; media streams come and go on it."""

    def __init__(
        self,
        caller: Caller,
        recorder: Recorder | None = None,
        timing: Timing | None = None,
        conditions: LineConditions | None = None,
    ) -> None:
        self.playback = Playback()
        self.timing = timing or Timing()
        self.pace = Pace()
        self.hung_up = asyncio.Event()
        self._caller = caller
        self._recorder = recorder
        self._sound = LineSound(conditions or LineConditions())
        self._trunk: Trunk | None = None
        self._ticks = 0
        self._idle = asyncio.Event()

    @property
    def now(self) -> float:
        """Seconds of the call that the line has carried."""
        return self._ticks * FRAME_SECONDS

    def attach(self, trunk: Trunk) -> None:
        """Connect an open media stream."""
        self._trunk = trunk

    def detach(self) -> None:
        """Disconnect the stream and drop what it had queued, as a carrier does."""
        self._trunk = None
        self.playback.clear()

    async def carry(self) -> None:
        """Tick until cancelled.

        Each tick is due at a multiple of 20 ms from the first one, so that lateness of one does not
        move the next; overdue ticks are made up for at once.
        """
        origin = time.monotonic()
        while True:
            due = origin + self._ticks * FRAME_SECONDS
            wait = due - time.monotonic()
            # Also yields when overdue, so that a burst of catching up never starves the socket.
            await asyncio.sleep(max(wait, 0))
            self.pace.note(max(time.monotonic() - due, 0.0))
            self._tick()

    async def played_out(self) -> None:
        """Wait until everything queued was played."""
        while self.playback.queued_seconds > 0:
            self._idle.clear()
            await self._idle.wait()

    def close(self) -> None:
        """Finish the recording."""
        if self._recorder:
            self._recorder.close()

    def _tick(self) -> None:
        at = self.now
        said = self._caller.speak()
        played = self.playback.take()
        if self._recorder:
            self._recorder.write(said, played.audio)
        self.timing.tick(
            at, caller=is_audible(said), bot=is_audible(played.audio), bot_queued=played.audio is not None
        )
        sent = self._sound.mix(said, played.audio)
        if self._trunk:
            if sent is not None:
                self._trunk.send_media(sent, at)
            for name in played.marks:
                self._trunk.send_mark(name)
        self._ticks += 1
        if played.audio is None:
            self._idle.set()
        self._caller.hear(played.audio, at)
        if self._caller.hung_up:
            self.hung_up.set()
