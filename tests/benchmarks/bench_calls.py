"""What a call costs, beside a bare pipecat call with the same stub services: run with `make bench`.

Each arm runs the same number of calls in this process, one arm after the other and then again: the caller
is silent, speaks, and is answered at once. Printed are processor time per second of call, memory per call,
the time to the greeting and from the end of the caller's speech to the answer, and the ratios of the two.
"""

import argparse
import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.filters.identity_filter import IdentityFilter
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner
from starlette.websockets import WebSocketState

from agent.dialogue.action import Action
from agent.llm.services import ReceptionistLLMService
from agent.pipeline import Ends, build
from agent.speech.local import LocalSTTService, LocalTTSService, SpeechSynthesizer
from agent.statements.check import StatementCheck
from agent.statements.practice import PracticeRecord
from agent.telephony.patience import Awaited
from agent.telephony.transport import LineCounts, PhoneInput, PhoneOutput
from agent.telephony.vad import SpeechDetector, VoiceModel
from agent.telephony.wire import encode_ulaw
from config.settings import Settings
from config.vendor_settings import SpeechSettings
from contracts.partner import PracticeFacts
from kit.clock import system_clock
from tests.fakes.live_call import ScriptedRecognizer
from tests.fakes.media_socket import FakeMediaSocket

GREETING = "Thank you for calling Maple Street Dental. How can I help you today?"
ANSWER = "Of course. What day would suit you?"
SILENCE = b"\xff" * 160
ROUNDS = 2


@dataclass
class Figures:
    """What one arm measured."""

    cpu_ms: list[float] = field(default_factory=list)
    """Processor time per second of call."""
    memory_mb: list[float] = field(default_factory=list)
    greeting_ms: list[float] = field(default_factory=list)
    answer_ms: list[float] = field(default_factory=list)


@dataclass
class Bench:
    """What both arms share."""

    synthesizer: SpeechSynthesizer
    model: VoiceModel
    settings: Settings
    question: bytes

    def stubs(
        self, *, audio_passthrough: bool = False
    ) -> tuple[LocalSTTService, ReceptionistLLMService, LocalTTSService]:
        """Give services that answer at once: the words are known, the voice is cached."""
        recognizer = ScriptedRecognizer()
        recognizer.words = "I would like a cleaning."
        return (
            LocalSTTService(recognizer, audio_passthrough=audio_passthrough),  # type: ignore[arg-type] # scripted
            ReceptionistLLMService(lambda _: Action(ANSWER), 10.0),
            LocalTTSService(self.synthesizer),
        )


Arm = Callable[[Bench, FakeMediaSocket], Coroutine[object, object, None]]


async def chairside(bench: Bench, socket: FakeMediaSocket) -> None:
    """Hold a call with our transport and pipeline."""
    counts = LineCounts()
    hearing, model, voice = bench.stubs()
    output = PhoneOutput(socket, "MZ1", counts)
    phone_in = PhoneInput(
        socket=socket,
        output=output,
        detector=SpeechDetector(bench.model, bench.settings.speech),
        speech=bench.settings.speech,
        call=bench.settings.call,
        counts=counts,
    )
    ends = Ends(phone_in, hearing, IdentityFilter(), model, voice, output)
    check = StatementCheck(PracticeRecord(PracticeFacts(name="Bench")), system_clock, ZoneInfo("UTC"))
    call = build(
        ends,
        LLMContext([]),
        bench.settings,
        held=lambda: False,
        ending=lambda: False,
        check=check,
        awaited=Awaited,
    )
    await _run(call.worker, phone_in.hung_up.wait())


class _WebSocket:
    """As much of a Starlette websocket as pipecat's transport uses, over the carrier's socket."""

    def __init__(self, socket: FakeMediaSocket) -> None:
        self._socket = socket
        self.client_state = WebSocketState.CONNECTED
        self.application_state = WebSocketState.CONNECTED

    async def receive(self) -> dict[str, object]:
        message = await self._socket.receive()
        if message is None:
            self.client_state = WebSocketState.DISCONNECTED
            return {"type": "websocket.disconnect", "code": 1000}
        return {"type": "websocket.receive", "text": message}

    async def send_text(self, text: str) -> None:
        await self._socket.send(text)

    async def close(self, code: int = 1000) -> None:
        del code
        self.client_state = WebSocketState.DISCONNECTED


async def bare(bench: Bench, socket: FakeMediaSocket) -> None:
    """Hold a call as pipecat's own examples do."""
    gone = asyncio.Event()
    transport = FastAPIWebsocketTransport(
        _WebSocket(socket),  # type: ignore[arg-type] # as much as is used
        FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            serializer=TwilioFrameSerializer(
                "MZ1", params=TwilioFrameSerializer.InputParams(auto_hang_up=False)
            ),
        ),
    )

    @transport.event_handler("on_client_disconnected")  # type: ignore[untyped-decorator] # pipecat's
    async def _gone(*_: object) -> None:
        gone.set()

    hearing, model, voice = bench.stubs(audio_passthrough=True)
    speech = bench.settings.speech
    params = VADParams(stop_secs=speech.vad_stop_seconds, start_secs=speech.vad_start_seconds)
    user, assistant = LLMContextAggregatorPair(
        LLMContext([]),
        user_params=LLMUserAggregatorParams(
            vad_analyzer=SileroVADAnalyzer(params=params),
            user_turn_strategies=UserTurnStrategies(
                start=[VADUserTurnStartStrategy()],
                stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=speech.turn_wait_seconds)],
            ),
        ),
    )
    pipeline = Pipeline([transport.input(), hearing, user, model, voice, transport.output(), assistant])
    worker = PipelineWorker(
        pipeline, params=PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000)
    )
    await _run(worker, gone.wait())


