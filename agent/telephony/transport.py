"""The telephone as pipecat's two ends: the caller's audio comes in, the bot's goes out.

Silence goes nowhere: the input end finds the speech and lets only that, with what came just before it,
into the pipeline. The output end sends ahead and lets the carrier keep the pace; a mark behind every
sentence tells what the caller has really heard, and only then does the sentence travel on to become
part of the conversation.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pipecat.audio.utils import create_stream_resampler
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    StartFrame,
    SystemFrame,
    TTSTextFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.telephony import wire
from agent.telephony.vad import SpeechDetector
from config.logs import get_logger
from config.settings import CallSettings, SpeechSettings

_log = get_logger(__name__)

_SEND_BYTES = wire.FRAME_BYTES * 5
"""100 ms a message: small enough to start at once, large enough to be few."""
_MARK_GRACE_SECONDS = 2.0
"""A mark this late behind its audio is taken as returned, so that a carrier that forgets one cannot
hold the conversation."""


@dataclass
class SpeechPausedFrame(SystemFrame):
    """The caller has paused; recognition may begin ahead of the end of their speech."""


@dataclass
class SpeechResumedFrame(SystemFrame):
    """The caller went on after a pause; what was begun ahead is void."""


class MediaSocket(Protocol):
    """The carrier's websocket, whatever serves it."""

    async def receive(self) -> str | bytes | None:
        """Wait for a message; None when the carrier has closed."""

    async def send(self, text: str) -> None:
        """Send a message; a closed socket swallows it."""

    async def close(self, code: int = 1000) -> None:
        """Close the socket; closing twice does nothing."""


@dataclass
class LineCounts:
    """What the line saw, for the log."""

    media: int = 0
    dropped: int = 0
    interruptions: int = 0


