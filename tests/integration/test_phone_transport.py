"""The telephone end of the pipeline, against a carrier that plays in time and returns marks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    EndFrame,
    Frame,
    FunctionCallResultFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.base_text_aggregator import TextType
from pipecat.workers.runner import WorkerRunner

from agent.telephony.transport import LineCounts, PhoneInput, PhoneOutput
from agent.telephony.vad import SpeechDetector, VoiceModel
from agent.telephony.wire import encode_ulaw
from config.settings import CallSettings
from config.vendor_settings import SpeechSettings
from tests.fakes.media_socket import FakeMediaSocket

SPEECH = SpeechSettings()


class Witness(FrameProcessor):
    """Remembers what passes, and lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Frame] = []
        self.changed = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.seen.append(frame)
        self.changed.set()
        await self.push_frame(frame, direction)

    def of(self, *kinds: type[Frame]) -> list[Frame]:
        return [frame for frame in self.seen if isinstance(frame, kinds)]

    async def until(self, truth: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not truth():
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Line:
    socket: FakeMediaSocket
    output: PhoneOutput
    worker: PipelineWorker
    inside: Witness = field(default_factory=Witness)
    beyond: Witness = field(default_factory=Witness)
    counts: LineCounts = field(default_factory=LineCounts)


@asynccontextmanager
async def line(*, speed: float = 1.0, returns_marks: bool = True) -> AsyncIterator[Line]:
    socket = FakeMediaSocket(speed=speed, returns_marks=returns_marks)
    socket.start()
    counts, inside, beyond = LineCounts(), Witness(), Witness()
    output = PhoneOutput(socket, "MZ1", counts)
    phone_in = PhoneInput(
        socket=socket,
        output=output,
        detector=SpeechDetector(VoiceModel(), SPEECH),
        speech=SPEECH,
        call=CallSettings(),
        counts=counts,
    )
    worker = PipelineWorker(
        Pipeline([phone_in, inside, output, beyond]),
        params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000),
        enable_rtvi=False,
        cancel_on_idle_timeout=False,
        check_dangling_tasks=False,
    )
    runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        yield Line(socket, output, worker, inside, beyond, counts)
    finally:
        await worker.cancel()
        await running
        await socket.stop()


def tone(seconds: float) -> bytes:
    times = np.arange(int(8000 * seconds)) / 8000
    return (np.sin(times * 2 * np.pi * 440) * 12000).astype("<i2").tobytes()


async def say(line: Line, text: str, seconds: float) -> None:
    await line.worker.queue_frame(TTSAudioRawFrame(tone(seconds), 8000, 1))
    await line.worker.queue_frame(TTSTextFrame(text, TextType.SENTENCE))


async def test_a_sentence_travels_on_only_when_it_has_been_heard() -> None:
    async with line() as phone:
        await say(phone, "One sentence.", 0.5)
        await phone.beyond.until(lambda: bool(phone.beyond.of(TTSTextFrame)))
        assert len(phone.socket.played) == 4000
        assert [type(f) for f in phone.beyond.of(BotStartedSpeakingFrame, TTSTextFrame)] == [
            BotStartedSpeakingFrame,
            TTSTextFrame,
        ]
        await phone.beyond.until(lambda: bool(phone.beyond.of(BotStoppedSpeakingFrame)))


async def test_everything_is_sent_ahead_and_the_carrier_keeps_the_pace() -> None:
    async with line() as phone:
        await say(phone, "A long sentence.", 5.0)
        await phone.inside.until(lambda: len(phone.socket.events("mark")) == 1)
        assert len(phone.socket.played) < 8000
        assert len(phone.socket.events("media")) == 50


async def test_answers_are_timed_from_the_callers_last_sound_to_the_bots_first() -> None:
    async with line() as phone:
        await say(phone, "A greeting answers nobody.", 0.2)
        await phone.beyond.until(lambda: bool(phone.beyond.of(BotStoppedSpeakingFrame)))
        assert phone.output.answers.milliseconds == []
        await phone.worker.queue_frame(VADUserStartedSpeakingFrame())
        await phone.worker.queue_frame(VADUserStoppedSpeakingFrame(stop_secs=3.0))
        await say(phone, "An answer.", 0.2)
        await phone.beyond.until(lambda: len(phone.beyond.of(BotStoppedSpeakingFrame)) == 2)
        await say(phone, "Nobody has said anything since.", 0.2)
        await phone.beyond.until(lambda: len(phone.beyond.of(BotStoppedSpeakingFrame)) == 3)
        (waited,) = phone.output.answers.milliseconds
        assert 3000 <= waited < 10_000


