"""Hearing by a vendor, with the local model standing by for every single utterance.

Each stretch of speech gets exactly one transcription, as the end of turn expects it: the vendor's, or the
local model's, which begins beside a vendor that takes long, whichever is first; or an empty one. A vendor
that fails again and again is not waited for, until a probe tells that it is back.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.stt_service import STTService
from pipecat.utils.time import time_now_iso8601

from agent.speech.hosted import HostedService
from agent.speech.lost import HearingLostFrame
from agent.speech.standby import INSTALL_LOCAL, Question, Recognizer, SpeechBusy
from config.logs import get_logger
from config.vendor_settings import SpeechSettings
from kit.circuit_breaker import CircuitBreaker, Permit, RequestResult

_log = get_logger(__name__)
_SENT_NOTHING = 0.5
_ALONE = 2
"""So many times longer is waited for a vendor for whom nobody stands by."""


@runtime_checkable
class Prompted(Protocol):
    """A recogniser that can be told what the caller's next words follow on."""

    async def prompt(self, text: str) -> None:
        """Tell it, before the answer is spoken."""


@dataclass
class _Utterance:
    """A stretch of the caller's speech."""

    audio: bytearray = field(default_factory=bytearray)
    connection: object = None
    """What the vendor is given it by."""
    words: list[str] = field(default_factory=list)
    is_open: bool = False
    """The vendor has words of it that are not final yet."""
    failed: bool = False
    standing_by: asyncio.Task[None] | None = None
    admission: Permit | None = None
    """The permission to wait for the vendor; None while it is left alone."""
    heard_here: bool = False
    """The local model is at it."""
    passed_over: bool = False
    """The vendor has sent words meanwhile that were taken for those of the utterance before."""


