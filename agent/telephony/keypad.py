"""The telephone's keys, as words: a way through for whoever is not understood.

Carriers report keys as events of the media stream. Digits go into the number that is asked for, ``#`` ends
them and ``*`` begins them afresh; 1 and 2 are yes and no, or say which of the times that were offered; 0 asks
for a person.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from pipecat.frames.frames import Frame, InterimTranscriptionFrame, SystemFrame, TranscriptionFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.time import time_now_iso8601

from agent.telephony.patience import DIGITS_OF_A_NUMBER, Expected

PERSON = "I'd like to speak to a person, please."
_PLACES = {"1": "The first one.", "2": "The second one.", "3": "The third one."}
_ANSWERS = {"1": "Yes.", "2": "No."}
_KEYS = frozenset("0123456789*#")


@dataclass
class KeyPressedFrame(SystemFrame):
    """The caller has pressed a key."""

    key: str


@dataclass
class KeysPressedFrame(InterimTranscriptionFrame):
    """The keys that were pressed so far; more may follow."""


@dataclass
class KeyedWordsFrame(TranscriptionFrame):
    """What the caller has said with the keys; the interruption that the first key makes does not drop it."""

    interruptible: bool = field(default=False, init=False)


def keyed_words(keys: str, expected: Expected, *, ended: bool) -> str | None:
    """Give the words that the caller might have said instead of keys; None while more are to be waited for.

    They have ``ended`` with ``#``, or when nothing came for a while.
    """
    if expected is Expected.NUMBER and (keys != "0" or not ended):
        whole = ended or len(keys) >= DIGITS_OF_A_NUMBER + keys.startswith("1")
        return " ".join(keys) if whole else None
    if keys == "0":
        return PERSON
    if expected in (Expected.YES_OR_NO, Expected.READ_BACK) and keys in _ANSWERS:
        return _ANSWERS[keys]
    if expected is Expected.TIME and keys in _PLACES:
        return _PLACES[keys]
    return " ".join(keys) if ended else None


class Keypad(FrameProcessor):
    """Collects keys, and lets what they mean pass as the caller's words."""

    def __init__(self, pause_seconds: float, expected: Callable[[], Expected]) -> None:
        """Make the processor; without a key for ``pause_seconds``, what was pressed is taken."""
        super().__init__()
        self._pause_seconds = pause_seconds
        self._expected = expected
        self._keys = ""
        self._waiting: asyncio.Task[None] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take keys; let everything else pass."""
        await super().process_frame(frame, direction)
        if isinstance(frame, KeyPressedFrame):
            await self._press(frame.key)
        else:
            await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Stop waiting with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._stop_waiting()

    async def _press(self, key: str) -> None:
        if key not in _KEYS:
            return
        await self._stop_waiting()
        if key == "*":
            self._keys = ""
        elif key != "#":
            self._keys += key
        await self.push_frame(KeysPressedFrame(self._keys, "", time_now_iso8601()))
        if not await self._say(ended=key == "#"):
            self._waiting = self.create_task(self._take_after_a_pause())

    async def _take_after_a_pause(self) -> None:
        await asyncio.sleep(self._pause_seconds)
        self._waiting = None
        await self._say(ended=True)

    async def _say(self, *, ended: bool) -> bool:
        words = keyed_words(self._keys, self._expected(), ended=ended)
        if words is None:
            return False
        self._keys = ""
        await self.push_frame(KeyedWordsFrame(words, "", time_now_iso8601()))
        return True

    async def _stop_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting:
            await self.cancel_task(waiting)
