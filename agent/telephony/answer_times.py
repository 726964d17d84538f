"""How long a caller waits for each answer, and for which part of it."""

import time

from pipecat.frames.frames import (
    Frame,
    TTSStartedFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from config.telemetry import ANSWER, STAGE
from config.tracing import CallTrace


class AnswerTimes:
    """Follows the frames of a call on their way to the phone."""

    def __init__(self, trace: CallTrace | None = None) -> None:
        self.trace = trace or CallTrace()
        self.milliseconds: list[int] = []
        """Voice to voice: from the caller's last sound to the bot's first, for each of its answers."""
        self._ended: float | None = None
        self._turn_over: float | None = None
        self._voice_began: float | None = None

    def follow(self, frame: Frame) -> None:
        """Note the moments that part the wait."""
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._ended = None
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            # The detector says so a little later.
            self._ended = time.monotonic() - frame.stop_secs
            self._turn_over = self._voice_began = None
        elif isinstance(frame, UserStoppedSpeakingFrame):
            self._turn_over = time.monotonic()
        elif isinstance(frame, TTSStartedFrame) and self._voice_began is None:
            self._voice_began = time.monotonic()

    def sounded(self) -> None:
        """Note that the bot is heard: if it is an answer, the wait is over."""
        if self._ended is None:
            return
        now = time.monotonic()
        self.milliseconds.append(round((now - self._ended) * 1000))
        ANSWER.observe(now - self._ended)
        if self._turn_over is not None and self._voice_began is not None:
            # A bot that speaks before the turn is over has had its words by then.
            words = max(self._turn_over, self._voice_began)
            stages = (
                ("turn", self._ended, self._turn_over),
                ("words", self._turn_over, words),
                ("voice", self._voice_began, now),
            )
            for name, began, ended in stages:
                STAGE.labels(name).observe(ended - began)
            self.trace.turn([(f"{name} stage", began, ended) for name, began, ended in stages])
        self._ended = None