class VendorHearing(FrameProcessor):
    """A call's hearing."""

    def __init__(
        self,
        service: STTService,
        recognizer: Recognizer | None,
        settings: SpeechSettings,
        question: Callable[[], Question],
        breaker: CircuitBreaker,
    ) -> None:
        """Make the processor (`breaker`: counts the vendor's failures in all calls of the process)."""
        super().__init__()
        self._service = service
        self._hosted = HostedService(service, self._take)
        self._recognizer = recognizer
        self._settings = settings
        self._question = question
        self._breaker = breaker
        self._speaking: _Utterance | None = None
        self._pending: deque[_Utterance] = deque()
        self.failures = 0
        """Utterances that the vendor has not heard."""
        self._unheard = 0.0
        """Those in a row that nobody has heard."""
        self._owes = False
        """The vendor may still send words of an utterance that the local model has heard."""

    @property
    def connected(self) -> bool:
        """Whether the vendor can be given speech."""
        return self._hosted.usable

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override] # as every processor
        """Begin to connect; nobody waits for it."""
        await super().setup(setup)
        self._hosted.open(setup)

    async def cleanup(self) -> None:
        """End the connection with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._close()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Hand the caller's speech to the vendor, and keep it until it was recognised."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            if self._speaking:
                self._speaking.audio += frame.audio
                self._speaking.connection = self._speaking.connection or self._hosted.connection
            await self._hosted.put(frame)
            return
        await self.push_frame(frame, direction)
        if isinstance(frame, VADUserStartedSpeakingFrame):
            self._speaking = _Utterance()
            if isinstance(self._service, Prompted):
                await self._service.prompt(self._question().prompt)
            await self._hosted.put(frame)
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            await self._ended(frame)
        elif isinstance(frame, EndFrame | CancelFrame):
            await self._close()

    async def _ended(self, frame: VADUserStoppedSpeakingFrame) -> None:
        ended, self._speaking = self._speaking, None
        if ended is None:
            return
        self._pending.append(ended)
        # What was said is finished there too, so that it is not taken for the beginning of what is said next.
        await self._hosted.put(frame)
        ended.admission = self._breaker.admit()
        alone = ended.admission is None and self._recognizer is not None
        if alone or self._is_lost(ended):
            wait = 0.0
        elif ended.words and not ended.is_open:
            wait = self._settings.hearing_settle_seconds
        else:
            wait = self._settings.hearing_seconds * (1 if self._recognizer else _ALONE)
        ended.standing_by = self.create_task(self._stand_by(ended, wait))

    def _is_lost(self, utterance: _Utterance) -> bool:
        """Tell whether the vendor can have no words of it any more."""
        # Some services connect again without a word, and what they were given before is gone.
        elsewhere = utterance.connection not in (None, self._hosted.connection)
        return utterance.failed or elsewhere or not self._hosted.usable

    async def _take(self, frame: Frame) -> None:
        """Sort what the vendor's service pushes."""
        if isinstance(frame, TranscriptionFrame):
            await self._heard(frame)
        elif isinstance(frame, InterimTranscriptionFrame):
            if (of := self._pending[0] if self._pending else self._speaking) is not None:
                of.is_open = True
        elif isinstance(frame, ErrorFrame):
            _log.warning("speech recognition failed", error=_kind(frame))
            if self._speaking:
                self._speaking.failed = True
            for utterance in list(self._pending):
                utterance.failed = True
                await self._hear_locally(utterance)

    async def _heard(self, frame: TranscriptionFrame) -> None:
        utterance = self._pending[0] if self._pending else self._speaking
        if self._owes:
            self._owes = False
            if utterance is not None:
                utterance.passed_over = True
            return
        if utterance is None:
            return
        utterance.words.append(frame.text.strip())
        utterance.is_open = False
        # One that was asked to finish marks its last words; others send all at once.
        last = frame.finalized or not getattr(self._service, "_finalize_requested", False)
        if self._pending and last:
            self._unheard = 0
            await self._finish(utterance, " ".join(filter(None, utterance.words)), "success")

    async def _stand_by(self, utterance: _Utterance, seconds: float) -> None:
        """Wait for the vendor; then hear here as well, and take what comes first."""
        await asyncio.sleep(seconds)
        if utterance.words and not utterance.is_open and not utterance.failed:
            self._unheard = 0
            await self._finish(utterance, " ".join(filter(None, utterance.words)), "success")
            return
        may_come = utterance.admission is not None and not self._is_lost(utterance)
        if may_come and self._recognizer is not None:
            await self._hear_beside(utterance, self._recognizer, seconds)
            return
        self._owes = not (self._is_lost(utterance) or utterance.passed_over)
        await self._hear_locally(utterance)

    async def _hear_beside(self, utterance: _Utterance, recognizer: Recognizer, seconds: float) -> None:
        """Hear here while the vendor may still answer; if they do first, this is dropped."""
        _log.warning("the local model hears beside the vendor")
        text = await self._transcribed(utterance, recognizer)
        if not text:
            await asyncio.sleep(seconds)  # no words here: the vendor may yet hear some
        self._owes = not utterance.passed_over
        self.failures += 1
        if text is None:
            await self._go_unheard(utterance)
            return
        self._unheard = 0
        await self._finish(utterance, text, "cancelled" if utterance.passed_over else "failure")

    async def _transcribed(self, utterance: _Utterance, recognizer: Recognizer) -> str | None:
        """Hear here; None when too much waits for that already."""
        utterance.heard_here = True
        try:
            return await recognizer.transcribe(bytes(utterance.audio), self._question())
        except SpeechBusy:
            return None

    async def _hear_locally(self, utterance: _Utterance) -> None:
        if utterance not in self._pending or utterance.heard_here:
            return
        self.failures += 1
        if self._recognizer is None:
            _log.error("nobody hears: a vendor fails, and no local speech is installed", run=INSTALL_LOCAL)
            await self._go_unheard(utterance)
            return
        _log.warning("the local model hears instead")
        text = await self._transcribed(utterance, self._recognizer)
        if text is None:
            await self._go_unheard(utterance)
            return
        self._unheard = 0
        await self._finish(utterance, text, "failure")

    async def _go_unheard(self, utterance: _Utterance) -> None:
        # Who sends nothing may have heard nothing in a noise: that is no failure yet.
        self._unheard += 1.0 if self._is_lost(utterance) else _SENT_NOTHING
        if self._unheard >= self._settings.unheard_limit:
            await self.push_error_frame(HearingLostFrame("nobody hears"))
        await self._finish(utterance, " ".join(filter(None, utterance.words)), "failure")

    async def _finish(self, utterance: _Utterance, text: str, outcome: RequestResult) -> None:
        if utterance not in self._pending:
            return
        self._pending.remove(utterance)
        self._report(utterance, outcome)
        standing_by, utterance.standing_by = utterance.standing_by, None
        if standing_by and standing_by is not asyncio.current_task():
            await self.cancel_task(standing_by)
        await self.push_frame(TranscriptionFrame(text, "", time_now_iso8601()))

    def _report(self, utterance: _Utterance, outcome: RequestResult) -> None:
        admission, utterance.admission = utterance.admission, None
        if admission is not None:
            self._breaker.report(admission, outcome)

    async def _close(self) -> None:
        for utterance in self._pending:
            self._report(utterance, "cancelled")
            if utterance.standing_by:
                await self.cancel_task(utterance.standing_by)
        self._pending.clear()
        await self._hosted.close()


def _kind(frame: ErrorFrame) -> str:
    return type(frame.exception).__name__ if frame.exception else "reported"