class PhoneOutput(FrameProcessor):
    """Plays the bot's audio to the caller and knows what has been heard."""

    def __init__(self, socket: MediaSocket, stream_id: str, counts: LineCounts) -> None:
        super().__init__()
        self._socket = socket
        self._stream_id = stream_id
        self._counts = counts
        self._generation = 0
        self._marks = 0
        self._waiting: deque[tuple[str | None, Frame]] = deque()
        self._carry = b""
        self._resampler = create_stream_resampler()
        self._plays_until = 0.0
        self._sentence_from = 0.0
        self._speaking = False
        self._voiced = False
        self._watch: asyncio.Task[None] | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self.first_audio_at: float | None = None
        """`time.monotonic()` of the first audio sent."""
        self.cut_short: str | None = None
        """As much of the sentence that the caller last cut off as they had heard."""

    @property
    def speaking(self) -> bool:
        """Whether the caller is hearing the bot."""
        return self._speaking

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Play audio; hold everything that follows it until the audio has been heard."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
        elif isinstance(frame, InterruptionFrame):
            await self._interrupt()
            await self.push_frame(frame, direction)
        elif isinstance(frame, CancelFrame):
            await self._stop_watching()
            await self.push_frame(frame, direction)
        elif isinstance(frame, SystemFrame):
            await self.push_frame(frame, direction)
        elif isinstance(frame, OutputAudioRawFrame):
            await self._play(frame)
        elif isinstance(frame, EndFrame):
            await self._finish()
            await self.push_frame(frame, direction)
        elif isinstance(frame, TTSTextFrame):
            await self._mark(frame)
        elif self._waiting:
            self._waiting.append((None, frame))
        else:
            await self.push_frame(frame, direction)

    async def mark_returned(self, name: str) -> None:
        """Let go what waited for this mark, and for those before it.

        Args:
            name: The mark; one from before the last interruption means nothing.
        """
        if any(waiting == name for waiting, _ in self._waiting):
            await self._release(name)

    async def _play(self, frame: OutputAudioRawFrame) -> None:
        pcm = frame.audio
        if frame.sample_rate != wire.SAMPLE_RATE_HZ:
            pcm = await self._resampler.resample(pcm, frame.sample_rate, wire.SAMPLE_RATE_HZ)
        payload = self._carry + wire.encode_ulaw(pcm)
        self._voiced = self._voiced or bool(pcm)
        now = time.monotonic()
        if self.first_audio_at is None:
            self.first_audio_at = now
        starts = max(now, self._plays_until)
        self._plays_until = starts + len(pcm) / 2 / wire.SAMPLE_RATE_HZ
        if not self._speaking:
            self._speaking = True
            self._sentence_from = starts
            self._drained.clear()
            await self.broadcast_frame(BotStartedSpeakingFrame)
        whole = len(payload) - len(payload) % wire.FRAME_BYTES
        self._carry = payload[whole:]
        for start in range(0, whole, _SEND_BYTES):
            part = payload[start : min(start + _SEND_BYTES, whole)]
            await self._socket.send(wire.media_message(self._stream_id, part))

    async def _mark(self, frame: TTSTextFrame) -> None:
        """Close a sentence with a mark; the sentence travels on when the mark comes back."""
        if not self._voiced:
            # No audio came of it, so nobody has heard it, and it is no part of the conversation.
            _log.warning("sentence without audio")
            return
        self._voiced = False
        if self._carry:
            padded = self._carry.ljust(wire.FRAME_BYTES, b"\xff")
            self._carry = b""
            await self._socket.send(wire.media_message(self._stream_id, padded))
        self._marks += 1
        name = f"{self._generation}.{self._marks}"
        self._waiting.append((name, frame))
        await self._socket.send(wire.mark_message(self._stream_id, name))
        if self._watch is None:
            self._watch = self.create_task(self._watch_marks())

    async def _release(self, name: str) -> None:
        while self._waiting:
            mark, frame = self._waiting.popleft()
            await self.push_frame(frame)
            if mark == name:
                break
        while self._waiting and self._waiting[0][0] is None:
            await self.push_frame(self._waiting.popleft()[1])
        self._sentence_from = time.monotonic()
        if not self._waiting:
            await self._fall_silent()

    async def _fall_silent(self) -> None:
        if self._speaking:
            self._speaking = False
            await self.broadcast_frame(BotStoppedSpeakingFrame)
        self._drained.set()

    async def _interrupt(self) -> None:
        """Throw away what has not been heard; frames that must not be lost go on."""
        self._generation += 1
        self._carry = b""
        self._voiced = False
        self.cut_short = None
        if self._speaking:
            self._counts.interruptions += 1
            await self._socket.send(wire.clear_message(self._stream_id))
            self.cut_short = self._heard_of_the_sentence()
        left, self._waiting = self._waiting, deque()
        self._plays_until = 0.0
        for _, frame in left:
            if not frame.interruptible:
                await self.push_frame(frame)
        await self._fall_silent()

    def _heard_of_the_sentence(self) -> str | None:
        """Estimate from the clock how many words of the sentence in the air were heard."""
        texts = [(i, frame) for i, (_, frame) in enumerate(self._waiting) if isinstance(frame, TTSTextFrame)]
        if not texts:
            return None
        words = texts[0][1].text.split()
        lengths = [len(frame.text) for _, frame in texts]
        span = (self._plays_until - self._sentence_from) * lengths[0] / max(1, sum(lengths))
        share = min(1.0, (time.monotonic() - self._sentence_from) / span) if span > 0 else 1.0
        return " ".join(words[: round(len(words) * share)]) or None

    async def _watch_marks(self) -> None:
        """Stand in for a carrier that returns no marks."""
        while True:
            await asyncio.sleep(_MARK_GRACE_SECONDS / 2)
            names = [mark for mark, _ in self._waiting if mark]
            if names and time.monotonic() > self._plays_until + _MARK_GRACE_SECONDS:
                _log.warning("carrier returned no mark")
                await self._release(names[-1])

    async def _stop_watching(self) -> None:
        if self._watch:
            await self.cancel_task(self._watch)
            self._watch = None

    async def _finish(self) -> None:
        """Let the last word be heard before the line is closed."""
        left = max(0.0, self._plays_until - time.monotonic()) + 2 * _MARK_GRACE_SECONDS
        try:
            await asyncio.wait_for(self._drained.wait(), left)
        except TimeoutError:
            _log.warning("closing with words unheard")
        await self._stop_watching()

    async def cleanup(self) -> None:
        """End the watch with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._stop_watching()


class PhoneInput(FrameProcessor):
    """Listens to the caller, and lets only speech into the pipeline."""

    def __init__(
        self,
        *,
        socket: MediaSocket,
        output: PhoneOutput,
        detector: SpeechDetector,
        speech: SpeechSettings,
        call: CallSettings,
        counts: LineCounts,
    ) -> None:
        super().__init__()
        self._socket = socket
        self._output = output
        self._detector = detector
        self._speech = speech
        self._max_bytes = call.max_message_bytes
        self._counts = counts
        self._pre_roll: deque[NDArray[np.int16]] = deque()
        self._pre_roll_samples = 0
        self._reading: asyncio.Task[None] | None = None
        self._deaf = False
        self.hung_up = asyncio.Event()
        """Set when the carrier ended the stream, not we."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Start and stop listening with the pipeline."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame) and self._reading is None:
            self._reading = self.create_task(self._read())
        elif isinstance(frame, EndFrame):
            # Deaf from here on, but reading still: the last words' marks are to come.
            self._deaf = True
        elif isinstance(frame, CancelFrame):
            await self._stop_reading()

    async def _stop_reading(self) -> None:
        if self._reading:
            await self.cancel_task(self._reading)
            self._reading = None

    async def cleanup(self) -> None:
        """Stop listening with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._stop_reading()

    async def _read(self) -> None:
        try:
            while (message := await self._socket.receive()) is not None:
                try:
                    event = wire.parse(message, self._max_bytes)
                except wire.BadMessage:
                    self._counts.dropped += 1
                    continue
                match event:
                    case wire.Media(payload):
                        self._counts.media += 1
                        await self._hear(wire.decode_ulaw(payload))
                    case wire.Mark(name):
                        await self._output.mark_returned(name)
                    case wire.Stop():
                        break
                    case _:
                        pass
        finally:
            # Whatever ended the reading, nobody listens any more: the call must not go on deaf.
            self.hung_up.set()

    async def _hear(self, samples: NDArray[np.int16]) -> None:
        if self._deaf:
            return
        was_speaking = self._detector.speaking
        events = self._detector.feed(samples)
        if "started" in events:
            await self.broadcast_frame(VADUserStartedSpeakingFrame, start_secs=self._speech.vad_start_seconds)
            await self._let_in(np.concatenate([*self._pre_roll, samples]))
            self._pre_roll.clear()
            self._pre_roll_samples = 0
        elif was_speaking:
            await self._let_in(samples)
        else:
            self._remember(samples)
        if "paused" in events:
            await self.push_frame(SpeechPausedFrame())
        elif "resumed" in events:
            await self.push_frame(SpeechResumedFrame())
        if "stopped" in events:
            await self.broadcast_frame(VADUserStoppedSpeakingFrame, stop_secs=self._speech.vad_stop_seconds)

    async def _let_in(self, samples: NDArray[np.int16]) -> None:
        await self.push_frame(InputAudioRawFrame(samples.tobytes(), wire.SAMPLE_RATE_HZ, 1))

    def _remember(self, samples: NDArray[np.int16]) -> None:
        self._pre_roll.append(samples)
        self._pre_roll_samples += len(samples)
        limit = self._speech.pre_roll_seconds * wire.SAMPLE_RATE_HZ
        while self._pre_roll_samples - len(self._pre_roll[0]) >= limit:
            self._pre_roll_samples -= len(self._pre_roll.popleft())
