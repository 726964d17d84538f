"""Whose turn it is: when the caller has finished, and when they cannot be listened to."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from pipecat.frames.frames import (
    Frame,
    FunctionCallCancelFrame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_response_universal import LLMUserAggregator
from pipecat.processors.frame_processor import FrameDirection
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_mute import BaseUserMuteStrategy
from pipecat.turns.user_stop import BaseUserTurnStopStrategy

from agent.telephony.keypad import KeyedWordsFrame, KeysPressedFrame
from agent.telephony.patience import OPEN, Awaited, patience
from config.vendor_settings import SpeechSettings

_SETTLE_SECONDS = 0.3
"""A turn lasts so long: the bot that its first word interrupted is to have fallen silent, and what was heard
of it to have been written down, before the caller is answered."""


@dataclass
class SaidSoFarFrame(TranscriptionFrame):
    """All that was said in a turn, recognised together: it replaces what was recognised of it before."""


class TurnAggregator(LLMUserAggregator):
    """The caller's half of the conversation."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Let what was recognised together take the place of its pieces."""
        if isinstance(frame, SaidSoFarFrame):
            await self.reset()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await super().process_frame(frame, direction)


class PatientUserTurnStopStrategy(BaseUserTurnStopStrategy):
    """Ends the caller's turn when all they said is recognised and they do not go on.

    Every stretch of speech gets one transcription, empty when nothing was understood. While the caller speaks
    there is no timer; words that come late belong to the turn that goes on.
    """

    def __init__(self, settings: SpeechSettings, awaited: Callable[[], Awaited]) -> None:
        """Make the strategy; ``awaited`` is what the bot's last question wants."""
        super().__init__()
        self._settings = settings
        self._awaited = awaited
        self._heard = ""
        self._speaking = False
        self._unrecognised = 0
        self._started_at = 0.0
        self._stopped_at = 0.0
        self._pause = 0.0
        """The longest that the caller has made within a turn so far: who speaks slowly is waited for."""
        self._turn_pause = 0.0
        self._in_turn = False
        self._timer: asyncio.Task[None] | None = None

    async def handle_user_turn_started(self) -> None:
        """Begin afresh; a transcription that is on its way still counts."""
        self._heard, self._turn_pause, self._in_turn = "", 0.0, True
        self._started_at = asyncio.get_running_loop().time()
        await self._cancel_timer()

    async def handle_user_turn_stopped(self) -> None:
        """Forget the words; transcriptions that are still on their way are counted."""
        self._heard, self._in_turn = "", False
        await self._cancel_timer()

    async def cleanup(self) -> None:
        """Stop waiting with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._cancel_timer()

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Follow the speech and its transcriptions."""
        if isinstance(frame, VADUserStartedSpeakingFrame):
            if self._in_turn and not self._speaking and self._stopped_at > self._started_at:
                pause = asyncio.get_running_loop().time() - self._stopped_at
                self._pause, self._turn_pause = max(self._pause, pause), max(self._turn_pause, pause)
            self._speaking = True
            await self._cancel_timer()
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._speaking = False
            self._unrecognised += 1
            self._stopped_at = asyncio.get_running_loop().time()
            await self._wait(self._settings.recognition_wait_seconds)
        elif isinstance(frame, KeysPressedFrame):
            await self._cancel_timer()
        elif isinstance(frame, KeyedWordsFrame):
            await self._wait(0.0)
        elif isinstance(frame, TranscriptionFrame):
            self._unrecognised = max(0, self._unrecognised - 1)
            before = "" if isinstance(frame, SaidSoFarFrame) else self._heard
            self._heard = f"{before} {frame.text}".strip()
            if not self._speaking and not self._unrecognised:
                waited = asyncio.get_running_loop().time() - self._stopped_at
                awaited = self._awaited()
                pause = self._pause if awaited.kind in OPEN else self._turn_pause
                wait = patience(self._heard, awaited, self._settings, pause)
                await self._wait(max(0.0, wait - waited))
        return ProcessFrameResult.CONTINUE

    async def _wait(self, seconds: float) -> None:
        await self._cancel_timer()
        settled = self._started_at + _SETTLE_SECONDS - asyncio.get_running_loop().time()
        wait = max(seconds, settled)
        self._timer = self.task_manager.create_task(self._stop_after(wait), f"{self}::timer")

    async def _stop_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._timer = None
        self._unrecognised = 0
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


class HoldMuteStrategy(BaseUserMuteStrategy):
    """Does not let the caller interrupt while they are held."""

    def __init__(self, held: Callable[[], bool]) -> None:
        """Make the strategy."""
        super().__init__()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        self._held = held

    async def process_frame(self, frame: Frame) -> bool:
        """Tell whether they are."""
        await super().process_frame(frame)
        return self._held()