async def _run(worker: PipelineWorker, gone: Awaitable[object]) -> None:
    runner = WorkerRunner(handle_sigint=False, check_dangling_tasks=False)
    await runner.add_workers(worker)
    await worker.queue_frame(TTSSpeakFrame(GREETING))
    running = asyncio.create_task(runner.run())
    await gone
    await worker.cancel()
    await running


async def _caller(bench: Bench, arm: Arm, figures: Figures, seconds: float) -> None:
    socket = FakeMediaSocket()
    socket.start()
    began = time.perf_counter()
    call = asyncio.create_task(arm(bench, socket))
    sent, greeted, spoke_at, before = 0, False, 0.0, 0
    question_at = int(seconds * 50 * 0.6)
    while (elapsed := time.perf_counter() - began) < seconds:
        offset = (sent - question_at) * 160
        speaking = 0 <= offset < len(bench.question)
        socket.send_frame(bench.question[offset : offset + 160] if speaking else SILENCE)
        sent += 1
        if not greeted and socket.events("media"):
            greeted = True
            figures.greeting_ms.append(elapsed * 1000)
        if speaking and offset + 160 >= len(bench.question):
            spoke_at, before = time.perf_counter(), len(socket.events("media"))
        if spoke_at and len(socket.events("media")) > before:
            figures.answer_ms.append((time.perf_counter() - spoke_at) * 1000)
            spoke_at = 0.0
        await asyncio.sleep(max(0.0, began + sent * 0.02 - time.perf_counter()))
    socket.hang_up()
    await call
    await socket.stop()


async def idle_callers(calls: int, seconds: float) -> float:
    """Measure what the callers themselves cost, to be taken off."""

    async def nobody(_: Bench | None, socket: FakeMediaSocket) -> None:
        while await socket.receive() is not None:
            pass

    began = time.process_time()
    bench = Bench(None, None, Settings(), b"")  # type: ignore[arg-type] # nobody uses them
    await asyncio.gather(*(_caller(bench, nobody, Figures(), seconds) for _ in range(calls)))
    return time.process_time() - began


async def hold_calls(bench: Bench, arm: Arm, calls: int, seconds: float, figures: Figures) -> None:
    """Hold so many calls at once."""
    await asyncio.gather(*(_caller(bench, arm, figures, seconds) for _ in range(calls)))


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


async def _measure(bench: Bench, arm: Arm, calls: int, seconds: float, figures: Figures) -> None:
    callers = await idle_callers(calls, seconds / 4) * 4
    gc.collect()
    memory, began = _resident_mb(), time.process_time()
    held = asyncio.create_task(hold_calls(bench, arm, calls, seconds, figures))
    await asyncio.sleep(seconds * 0.9)
    figures.memory_mb.append((_resident_mb() - memory) / calls)
    await held
    figures.cpu_ms.append((time.process_time() - began - callers) / calls / seconds * 1000)


def _percentile(values: Sequence[float], share: float) -> float:
    return float(np.percentile(values, share * 100)) if values else float("nan")


def _print(ours: Figures, theirs: Figures, calls: int) -> None:
    rows = [
        ("processor ms per second of call", statistics.median(ours.cpu_ms), statistics.median(theirs.cpu_ms)),
        ("memory per call, MB", ours.memory_mb[0], theirs.memory_mb[0]),
        *(
            (f"{name}, p{round(share * 100)} ms", _percentile(a, share), _percentile(b, share))
            for name, a, b in (
                ("greeting", ours.greeting_ms, theirs.greeting_ms),
                ("answer after speech", ours.answer_ms, theirs.answer_ms),
            )
            for share in (0.5, 0.95)
        ),
    ]
    print(f"\n{calls} calls at once                    Chairside  bare pipecat   ratio")
    for name, a, b in rows:
        print(f"{name:<38}{a:>10.1f}{b:>14.1f}{a / b:>8.2f}")


async def main() -> None:
    """Measure both arms and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    settings = Settings(speech=SpeechSettings())
    synthesizer = SpeechSynthesizer(settings.speech)
    for text in (GREETING, "Of course.", "What day would suit you?", ANSWER):
        await synthesizer.speak(text)
    question = encode_ulaw(await synthesizer.speak("I would really like a cleaning please."))
    bench = Bench(synthesizer, VoiceModel(), settings, question)
    for arm in (chairside, bare):  # the first call of a process loads what all others share
        await _measure(bench, arm, 1, options.seconds, Figures())
    for calls in options.calls:
        ours, theirs = Figures(), Figures()
        for _ in range(ROUNDS):
            await _measure(bench, chairside, calls, options.seconds, ours)
            await _measure(bench, bare, calls, options.seconds, theirs)
        _print(ours, theirs, calls)
    synthesizer.close()


if __name__ == "__main__":
    asyncio.run(main())
