"""OpenTelemetry traces of calls: one span a call, one a turn, a child a stage; times and nothing else.

Without OpenTelemetry's SDK, which whoever runs the server adds and configures, nothing is recorded.
"""

import time
from collections.abc import Sequence

from opentelemetry import trace

Stage = tuple[str, float, float]
"""Its name, and when it began and ended, by ``time.monotonic()``."""


class CallTrace:
    """The trace of one call's stream."""

    def __init__(self, tracer: trace.Tracer | None = None) -> None:
        self._tracer = tracer or trace.get_tracer("chairside")
        self._call = self._tracer.start_span("call")
        self._within = trace.set_span_in_context(self._call)

    def turn(self, stages: Sequence[Stage]) -> None:
        """Note a turn of the caller's that the bot has answered, by its stages in order."""
        turn = self._tracer.start_span("turn", context=self._within, start_time=_epoch_ns(stages[0][1]))
        within = trace.set_span_in_context(turn)
        for name, began, ended in stages:
            stage = self._tracer.start_span(name, context=within, start_time=_epoch_ns(began))
            stage.end(end_time=_epoch_ns(ended))
        turn.end(end_time=_epoch_ns(stages[-1][2]))

    def end(self) -> None:
        """Note that the stream has ended."""
        self._call.end()


def _epoch_ns(moment: float) -> int:
    return time.time_ns() - round((time.monotonic() - moment) * 1e9)
