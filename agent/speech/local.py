"""Hearing and speaking on this machine: models loaded once a process, and used off the event loop."""

import asyncio
import contextlib
import hashlib
import re
from collections import deque
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import soxr
from hibari import Hibari
from numpy.typing import NDArray
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService
from pipecat.services.tts_service import TTSService
from pipecat.utils.time import time_now_iso8601

from agent.speech.lost import VoiceLostFrame
from agent.speech.standby import NO_QUESTION, Question, SpeechBusy
from agent.speech.whisper import RATE_HZ, Whisper
from agent.telephony.transport import SpeechPausedFrame, SpeechResumedFrame
from agent.telephony.turns import SaidSoFarFrame
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.logs import get_logger
from config.vendor_settings import SpeechSettings
from kit.recent import Recent
from language.sentences import split_sentences
from language.speak import MONTHS, WEEKDAYS

_Result = TypeVar("_Result")
_CACHED_PHRASES = 512
_TOGETHER_BYTES = 27 * SAMPLE_RATE_HZ * 2
"""So much of a turn is heard together; Whisper takes half a minute."""
_log = get_logger(__name__)
_AUDIBLE = 0.01
_LEAD_SECONDS = 0.03
_TAIL_SECONDS = 0.3
"""What is left of the silence around a sentence; together the pause between two."""

# What Whisper writes when it is given breath, clicks or line noise; none of it is ever an answer.
_NOISE_TEXT = re.compile(
    r"^(?:[^\w\[(]*+(?:\[[^\]]*+\]|\([^)]*+\))|"
    r"\W*+(?:you|thanks? (?:you )?for watching.*+|please subscribe.*+|subtitles by.*+|the end)?)\W*+$",
    re.IGNORECASE,
)
_REPEATED_WORDS = 4
_DIGIT_GROUPS = re.compile(r"(?<=\d),\s+(?=\d)")
"""Between two groups of digits: each is said by itself, with the pause of a sentence after it."""
_TO_WRITE_DOWN = re.compile(
    rf"\d|\b(?:{'|'.join((*WEEKDAYS, *MONTHS))})\b|\b[ap]\.m\.|\b(?:noon|o'clock)\b", re.IGNORECASE
)
"""What a caller wants to write down or compare: numbers, days and times."""


