"""Hearing the bot out: collects what it says and knows for how long it has been quiet."""

from typing import Final

from rehearsal.mulaw import FRAME_SECONDS, SILENCE, is_audible

_SPEECH_FRAMES: Final = 5
"""100 ms of sound; less is a click."""
_KEPT_QUIET_FRAMES: Final = 25
"""Longer quiet inside a turn is shortened to half a second, which is all that recognition needs."""
_LEAD_FRAMES: Final = 10
"""Quiet audio kept before the first sound: soft consonants lie below the threshold."""


class Listener:
    """One turn of the bot, growing frame by frame; a new one begins when the caller answers."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._audible = 0
        self._since_sound = 0
        self.stretch = 0
        """Grows each time the bot starts to sound again after 0.2 s of quiet."""
        self.start: float | None = None
        self.end = 0.0
        self.quiet_seconds = 0.0
        """Since the last sound, or since the beginning when there was none."""

    @property
    def spoke(self) -> bool:
        """The bot has said something in this turn."""
        return self._audible >= _SPEECH_FRAMES

    @property
    def speaking_seconds(self) -> float:
        """How long the bot has been audible in this turn."""
        return self._audible * FRAME_SECONDS

    def take(self, audio: bytes | None, at: float) -> None:
        """Take in a frame: µ-law, or None when the line was empty; ``at`` in seconds of the call."""
        if is_audible(audio):
            if self._since_sound >= _LEAD_FRAMES or self.start is None:
                self.stretch += 1
            self.start = at if self.start is None else self.start
            self.end = at + FRAME_SECONDS
            self._audible += 1
            self._since_sound = 0
            self.quiet_seconds = 0.0
        else:
            self._since_sound += 1
            self.quiet_seconds += FRAME_SECONDS
        if self.start is None and len(self._frames) >= _LEAD_FRAMES:
            self._frames.pop(0)
        if self._since_sound <= _KEPT_QUIET_FRAMES:
            self._frames.append(audio or SILENCE)

    def audio(self) -> bytes:
        """Give the turn so far as µ-law."""
        return b"".join(self._frames)
