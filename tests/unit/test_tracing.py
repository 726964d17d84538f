"""Traces of calls: their tree, their times, and that they hold nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, NonRecordingSpan, Span, SpanContext, Tracer
from pipecat.frames.frames import (
    TranscriptionFrame,
    TTSStartedFrame,
    TTSTextFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from agent.telephony.answer_times import AnswerTimes
from config.tracing import CallTrace

CANARY = "Quillonia Vexworth"


class KeptSpan(NonRecordingSpan):
    """A span that keeps what it is told."""

    def __init__(self, number: int, name: str, parent: Span, **told: Any) -> None:
        super().__init__(SpanContext(1, number, is_remote=False))
        self.name, self.parent, self.told = name, parent, told
        self.end_time: int | None = None
        self.ended = False

    def set_attribute(self, key: str, value: Any) -> None:
        self.told[key] = value

    def end(self, end_time: int | None = None) -> None:
        self.ended, self.end_time = True, end_time


class KeptTracer(Tracer):
    """A tracer as the SDK's, as far as ours is used."""

    def __init__(self) -> None:
        self.spans: list[KeptSpan] = []

    def start_span(self, name: str, context: Any = None, *_more: Any, **told: Any) -> KeptSpan:
        parent = trace.get_current_span(context) if context is not None else INVALID_SPAN
        self.spans.append(KeptSpan(len(self.spans) + 1, name, parent, **told))
        return self.spans[-1]

    @contextmanager
    def start_as_current_span(  # type: ignore[override] # nobody of ours uses it
        self, name: str, *_more: Any, **told: Any
    ) -> Iterator[Span]:
        yield self.start_span(name, **told)


def test_a_call_is_a_span_with_one_a_turn_and_one_a_stage_and_times_alone() -> None:
    tracer = KeptTracer()
    times = AnswerTimes(CallTrace(tracer))
    times.sounded()  # the greeting answers nobody
    for _ in range(2):
        times.follow(VADUserStartedSpeakingFrame())
        for said in (TranscriptionFrame(CANARY, CANARY, "now"), TTSTextFrame(CANARY, "sentence")):
            times.follow(said)
        times.follow(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        times.follow(UserStoppedSpeakingFrame())
        times.follow(TTSStartedFrame())
        times.sounded()
    times.trace.end()
    stages = ["turn stage", "words stage", "voice stage"]
    assert [one.name for one in tracer.spans] == ["call", *(["turn", *stages] * 2)]
    call, *others = tracer.spans
    assert all(one.ended for one in tracer.spans)
    for turn, *parts in (others[:4], others[4:]):
        assert turn.parent is call
        assert all(part.parent is turn for part in parts)
        assert turn.end_time is not None
        assert turn.end_time - turn.told["start_time"] >= 200_000_000
    assert {name for one in tracer.spans for name in one.told} == {"start_time"}
    assert CANARY not in str([vars(one) for one in tracer.spans])


def test_without_an_sdk_nothing_is_recorded() -> None:
    quiet = CallTrace()
    quiet.turn([("turn stage", 1.0, 2.0)])
    quiet.end()
    assert not trace.get_tracer("chairside").start_span("call").is_recording()