async def test_an_interruption_clears_the_carrier_and_nothing_unheard_is_kept() -> None:
    async with line() as phone:
        await say(phone, "one two three four five six seven eight nine ten", 2.0)
        await say(phone, "Never heard.", 1.0)
        await phone.inside.until(lambda: len(phone.socket.events("mark")) == 2)
        await phone.socket.until_played(8000)  # half of the first sentence
        await phone.worker.queue_frame(InterruptionFrame())
        await phone.beyond.until(lambda: bool(phone.beyond.of(InterruptionFrame)))
        assert len(phone.socket.events("clear")) == 1
        assert phone.beyond.of(TTSTextFrame) == []
        cut_short = phone.output.take_cut_short()
        assert cut_short is not None
        assert 3 <= len(cut_short.split()) <= 7
        await say(phone, "Said afterwards.", 0.2)
        await phone.beyond.until(lambda: bool(phone.beyond.of(TTSTextFrame)))
        assert [str(f.text) for f in phone.beyond.of(TTSTextFrame) if isinstance(f, TTSTextFrame)] == [
            "Said afterwards."
        ]
        assert phone.counts.interruptions == 1


async def test_a_functions_result_outlives_an_interruption() -> None:
    async with line() as phone:
        await say(phone, "One moment, please.", 2.0)
        result = FunctionCallResultFrame("book_appointment", "call_1", {}, {"status": "booked"})
        await phone.worker.queue_frame(result)
        await phone.inside.until(lambda: bool(phone.inside.of(FunctionCallResultFrame)))
        await phone.worker.queue_frame(InterruptionFrame())
        await phone.beyond.until(lambda: bool(phone.beyond.of(FunctionCallResultFrame)))


async def test_a_sentence_that_was_never_voiced_does_not_count_as_said() -> None:
    async with line() as phone:
        await say(phone, "Heard.", 0.3)
        await phone.worker.queue_frame(TTSTextFrame("Swallowed.", TextType.SENTENCE))
        await say(phone, "Heard too.", 0.3)
        await phone.beyond.until(lambda: len(phone.beyond.of(TTSTextFrame)) == 2)
        texts = [frame.text for frame in phone.beyond.of(TTSTextFrame) if isinstance(frame, TTSTextFrame)]
        assert texts == ["Heard.", "Heard too."]


async def test_the_line_closes_after_the_last_word_was_heard() -> None:
    async with line() as phone:
        await say(phone, "Goodbye.", 1.0)
        await phone.worker.queue_frame(EndFrame())
        await phone.beyond.until(lambda: bool(phone.beyond.of(EndFrame)))
        assert len(phone.socket.played) == 8000
        kinds = [type(f) for f in phone.beyond.of(TTSTextFrame, EndFrame)]
        assert kinds == [TTSTextFrame, EndFrame]


async def test_a_carrier_that_returns_no_marks_cannot_hold_the_conversation() -> None:
    async with line(returns_marks=False) as phone:
        await say(phone, "Hello?", 0.2)
        await phone.beyond.until(lambda: bool(phone.beyond.of(TTSTextFrame)))


async def test_garbage_is_dropped_and_counted_and_the_call_goes_on() -> None:
    async with line() as phone:
        for message in (
            "nonsense",
            b"\x00\xff",
            '{"event":"media","media":{"payload":"!"}}',
            "x" * 70_000,
            "[]",
        ):
            phone.socket.raw(message)
        phone.socket.send_frame(b"\xff" * 160)
        await say(phone, "Still here.", 0.2)
        await phone.beyond.until(lambda: bool(phone.beyond.of(TTSTextFrame)))
        assert phone.counts.dropped == 5
        assert phone.counts.media == 1


async def test_silence_does_not_enter_the_pipeline() -> None:
    async with line() as phone:
        phone.socket.say(b"\xff" * 160 * 100)
        await say(phone, "Nobody there?", 0.2)
        await phone.beyond.until(lambda: bool(phone.beyond.of(TTSTextFrame)))
        assert phone.inside.of(InputAudioRawFrame, VADUserStartedSpeakingFrame) == []


async def test_a_tone_is_no_voice() -> None:
    async with line() as phone:
        phone.socket.say(encode_ulaw(tone(1.0)))
        await say(phone, "What was that?", 0.2)
        await phone.beyond.until(lambda: bool(phone.beyond.of(TTSTextFrame)))
        assert phone.inside.of(VADUserStoppedSpeakingFrame) == []
