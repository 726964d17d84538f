"""The carrier's buffer of the bot's audio: played in real time, with marks in their places."""

from collections import deque
from dataclasses import dataclass

from rehearsal.mulaw import FRAME_SAMPLES, SILENCE


@dataclass(frozen=True)
class Played:
    """What the line played in one frame."""

    audio: bytes | None
    """160 µ-law bytes, or None when nothing was queued."""
    marks: tuple[str, ...] = ()
    """Marks that came due: everything queued before them was played."""


class Playback:
    """A queue of µ-law audio and marks, taken 20 ms at a time.

    Marks stand at byte positions of the whole stream of audio ever queued, so they come back in
    order and only after the last byte before them was played.
    """

    def __init__(self) -> None:
        self._audio = bytearray()
        self._queued = 0
        self._played = 0
        self._marks: deque[tuple[int, str]] = deque()

    @property
    def queued_seconds(self) -> float:
        """Audio that waits to be played."""
        return len(self._audio) / (FRAME_SAMPLES * 50)

    def add(self, audio: bytes) -> None:
        """Queue audio of any length."""
        self._audio += audio
        self._queued += len(audio)

    def mark(self, name: str) -> None:
        """Queue a mark behind the audio that is queued now."""
        self._marks.append((self._queued, name))

    def clear(self) -> tuple[str, ...]:
        """Drop the queued audio; gives the marks that waited: Twilio returns them at once."""
        self._played = self._queued
        self._audio.clear()
        return self._due()

    def take(self) -> Played:
        """Take the next 20 ms, filled up with silence at the queue's end, and the marks now due."""
        piece = bytes(self._audio[:FRAME_SAMPLES])
        del self._audio[:FRAME_SAMPLES]
        self._played += len(piece)
        audio = piece + SILENCE[len(piece) :] if piece else None
        return Played(audio, self._due())

    def _due(self) -> tuple[str, ...]:
        due = []
        while self._marks and self._marks[0][0] <= self._played:
            due.append(self._marks.popleft()[1])
        return tuple(due)