class SpeechWorkers:
    """A small thread pool whose queue has a limit, and whose jobs fail in one way.

    Args:
        threads: How many jobs run at once.
        settings: How many may wait, and how long one may take.
    """

    def __init__(self, name: str, threads: int, settings: SpeechSettings) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._threads = threads
        self._limit = settings.queue_limit
        self._seconds = settings.job_seconds
        self._waiting = 0

    @property
    def has_room(self) -> bool:
        """Whether a job would be begun at once."""
        return self._waiting < self._threads

    @property
    def queue(self) -> float:
        """How many jobs wait, for each that is worked on."""
        return max(0, self._waiting - self._threads) / self._threads

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Have a job done.

        Raises:
            SpeechBusy: Too many wait, it took too long, or it failed.
        """
        if self._waiting >= self._limit:
            raise SpeechBusy(f"{self._waiting} jobs are waiting already")
        longest = self._seconds * (1 + self._waiting // self._threads)
        self._waiting += 1
        job = self._pool.submit(work)
        loop = asyncio.get_running_loop()
        # A thread works on when nobody waits for it any more; only its end makes room.
        job.add_done_callback(lambda _: self._finished(loop))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), longest)
        except TimeoutError:
            raise SpeechBusy(f"nothing came in {longest:.0f} seconds") from None
        except Exception as error:  # whatever a model's library raises, the caller hears of it in words
            _log.exception("a speech model failed")
            raise SpeechBusy(f"it failed with {type(error).__name__}") from error

    def _finished(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody counts any more
            loop.call_soon_threadsafe(self._make_room)

    def _make_room(self) -> None:
        self._waiting -= 1

    def close(self) -> None:
        """Let the threads go; what they are at is finished."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class SpeechRecognizer:
    """Speech to text by faster-whisper, on the processor."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._model = Whisper(settings)
        self._workers = SpeechWorkers("recognizer", settings.workers, settings)

    @property
    def queue(self) -> float:
        """How many utterances wait, for each that is worked on at once."""
        return self._workers.queue

    @property
    def has_room(self) -> bool:
        """Whether a recognition would be begun at once; one ahead of time must not make others wait."""
        return self._workers.has_room

    async def transcribe(self, pcm: bytes, question: Question = NO_QUESTION) -> str:
        """Write down what was said.

        Args:
            pcm: 16-bit mono PCM at 8 kHz, one utterance.
            question: What it answers.

        Returns:
            The words, or an empty string when nothing intelligible was said.

        Raises:
            SpeechBusy: The queue is full.
        """
        return await self._workers.run(lambda: self._transcribe(pcm, question))

    def _transcribe(self, pcm: bytes, question: Question) -> str:
        audio = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0
        at_model_rate = soxr.resample(audio, SAMPLE_RATE_HZ, RATE_HZ, quality="MQ")
        heard = self._model.hear(at_model_rate, question.prompt, question.letters)
        speech = [one for one in heard.readings if not _is_no_speech(one.text, question.prompt)]
        if not speech or speech[0] is not heard.readings[0]:
            return ""
        return question.choose(replace(heard, readings=speech))

    def close(self) -> None:
        """Let the threads go."""
        self._workers.close()


def _is_no_speech(text: str, prompt: str) -> bool:
    return not text or bool(_NOISE_TEXT.match(text)) or _repeats(text, prompt)


def _repeats(text: str, prompt: str) -> bool:
    """Tell whether the model wrote its prompt down again, as it does when it is given noise."""
    heard, given = (re.sub(r"\W+", " ", one).strip().lower() for one in (text, prompt))
    return len(heard.split()) >= _REPEATED_WORDS and heard in given


class SpeechSynthesizer:
    """Text to speech by hibari, with the phrases said before kept ready."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._voice = Hibari()
        self._speed = settings.tts_speed
        self._slow_speed = settings.tts_speed * settings.tts_detail_pace
        self._noise = 10 ** (settings.tts_noise_dbfs / 20)
        # One thread: a sentence takes some 20 ms, and the phonemiser keeps state.
        self._workers = SpeechWorkers("synthesizer", 1, settings)
        self._said = Recent[str, bytes](_CACHED_PHRASES)

    @property
    def has_room(self) -> bool:
        """Whether a sentence would be begun at once."""
        return self._workers.has_room

    async def speak(self, text: str) -> bytes:
        """Synthesise a sentence or a few.

        Returns:
            16-bit mono PCM at 8 kHz. The same text gives the same bytes.
        """
        if (ready := self._said.find(text)) is not None:
            return ready
        return self._said.keep(text, await self._workers.run(lambda: self._speak(text)))

    def _speak(self, text: str) -> bytes:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest())
        pieces = [
            _trim(soxr.resample(audio, self._voice.sample_rate, SAMPLE_RATE_HZ, quality="HQ"))
            for sentence in split_sentences(text)
            for part in _DIGIT_GROUPS.split(sentence)
            for audio in self._voice.stream(part, speed=self._pace(sentence), seed=seed)
            if len(audio)
        ]
        if not pieces:
            return b""
        audio = np.concatenate(pieces)
        # Digital silence between sentences sounds like a line that has died.
        audio += np.random.default_rng(seed).normal(0, self._noise, len(audio)).astype(np.float32)
        return (np.clip(audio, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()

    def _pace(self, sentence: str) -> float:
        return self._slow_speed if _TO_WRITE_DOWN.search(sentence) else self._speed

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
    be the end. Who goes on is heard once more from the beginning of the turn: words, digits and letters are
    understood by those before them. An utterance that was not understood is pushed as empty text: the turn
    ends at once, and the caller is asked again.
    """

    def __init__(
        self,
        recognizer: SpeechRecognizer,
        question: Callable[[], Question] = Question,
        *,
        audio_passthrough: bool = False,
    ) -> None:
        """Make the service.

        Args:
            question: Gives what the caller's words answer.
        """
        super().__init__(
            sample_rate=SAMPLE_RATE_HZ,
            audio_passthrough=audio_passthrough,
            ttfs_p99_latency=1.0,
            settings=STTSettings(model=None, language=None),
        )
        self._recognizer = recognizer
        self._question = question
        self._ahead: asyncio.Task[str] | None = None
        self._in_turn = False
        self._before = bytearray()
        """What was said before in this turn."""
        self._queued: deque[bool] = deque()
        """For each stretch that waits for recognition, whether what was said before it is in it."""
        self._heard = ""
        self._kept = ""
        """The words of what was said too long ago in this turn to be heard again."""

    @property
    def wants_wav_segments(self) -> bool:
        """Raw samples, please."""
        return False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Begin and drop recognitions as the caller pauses and goes on."""
        if isinstance(frame, SpeechPausedFrame) and self._recognizer.has_room:
            self._ahead = asyncio.ensure_future(self._recognize(self._heard_so_far()))
        elif isinstance(frame, SpeechResumedFrame | VADUserStartedSpeakingFrame):
            self._drop_ahead()
        if isinstance(frame, UserStartedSpeakingFrame):
            self._in_turn = True
        elif isinstance(frame, UserStoppedSpeakingFrame):
            self._in_turn = False
            self._begin_afresh()
        elif isinstance(frame, VADUserStartedSpeakingFrame) and not self._in_turn:
            self._begin_afresh()  # what came before was not taken for the caller's words
        elif isinstance(frame, VADUserStoppedSpeakingFrame):
            self._join()
        await super().process_frame(frame, direction)

    def _begin_afresh(self) -> None:
        self._before.clear()
        self._heard = self._kept = ""

    def _join(self) -> None:
        """Put what was said before in this turn before what was said now."""
        if len(self._before) + len(self._audio_buffer) > _TOGETHER_BYTES:
            self._before.clear()
            self._kept = self._heard
        self._queued.append(bool(self._before or self._kept))
        self._audio_buffer[:0] = self._before
        self._before = bytearray(self._audio_buffer)

    def _heard_so_far(self) -> bytes:
        return bytes(self._before + self._audio_buffer) + self._trailing_silence()

    async def _recognize(self, audio: bytes) -> str:
        return await self._recognizer.transcribe(audio, self._question())

    def _drop_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead:
            ahead.cancel()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        """Recognise one segment of 16-bit PCM at 8 kHz."""
        ahead, self._ahead = self._ahead, None
        try:
            text = await (ahead or self._recognize(audio))
        except SpeechBusy as error:
            yield ErrorFrame(f"no recognition in time: {error}")
            text = ""
        together = self._queued.popleft() and bool(text)
        self._heard = f"{self._kept} {text}".strip() if text else self._heard
        frame = SaidSoFarFrame if together else TranscriptionFrame
        yield frame(self._heard if together else text, "", time_now_iso8601())

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

        Yields:
            Its audio, 16-bit mono PCM at 8 kHz.
        """
        try:
            pcm = await self._synthesizer.speak(text)
        except SpeechBusy as error:
            await self.push_error_frame(VoiceLostFrame(f"no voice in time: {error}", text=text))
            return
        yield TTSAudioRawFrame(pcm, SAMPLE_RATE_HZ, 1, context_id=context_id)
