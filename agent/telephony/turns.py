"""Whose turn it is: when the caller has finished, and when they cannot be listened to."""

import asyncio
import re
from collections.abc import Callable, Collection

from pipecat.frames.frames import (
    Frame,
    FunctionCallCancelFrame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_mute import BaseUserMuteStrategy
from pipecat.turns.user_stop import BaseUserTurnStopStrategy

from config.settings import SpeechSettings

_RECOGNITION_SECONDS = 4.0
"""A recogniser that has not answered by then has nothing to say."""

_ASKS_FOR_DICTATION = re.compile(
    r"\b(?:phone number|best number|your number|spell|digit|e-?mail|reach you)\b", re.IGNORECASE
)
_UNFINISHED = re.compile(
    r"(?:\b(?:and|or|but|so|um+|uh+|er+|the|a|an|my|is|it's|i'm|to|for|at|on|with|like|about|because|"
    r"name is|number is|want|need|would|maybe)|,|\.\.\.|-|…)\W*$",
    re.IGNORECASE,
)
_FINISHED = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|correct|right|sure|okay|ok|no|nope|no thanks?|no thank you|bye|goodbye|"
    r"(?:yes|no)[,.]? (?:please|thank you|that's (?:right|correct|all|fine|it)|it is)|"
    r"that's (?:right|correct|all|it)|"
    r"(?:the )?(?:first|second|third|last)(?: one)?(?:,? please)?)\W*$",
    re.IGNORECASE,
)
_DIGITS_OF_A_NUMBER = 10


def patience(heard: str, asked: str, settings: SpeechSettings) -> float:
    """Decide how long to wait for the caller to go on.

    Returns:
        Seconds after the end of speech: none for an answer that is plainly whole, longer for a sentence
        that hangs in the air and while a number or a spelling is dictated.
    """
    if _FINISHED.match(heard):
        return 0.0
    if _ASKS_FOR_DICTATION.search(asked):
        digits = sum(character.isdigit() for character in heard)
        return (
            settings.turn_wait_seconds if digits >= _DIGITS_OF_A_NUMBER else settings.dictation_wait_seconds
        )
    if _UNFINISHED.search(heard):
        return settings.dictation_wait_seconds
    return settings.turn_wait_seconds


class PatientUserTurnStopStrategy(BaseUserTurnStopStrategy):
    """Ends the caller's turn when all they said is recognised and they do not go on.

    Every stretch of speech gets one transcription, empty when nothing was understood; the turn never
    ends while one is awaited.
    """

    def __init__(self, settings: SpeechSettings, asked: Callable[[], str]) -> None:
        """Make the strategy."""
        super().__init__()
        self._settings = settings
        self._asked = asked
        self._heard = ""
        self._awaited = 0
        self._stopped_at = 0.0
        self._timer: asyncio.Task[None] | None = None

    async def handle_user_turn_started(self) -> None:
        """Begin afresh; a transcription that is on its way still counts."""
        self._heard = ""
        await self._cancel_timer()

    async def handle_user_turn_stopped(self) -> None:
        """Forget the turn."""
        self._heard = ""
        self._awaited = 0
        await self._cancel_timer()

    async def cleanup(self) -> None:
        """Stop waiting with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._cancel_timer()

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Follow the speech and its transcriptions."""
        if isinstance(frame, VADUserStartedSpeakingFrame):
            await self._cancel_timer()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._awaited += 1
            self._stopped_at = asyncio.get_running_loop().time()
            await self._wait(_RECOGNITION_SECONDS)
        elif isinstance(frame, TranscriptionFrame):
            self._awaited = max(0, self._awaited - 1)
            self._heard = f"{self._heard} {frame.text}".strip()
            if not self._awaited:
                waited = asyncio.get_running_loop().time() - self._stopped_at
                wait = patience(self._heard, self._asked(), self._settings) if self._heard else 0.0
                await self._wait(max(0.0, wait - waited))
        return ProcessFrameResult.CONTINUE

    async def _wait(self, seconds: float) -> None:
        await self._cancel_timer()
        self._timer = self.task_manager.create_task(self._stop_after(seconds), f"{self}::timer")

    async def _stop_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._timer = None
        await self.trigger_user_turn_stopped()

    async def _cancel_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer:
            await self.task_manager.cancel_task(timer)


class WriteMuteStrategy(BaseUserMuteStrategy):
    """Does not let the caller interrupt while a function changes something in the world."""

    def __init__(self, writes: Collection[str]) -> None:
        """Make the strategy."""
        super().__init__()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        self._writes = frozenset(writes)
        self._running: set[str] = set()

    async def process_frame(self, frame: Frame) -> bool:
        """Follow the function calls."""
        await super().process_frame(frame)
        if isinstance(frame, FunctionCallsStartedFrame):
            calls = frame.function_calls
            self._running |= {call.tool_call_id for call in calls if call.function_name in self._writes}
        elif isinstance(frame, FunctionCallResultFrame | FunctionCallCancelFrame):
            self._running.discard(frame.tool_call_id)
        return bool(self._running)
