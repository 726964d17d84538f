"""How many calls a core holds: more and more at once until answers come late; run with `make bench-capacity`.

The server and its callers run in this process, on one core, with the stub services of `bench_calls`: what is
measured is everything but recognition, whose cost a machine has for each answer, not for each call. The
callers' own share is measured apart and printed. A step holds when nineteen of twenty answers come at most
so much later than those of a single call; the plot shows how they grow.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from loguru import logger

from agent.speech.local import SpeechSynthesizer
from agent.telephony.vad import VoiceModel
from agent.telephony.wire import encode_ulaw
from config.settings import Settings
from config.vendor_settings import SpeechSettings
from tests.benchmarks.bench_calls import ANSWER, GREETING, Bench, Figures, chairside, hold_calls, idle_callers

_WIDTH, _HEIGHT, _MARGIN = 640, 360, 50


@dataclass(frozen=True)
class Step:
    """What so many calls at once came to.

    Attributes:
        busy: Share of the core that was used, the callers' own included.
        callers: Their share.
    """

    calls: int
    greeting_ms: float
    answer_ms: float
    busy: float
    callers: float
    start_ms: float


async def _step(bench: Bench, calls: int, seconds: float) -> Step:
    idle = await idle_callers(calls, seconds / 4) * 4
    figures = Figures()
    began, wall = time.process_time(), time.perf_counter()
    await hold_calls(bench, chairside, calls, seconds, figures)
    used, took = time.process_time() - began, time.perf_counter() - wall
    return Step(
        calls,
        _p95(figures.greeting_ms),
        _p95(figures.answer_ms),
        used / took,
        idle / took,
        await _start_ms(bench),
    )


async def _start_ms(bench: Bench, rounds: int = 5) -> float:
    """Measure the processor's time from the stream's start to the greeting."""
    costs = []
    for _ in range(rounds):
        began = time.process_time()
        await hold_calls(bench, chairside, 1, 0.1, Figures())
        costs.append((time.process_time() - began) * 1000)
    return float(np.median(costs))


def _p95(values: Sequence[float]) -> float:
    return float(np.percentile(values, 95)) if values else float("inf")


def plot(steps: Sequence[Step], limit_ms: float) -> str:
    """Draw how late the answers come: an SVG."""
    most = max(min(one.answer_ms, 3 * limit_ms) for one in steps)
    across, up = (_WIDTH - 2 * _MARGIN) / steps[-1].calls, (_HEIGHT - 2 * _MARGIN) / max(most, limit_ms)

    def at(calls: float, ms: float) -> tuple[float, float]:
        return _MARGIN + calls * across, _HEIGHT - _MARGIN - min(ms, 3 * limit_ms) * up

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(one.calls, one.answer_ms) for one in steps))
    left, right, limit = _MARGIN, _WIDTH - _MARGIN, at(0, limit_ms)[1]
    floor = _HEIGHT - _MARGIN
    marks = "".join(
        f'<text x="{at(one.calls, 0)[0]:.1f}" y="{floor + 16}" text-anchor="middle">{one.calls}</text>'
        for one in steps
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="11"><rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>'
        f'<path d="M{left} {_MARGIN}V{floor}H{right}" fill="none" stroke="black"/>'
        f'<path d="M{left} {limit:.1f}H{right}" stroke="firebrick" stroke-dasharray="4"/>'
        f'<text x="{right}" y="{limit - 4:.1f}" text-anchor="end">{limit_ms:.0f} ms: late</text>'
        f'<polyline points="{line}" fill="none" stroke="steelblue" stroke-width="2"/>{marks}'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 10}" text-anchor="middle">calls at once on a core</text>'
        f'<text x="{left}" y="{_MARGIN - 12}">answer after the caller, p95 in ms</text></svg>\n'
    )


async def main() -> None:
    """Ramp until it breaks, print the calls a core holds, and write the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, nargs="+", default=[1, 10, 20, 40, 60, 80, 100, 120, 150, 200])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--late-ms", type=float, default=150.0, help="later than with one call")
    parser.add_argument("--plot", type=Path, default=Path("capacity.svg"))
    options = parser.parse_args()
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    settings = Settings(speech=SpeechSettings())
    synthesizer = SpeechSynthesizer(settings.speech)
    for text in (GREETING, "Of course.", "What day would suit you?", ANSWER):
        await synthesizer.speak(text)
    question = encode_ulaw(await synthesizer.speak("I would really like a cleaning please."))
    bench = Bench(synthesizer, VoiceModel(), settings, question)
    await hold_calls(bench, chairside, 1, 1.0, Figures())
    print("calls   greeting p95   answer p95   core used   of it callers   a call's start")
    steps: list[Step] = []
    for calls in sorted(options.steps):
        one = await _step(bench, calls, options.seconds)
        steps.append(one)
        print(
            f"{one.calls:>5}{one.greeting_ms:>12.0f} ms{one.answer_ms:>10.0f} ms{one.busy:>11.0%}"
            f"{one.callers:>14.0%}{one.start_ms:>14.0f} ms",
            flush=True,
        )
        if one.answer_ms > steps[0].answer_ms + options.late_ms:
            break
    limit = steps[0].answer_ms + options.late_ms
    held = [one for one in steps if one.answer_ms <= limit]
    print(f"\nA core holds {held[-1].calls} calls with their callers; {options.plot} shows the ramp.")
    options.plot.write_text(plot(steps, limit), encoding="utf-8")
    synthesizer.close()


if __name__ == "__main__":
    asyncio.run(main())
