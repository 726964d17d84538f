"""What is served while calls are at their ceiling: run with ``make bench-ceiling``.

One server on SQLite, with the ceiling that is tried. So many callers hold calls in which they book, each
followed by another, in real time and with speech that costs nothing; one caller more rings. A partner books
by the API meanwhile, one booking after the other. The callers share this machine with the server.
"""

import argparse
import asyncio
import itertools
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from loguru import logger
from rich.console import Console
from rich.table import Table

from rehearsal.call_report import CallResult
from tests.fakes.call_rounds import Lane, open_lane
from tests.fakes.call_servers import phone
from tests.fakes.coded_caller import CodedCaller
from tests.fakes.forked_servers import ForkedServers
from tests.fakes.http_client import RawHttpClient

LEVELS = (0, 8, 16, 24)
_PAUSE_SECONDS = 0.2
_FIRST_CALLS_SECONDS = 5.0
_MOST_SECONDS = 120.0


@dataclass
class Figures:
    """What was measured at one ceiling, in milliseconds."""

    bookings: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    """From the caller's last sound to the bot's first."""
    unavailable: int = 0
    """Bookings that were answered with a 503: to be asked for again."""
    calls: int = 0
    broken: int = 0
    one_more: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """Give a percentile, not a number where nothing was measured."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else math.nan


async def measure(fork: ForkedServers, calls: int, seconds: float) -> Figures:
    """Hold so many calls, and book meanwhile."""
    figures, over = Figures(), asyncio.Event()
    async with open_lane(fork, "sqlite", 1, ADMISSION_CALLS=str(max(calls, 1))) as lane:
        await asyncio.gather(*(lane.hold(CodedCaller(), phone(n)) for n in range(1)))
        numbers = itertools.count(1)
        callers = [asyncio.create_task(_call_on(lane, numbers, figures, over)) for _ in range(calls)]
        await asyncio.sleep(_FIRST_CALLS_SECONDS if calls else 0)
        one_more = asyncio.create_task(_ring(lane, phone(next(numbers)))) if calls else None
        await _book_on(lane, figures, seconds)
        over.set()
        await asyncio.gather(*callers)
        figures.one_more = await one_more if one_more else ""
    return figures


async def _call_on(
    lane: Lane, numbers: "itertools.count[int]", figures: Figures, over: asyncio.Event
) -> None:
    while not over.is_set():
        number = phone(next(numbers))
        caller = CodedCaller(phone=number[2:])
        async with lane.world.servers.line() as port:
            report = await lane.world.servers.call(caller, port, number, _MOST_SECONDS)
        figures.calls += 1
        figures.broken += report.outcome is not CallResult.BOT_HUNG_UP
        figures.answers += [float(one.ms) for one in report.timing.responses]


async def _ring(lane: Lane, number: str) -> str:
    async with lane.world.servers.line() as port:
        report = await lane.world.servers.call(CodedCaller(), port, number, _MOST_SECONDS)
    return report.outcome.value


async def _book_on(lane: Lane, figures: Figures, seconds: float) -> None:
    servers = lane.world.servers
    assert servers.demo is not None
    wire, start = RawHttpClient(servers.running[0].port), servers.clock().replace(microsecond=0)
    headers = {"Authorization": f"Bearer {servers.demo.partner_key}", "Content-Type": "application/json"}
    until = time.monotonic() + seconds
    for number in itertools.count():
        if time.monotonic() > until:
            break
        customer = {"phone": phone(90_000 + number), "name": "Ann Bell"}
        booking = {"start_at": start.isoformat(), "duration_minutes": 30, "customer": customer}
        body = json.dumps({"bot_id": servers.demo.bot_id, "booking": booking}).encode()
        began = time.perf_counter()
        answer = await wire.send(
            "POST", "/v1/bookings", body, headers | {"Idempotency-Key": f"ceiling-{number}"}
        )
        figures.bookings.append(1000 * (time.perf_counter() - began))
        assert answer.status in {201, 503}, answer
        figures.unavailable += answer.status == 503
        await asyncio.sleep(_PAUSE_SECONDS)
    wire.close()


async def _run(levels: Sequence[int], seconds: float) -> Table:
    heads = ("calls", "bookings", "p50 ms", "p95 ms", "answers p50 ms", "p95 ms", "calls held", "one more")
    table, fork = Table(*heads), ForkedServers()
    try:
        async with fork.attached():
            for calls in levels:
                one = await measure(fork, calls, seconds)
                times = [
                    f"{percentile(values, share):.0f}"
                    for values in (one.bookings, one.answers)
                    for share in (0.5, 0.95)
                ]
                held = f"{one.calls}" + (f" ({one.broken} broken)" if one.broken else "")
                bookings = f"{len(one.bookings)}" + (
                    f" ({one.unavailable} of them 503)" if one.unavailable else ""
                )
                table.add_row(str(calls), bookings, *times, held, one.one_more)
    finally:
        fork.close()
    return table


def main() -> None:
    """Measure and print; nothing is asserted but that bookings are made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, nargs="+", default=list(LEVELS), help="ceilings to try")
    parser.add_argument("--seconds", type=float, default=30.0, help="of bookings at each")
    told = parser.parse_args()
    logger.remove()
    Console().print(asyncio.run(_run(told.calls, told.seconds)))


if __name__ == "__main__":
    main()
