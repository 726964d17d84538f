"""The telephone as pipecat's two ends: the caller's audio comes in, the bot's goes out.

Silence goes nowhere: the input end finds the speech and lets only that, with what came just before it,
into the pipeline. The output end sends ahead and lets the carrier keep the pace; a mark behind every
sentence tells what the caller has really heard, and only then does the sentence travel on to become
part of the conversation.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
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
    UserMuteStartedFrame,
    VADUserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from agent.telephony import wire
from agent.telephony.answer_times import AnswerTimes
from agent.telephony.carriers import STREAMS, TWILIO
from agent.telephony.floor import BriefVoiceFrame, VoiceEndedFrame
from agent.telephony.keypad import KeyPressedFrame
from agent.telephony.playout import Mark, Playout
from agent.telephony.vad import SpeechDetector
from agent.telephony.voice_gate import VoiceGate
from config.logs import get_logger
from config.settings import CallSettings
from config.vendor_settings import SpeechSettings

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
    holds: int = 0
    """How often the bot fell silent for a sound of the caller's."""


class PhoneOutput(FrameProcessor):
    """Plays the bot's audio to the caller and knows what has been heard."""

    def __init__(
        self, socket: MediaSocket, stream_id: str, counts: LineCounts, carrier: str = TWILIO
    ) -> None:
        super().__init__()
        self._socket = socket
        self._stream_id = stream_id
        self._stream = STREAMS[carrier]
        self._counts = counts
        self._playout = Playout()
        self._carry = b""
        self._resampler = create_stream_resampler()
        self._speaking = False
        self._sending = asyncio.Lock()
        """What is sent keeps its order, though the bot speaks and is held from different tasks."""
        self._watch: asyncio.Task[None] | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self.first_audio_at: float | None = None
        """`time.monotonic()` of the first audio sent."""
        self.answers = AnswerTimes()
        self._cut_short: str | None = None
        self._silent_since = time.monotonic()

    @property
    def speaking(self) -> bool:
        """Whether the caller is hearing the bot, or may when it is not held any more."""
        return self._speaking or self._playout.held

    @property
    def sounding(self) -> bool:
        """Whether the bot's voice is on the line."""
        return self._speaking and not self._playout.held

    @property
    def held(self) -> bool:
        """Whether it is silent, ready to go on, for a sound of the caller's."""
        return self._playout.held

    @property
    def talked_over(self) -> bool:
        """Whether the caller speaks over words of the bot, and not just before its last one is out."""
        return self._playout.talked_over

    @property
    def heard_at(self) -> float:
        """When the caller heard the bot last (`time.monotonic()`)."""
        return time.monotonic() if self.sounding else self._silent_since

    def take_cut_short(self) -> str | None:
        """Give as much of the sentence that the caller last cut off as they had heard; once."""
        part, self._cut_short = self._cut_short, None
        return part

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Play audio; hold everything that follows it until the audio has been heard."""
        await super().process_frame(frame, direction)
        self.answers.follow(frame)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
        elif isinstance(frame, InterruptionFrame):
            await self._interrupt()
            await self.push_frame(frame, direction)
        elif isinstance(frame, CancelFrame):
            await self._stop_watching()
            await self.push_frame(frame, direction)
        elif isinstance(frame, UserMuteStartedFrame):
            # Whoever held the bot is not heard any more, and so will not let it go on.
            await self.resume()
            await self.push_frame(frame, direction)
        elif isinstance(frame, SystemFrame):
            await self.push_frame(frame, direction)
        elif isinstance(frame, OutputAudioRawFrame):
            await self._play(frame)
        elif isinstance(frame, EndFrame):
            await self._finish()
            await self.push_frame(frame, direction)
        elif isinstance(frame, TTSTextFrame):
            await self._close_sentence(frame)
        elif not self._playout.follow(frame):
            await self.push_frame(frame, direction)

    async def mark_returned(self, name: str) -> None:
        """Let go what waited for this mark and those before it; an interruption ends older ones."""
        frames = self._playout.returned(name, time.monotonic())
        if frames:
            await self._push_all(frames)
            await self._fall_silent_when_done()

    async def hold(self) -> None:
        """Fall silent at once, ready to go on: the caller has made a sound."""
        if self._playout.held:
            return
        now = time.monotonic()
        self._silent_since = now if self._speaking else self._silent_since
        heard = self._playout.hold(now)
        async with self._sending:
            if self._speaking:
                self._counts.holds += 1
                await self._socket.send(self._stream.clear(self._stream_id))
        await self._push_all(heard)
        await self._fall_silent_when_done()

    async def resume(self) -> None:
        """Go on where the caller was when the bot was held."""
        if not self._playout.held:
            return
        async with self._sending:
            for piece in self._playout.resume(time.monotonic()):
                if isinstance(piece, bytes):
                    await self._begin_to_speak()
                    await self._send(piece)
                else:
                    await self._send_mark(piece)
        await self._fall_silent_when_done()

    def said_between(self, start: float, end: float) -> str:
        """Give the bot's words that were on the line between two moments of `time.monotonic()`."""
        return self._playout.said_between(start, end)

    @property
    def left_seconds(self) -> float:
        """How much was still to be heard when the bot was held."""
        return self._playout.left_seconds

    async def _play(self, frame: OutputAudioRawFrame) -> None:
        pcm = frame.audio
        if frame.sample_rate != wire.SAMPLE_RATE_HZ:
            pcm = await self._resampler.resample(pcm, frame.sample_rate, wire.SAMPLE_RATE_HZ)
        payload = self._carry + wire.encode_ulaw(pcm)
        whole = len(payload) - len(payload) % wire.FRAME_BYTES
        self._carry = payload[whole:]
        if whole:
            await self._hand_over(payload[:whole])

    async def _hand_over(self, payload: bytes) -> None:
        async with self._sending:
            if now := self._playout.add(payload, time.monotonic()):
                await self._begin_to_speak()
                await self._send(now)

    async def _begin_to_speak(self) -> None:
        if self.first_audio_at is None:
            self.first_audio_at = time.monotonic()
        if not self._speaking:
            self._speaking = True
            self.answers.sounded()
            self._drained.clear()
            await self.broadcast_frame(BotStartedSpeakingFrame)

    async def _send(self, payload: bytes) -> None:
        for start in range(0, len(payload), _SEND_BYTES):
            part = payload[start : start + _SEND_BYTES]
            await self._socket.send(self._stream.media(self._stream_id, part))

    async def _close_sentence(self, frame: TTSTextFrame) -> None:
        """Close a sentence with a mark; the sentence travels on when the mark comes back."""
        if self._carry:
            padded, self._carry = self._carry.ljust(wire.FRAME_BYTES, b"\xff"), b""
            await self._hand_over(padded)
        async with self._sending:
            try:
                mark = self._playout.close(frame)
            except ValueError:
                # No audio came of it, so nobody has heard it, and it is no part of the conversation.
                _log.warning("sentence without audio")
                return
            if mark:
                await self._send_mark(mark)

    async def _send_mark(self, mark: Mark) -> None:
        await self._socket.send(self._stream.mark(self._stream_id, mark.name))
        if self._watch is None:
            self._watch = self.create_task(self._watch_marks())

    async def _push_all(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            await self.push_frame(frame)

    async def _fall_silent_when_done(self) -> None:
        if self._playout.waiting:
            return
        if self._speaking:
            self._speaking, self._silent_since = False, time.monotonic()
            await self.broadcast_frame(BotStoppedSpeakingFrame)
        self._drained.set()

    async def _interrupt(self) -> None:
        """Throw away what has not been heard; frames that must not be lost go on."""
        self._carry = b""
        sounding = self.sounding
        part, left = self._playout.drop(time.monotonic())
        self._cut_short = None
        if self._speaking:
            self._counts.interruptions += 1
            self._cut_short = part
        if sounding:
            async with self._sending:
                await self._socket.send(self._stream.clear(self._stream_id))
        await self._push_all(left)
        await self._fall_silent_when_done()

    async def _watch_marks(self) -> None:
        """Stand in for a carrier that returns no marks."""
        while True:
            await asyncio.sleep(_MARK_GRACE_SECONDS / 2)
            if name := self._playout.overdue(time.monotonic(), _MARK_GRACE_SECONDS):
                _log.warning("carrier returned no mark")
                await self.mark_returned(name)

    async def _stop_watching(self) -> None:
        if self._watch:
            await self.cancel_task(self._watch)
            self._watch = None

    async def _finish(self) -> None:
        """Let the last word be heard before the line is closed."""
        now = time.monotonic()
        try:
            async with asyncio.timeout(self._playout.ends_at(now) - now + 2 * _MARK_GRACE_SECONDS):
                await self._drained.wait()
        except TimeoutError:
            _log.warning("closing with words unheard")
        await self._stop_watching()

    async def cleanup(self) -> None:
        """End the watch with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._stop_watching()


class PreRoll:
    """The audio just before the caller was found to speak: the detector is late, and their first word counts.

    While the bot's voice is on the line little is kept, so that its echo does not stand before their words.
    """

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self._pieces: deque[tuple[NDArray[np.int16], bool]] = deque()
        self._samples = 0

    def add(self, samples: NDArray[np.int16], *, bot_sounding: bool) -> None:
        """Keep what is heard while nobody is found to speak."""
        self._pieces.append((samples, bot_sounding))
        self._samples += len(samples)
        limit = self._settings.pre_roll_seconds * wire.SAMPLE_RATE_HZ
        while self._samples - len(self._pieces[0][0]) >= limit:
            self._samples -= len(self._pieces.popleft()[0])

    def take(self) -> list[NDArray[np.int16]]:
        """Give what was kept, in order, and keep nothing."""
        over_the_bot = self._settings.pre_roll_over_bot_seconds * wire.SAMPLE_RATE_HZ
        taken: deque[NDArray[np.int16]] = deque()
        length = 0
        for samples, bot_sounding in reversed(self._pieces):
            length += len(samples)
            if bot_sounding and length > over_the_bot:
                break
            taken.appendleft(samples)
        self._pieces.clear()
        self._samples = 0
        return list(taken)


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
        carrier: str = TWILIO,
    ) -> None:
        super().__init__()
        self._socket = socket
        self.awaits_word: Callable[[], bool] = bool
        """Whether a sound as short as "yep" would answer the bot's last question."""
        self._stream = STREAMS[carrier]
        self._output = output
        self._detector = detector
        self._speech = speech
        self._max_bytes = call.max_message_bytes
        self._counts = counts
        self._pre_roll = PreRoll(speech)
        self._voice_seconds = 0.0
        self._reading: asyncio.Task[None] | None = None
        self._deaf = False
        self._quiet_since = time.monotonic()
        self.hung_up = asyncio.Event()
        """Set when the carrier ended the stream, not we."""

    @property
    def ear(self) -> VoiceGate:
        """What tells the caller's voice from others."""
        return self._detector.gate

    @property
    def heard_at(self) -> float:
        """When the caller spoke or pressed a key last (`time.monotonic()`)."""
        return time.monotonic() if self._detector.speaking else self._quiet_since

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
                    event = self._stream.parse(message, self._max_bytes)
                except wire.BadMessage:
                    self._counts.dropped += 1
                    continue
                match event:
                    case wire.Media(payload):
                        self._counts.media += 1
                        await self._hear(wire.decode_ulaw(payload))
                    case wire.Mark(name):
                        await self._output.mark_returned(name)
                    case wire.Digit(digit):
                        self._quiet_since = time.monotonic()
                        await self.push_frame(KeyPressedFrame(digit))
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
        events = self._detector.feed(samples, bot_speaking=self._output.sounding)
        if "started" in events:
            self._voice_seconds = self._speech.vad_start_seconds
            await self.broadcast_frame(VADUserStartedSpeakingFrame, start_secs=self._speech.vad_start_seconds)
            await self._let_in(np.concatenate([*self._pre_roll.take(), samples]))
        elif was_speaking:
            self._voice_seconds += len(samples) / wire.SAMPLE_RATE_HZ
            await self._let_in(samples)
        else:
            self._pre_roll.add(samples, bot_sounding=self._output.sounding)
        if "brief" in events and not self._output.speaking and self.awaits_word():
            await self.broadcast_frame(BriefVoiceFrame, start_secs=self._speech.vad_brief_seconds)
            await self._let_in(np.concatenate(self._pre_roll.take()))
            await self._end_voice(self._speech.vad_stop_seconds)
        if "paused" in events:
            await self.push_frame(SpeechPausedFrame())
        elif "resumed" in events:
            await self.push_frame(SpeechResumedFrame())
        if "stopped" in events:
            await self._end_voice(max(0.0, self._voice_seconds - self._speech.vad_stop_seconds))

    async def _end_voice(self, seconds: float) -> None:
        self._quiet_since = time.monotonic()
        stop_seconds = self._speech.vad_stop_seconds
        await self.broadcast_frame(VoiceEndedFrame, stop_secs=stop_seconds, voice_seconds=seconds)

    async def _let_in(self, samples: NDArray[np.int16]) -> None:
        await self.push_frame(InputAudioRawFrame(samples.tobytes(), wire.SAMPLE_RATE_HZ, 1))
