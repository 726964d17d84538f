"""A vendor's voice, a sentence at a time, with the local one standing by for every single sentence."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, NamedTuple, Protocol

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessorSetup
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

from agent.speech.hosted import HostedService
from agent.speech.lost import VoiceLostFrame
from agent.speech.standby import INSTALL_LOCAL, SpeechBusy, Synthesizer
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.logs import get_logger
from kit.circuit_breaker import CircuitBreaker, RequestResult
from kit.recent import Recent

_log = get_logger(__name__)
CACHED_PHRASES = 128
_STOP_AFTER_SECONDS = 3.0
"""Silence after which pipecat takes a stretch of speech for ended, where nobody has told it."""


class VoiceFailed(Exception):
    """The vendor sent no audio, said that it would not, or said something else."""


class Audio(NamedTuple):
    """A piece of speech: 16-bit mono PCM."""

    pcm: bytes
    rate_hz: int


class SentenceVoice(Protocol):
    """Somebody who says sentences, one after the other."""

    def open(self, setup: FrameProcessorSetup | None = None) -> None:
        """Begin to connect, without waiting for it."""

    def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        """Say a sentence. Raises `VoiceFailed`: it cannot be said, or not in these words."""

    async def interrupt(self) -> None:
        """Forget the sentence that is being said."""

    async def close(self) -> None:
        """Let go of the connection."""


Phrases = Recent[str, list[Audio]]
"""Audio of what was said before, so that a greeting is on the wire at once."""


class HostedVoice:
    """One of pipecat's voices, outside of the pipeline."""

    def __init__(self, service: TTSService) -> None:
        self._hosted = HostedService(service, self._take)
        self._pieces: asyncio.Queue[Audio | VoiceFailed | None] = asyncio.Queue()
        self._context: str | None = None
        self._past: set[str | None] = set()

    def open(self, setup: FrameProcessorSetup | None = None) -> None:
        """Begin to connect, without waiting for it."""
        self._hosted.open(setup)

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        """Say a sentence."""
        await self._hosted.ready.wait()
        if not self._hosted.usable:
            raise VoiceFailed("not connected")
        self._pieces, self._context = asyncio.Queue(), None
        await self._hosted.put(TTSSpeakFrame(text, append_to_context=False))
        try:
            while (piece := await self._pieces.get()) is not None:
                if isinstance(piece, VoiceFailed):
                    raise piece
                yield piece
        finally:
            self._past.add(self._context)
            self._past.discard(None)

    async def _take(self, frame: Frame) -> None:
        if isinstance(frame, ErrorFrame):
            self._pieces.put_nowait(VoiceFailed("the service failed"))
        elif isinstance(frame, TTSStartedFrame | TTSAudioRawFrame | TTSStoppedFrame):
            if frame.context_id in self._past:
                return  # of a sentence that was cut off
            self._context = frame.context_id
            if isinstance(frame, TTSAudioRawFrame):
                self._pieces.put_nowait(Audio(frame.audio, frame.sample_rate))
            elif isinstance(frame, TTSStoppedFrame):
                self._pieces.put_nowait(None)

    async def interrupt(self) -> None:
        """Forget the sentence that is being said."""
        await self._hosted.put(InterruptionFrame())

    async def close(self) -> None:
        """Let go of the connection."""
        await self._hosted.close()


class VendorVoice(TTSService):
    """A call's voice."""

    def __init__(
        self,
        voice: SentenceVoice,
        synthesizer: Synthesizer | None,
        phrases: Phrases,
        patience_seconds: float,
        breaker: CircuitBreaker,
    ) -> None:
        """Make the service (`patience_seconds`: longest wait for audio, and between its pieces)."""
        super().__init__(
            sample_rate=SAMPLE_RATE_HZ,
            push_start_frame=True,
            push_stop_frames=True,
            # Else pipecat would take the wait for a slow vendor for the end of the speech.
            stop_frame_timeout_s=patience_seconds + _STOP_AFTER_SECONDS,
            settings=TTSSettings(model=None, voice=None, language=None),
        )
        self._voice = voice
        self._synthesizer = synthesizer
        self._phrases = phrases
        self._patience = patience_seconds
        self._tries = 1 if synthesizer else 2
        self._lost = False
        self._breaker = breaker

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override] # as every processor
        """Begin to connect; nobody waits for it."""
        await super().setup(setup)
        self._voice.open(setup)

    async def cleanup(self) -> None:
        """Let go of the connection with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._voice.close()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Let the vendor, too, know of an interruption and of the end."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            await self._voice.interrupt()
        elif isinstance(frame, EndFrame | CancelFrame):
            await self._voice.close()

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Speak one sentence."""
        for one in self._phrases.find(text) or ():
            yield _frame(one, context_id)
        if self._phrases.find(text):
            return
        admission = self._breaker.admit()
        # Who has nobody to stand in is asked all the same.
        left_alone = admission is None and self._synthesizer is not None
        failure: str = "left alone"
        outcome: RequestResult = "cancelled"
        try:
            # Each time from the beginning: what counts as heard must have been said whole.
            for _ in range(0 if self._lost or left_alone else self._tries):
                pieces: list[Audio] = []
                try:
                    async with aclosing(in_time(self._voice.speak(text), self._patience)) as said:
                        async for one in said:
                            pieces.append(one)
                            yield _frame(one, context_id)
                    _check(pieces)
                except Exception as error:  # noqa: BLE001 - the edge: a vendor's library raises what it likes
                    failure, outcome = type(error).__name__, "failure"
                    # Else the service keeps the next sentence back until it has given this one up itself.
                    await self._voice.interrupt()
                else:
                    outcome = "success"
                    self._phrases.keep(text, pieces)
                    return
        finally:
            if admission is not None:
                self._breaker.report(admission, outcome)
        async for frame in self._stand_in(text, context_id, failure):
            yield frame

    async def _stand_in(self, text: str, context_id: str, failure: str) -> AsyncIterator[Frame]:
        if self._synthesizer is None:
            if not self._lost:
                _log.error(
                    "nobody speaks: the vendor fails, and the local speech is not installed",
                    error=failure,
                    run=INSTALL_LOCAL,
                )
            self._lost = True
            await self.push_error_frame(VoiceLostFrame("no voice", text=text))
            return
        _log.warning("voice failed, the local one speaks", error=failure)
        try:
            yield _frame(Audio(await self._synthesizer.speak(text), SAMPLE_RATE_HZ), context_id)
        except SpeechBusy as busy:
            await self.push_error_frame(VoiceLostFrame(f"no voice in time: {busy}", text=text))


async def in_time(pieces: AsyncGenerator[Audio, None], patience: float) -> AsyncGenerator[Audio, None]:
    """Pass audio on as long as each piece comes in time, or raise `TimeoutError`."""
    async with aclosing(pieces):
        while True:
            try:
                piece = await asyncio.wait_for(anext(pieces), patience)
            except StopAsyncIteration:
                return
            yield piece


def _check(pieces: Sequence[Audio]) -> None:
    if not any(one.pcm for one in pieces):
        raise VoiceFailed("no audio came")


def _frame(audio: Audio, context_id: str) -> Any:
    return TTSAudioRawFrame(audio.pcm, audio.rate_hz, 1, context_id=context_id)
