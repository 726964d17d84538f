"""What the relay adds to a booking, beside a direct call to the same platform: run with `make bench-booking`.

The platform is a process of its own that checks the signature and takes a set time; the server is another,
with every API but voice and with its default settings, follow-ups included; the client is a third. Direct
and relayed calls have the same bodies and take turns, so that whatever else the machine does meets both.
"""

import argparse
import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fakes.forked_servers import ForkedServer, ForkedServers
from tests.fakes.http_client import RawHttpClient
from tests.fakes.platform_process import SECRET, PlatformProcess, run_platform_process
from tests.fakes.postgres import PostgresForTests
from tests.fakes.registered_partner import RegisteredPartner, register_partner

DELAYS_MS = (0, 50)
CONCURRENCIES = (8, 32, 64)
ENV = {"LIMITS_REQUESTS_PER_MINUTE": "100000000"}
ACCOUNT = "acct_01h2xcejqtf2nbrexx3vqjhp41"
CREATED, OK = 201, 200

KEYS = (f"bench-{number}" for number in itertools.count())

Call = Callable[[str], Awaitable[None]]
"""Books under a key."""


@dataclass
class Side:
    """What was measured of one way of booking."""

    seconds: list[float] = field(default_factory=list)
    """Of single calls, one after the other."""
    rates: dict[int, list[float]] = field(default_factory=dict)
    """Bookings per second by concurrency, one for each run."""
    cpu_ms: list[float] = field(default_factory=list)
    """Processor time of the server for one booking, under load."""

    def percentile(self, share: float) -> float:
        """Give a percentile of the single calls, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000

    def rate(self, concurrency: int) -> float:
        """Give the median of the runs."""
        return statistics.median(self.rates[concurrency])


class Bench:
    """One engine, one platform, and the two ways to it.

    Args:
        platform: The platform.
        server: Our server.
        world: Its partner and bots.
        delay_ms: Which of the bots, by what its platform takes.
    """

    def __init__(
        self, platform: PlatformProcess, server: ForkedServer, world: RegisteredPartner, delay_ms: int
    ) -> None:
        self._direct_wire, self._our_wire = RawHttpClient(platform.port), RawHttpClient(server.port)
        self._world, self._bot = world, world.bots[str(delay_ms)]
        self._server = server
        self._start = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")

    async def direct(self, key: str) -> None:
        """Book at the platform, signed as the relay signs."""
        body = self._encoded(account_id=ACCOUNT, idempotency_key=key)
        stamp = str(int(time.time()))
        signature = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-DialStack-Signature": f"t={stamp},v1={signature}",
            "X-DialStack-Account-Id": ACCOUNT,
        }
        answer = await self._direct_wire.send("POST", "/roomy/bookings", body, headers)
        assert answer.status == CREATED, answer

    async def ours(self, key: str, status: int = CREATED) -> None:
        """Book through the server."""
        headers = self._world.headers | {"Idempotency-Key": key}
        answer = await self._our_wire.send("POST", "/v1/bookings", self._encoded(bot_id=self._bot), headers)
        assert answer.status == status, answer

    async def repeat(self, key: str) -> None:
        """Ask again for what is booked."""
        await self.ours(key, OK)

    def close(self) -> None:
        """Close the connections."""
        self._direct_wire.close()
        self._our_wire.close()

    def cpu_seconds(self) -> float:
        """Read the server's processor time so far."""
        fields = Path(f"/proc/{self._server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _encoded(self, **names: str) -> bytes:
        customer = {"phone": "+12025550100", "name": "José Bell", "email": "jose@example.com"}
        booking = {"start_at": self._start, "duration_minutes": 30, "customer": customer, "notes": "Molar."}
        body: dict[str, Any] = {**names, "booking": booking}
        return json.dumps(body).encode()


async def _one_by_one(calls: int, bench: Bench, *sides: tuple[Side, Call]) -> None:
    """Make single calls, the sides taking turns."""
    for _ in range(calls):
        for side, call in sides:
            key = next(KEYS)
            began = time.perf_counter()
            await call(key)
            side.seconds.append(time.perf_counter() - began)


async def _at_once(concurrency: int, seconds: float, bench: Bench, side: Side, call: Call) -> None:
    """Keep so many calls under way."""
    made, end = 0, time.perf_counter() + seconds

    async def client() -> None:
        nonlocal made
        while time.perf_counter() < end:
            await call(next(KEYS))
            made += 1

    cpu, began = bench.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    side.rates.setdefault(concurrency, []).append(made / (time.perf_counter() - began))
    side.cpu_ms.append((bench.cpu_seconds() - cpu) / made * 1000)


async def _measure(bench: Bench, options: argparse.Namespace) -> tuple[Side, Side, Side]:
    direct, ours, replays = Side(), Side(), Side()
    warm = Side()
    await _at_once(max(CONCURRENCIES), options.seconds / 2, bench, warm, bench.direct)
    await _at_once(max(CONCURRENCIES), options.seconds, bench, warm, bench.ours)
    known = next(KEYS)
    await bench.ours(known)
    for _ in range(options.runs):
        await _one_by_one(
            options.calls,
            bench,
            (direct, bench.direct),
            (ours, bench.ours),
            (replays, lambda _: bench.repeat(known)),
        )
        for concurrency in CONCURRENCIES:
            await _at_once(concurrency, options.seconds / 3, bench, direct, bench.direct)
            await _at_once(concurrency, options.seconds, bench, ours, bench.ours)
        await _at_once(CONCURRENCIES[0], options.seconds / 2, bench, replays, lambda _: bench.repeat(known))
    return direct, ours, replays


def _print(direct: Side, ours: Side, replays: Side) -> None:
    own = direct.percentile(0.5)
    print(f"  {'one call after the other, ms':<34}{'p50':>9}{'p95':>9}{'p99':>9}")
    shares = (0.5, 0.95, 0.99)
    for name, side in (("direct", direct), ("through Chairside", ours), ("a repeat of a known key", replays)):
        print(f"    {name:<32}" + "".join(f"{side.percentile(share):>9.2f}" for share in shares))
    print(f"    {'overhead':<32}" + "".join(f"{ours.percentile(share) - own:>9.2f}" for share in shares))
    print(f"    {'ratio of the medians':<32}{ours.percentile(0.5) / own:>9.2f}")
    print(f"  {'bookings per second':<34}{'direct':>9}{'through':>9}{'ratio':>9}")
    for concurrency in CONCURRENCIES:
        a, b = direct.rate(concurrency), ours.rate(concurrency)
        print(f"    {f'{concurrency} at once':<32}{a:>9.0f}{b:>9.0f}{b / a:>9.2f}")
    print(f"    {f'repeats, {CONCURRENCIES[0]} at once':<32}{'':>9}{replays.rate(CONCURRENCIES[0]):>9.0f}")
    print(
        f"  {'processor ms of the server':<34}{statistics.median(ours.cpu_ms):>9.2f} for a booking,", end=""
    )
    print(f" {statistics.median(replays.cpu_ms):.2f} for a repeat", flush=True)


def _memory_mb(server: ForkedServer) -> str:
    lines = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    sizes = dict(line.split(":", 1) for line in lines if ":" in line)
    return f"{int(sizes['VmRSS'].split()[0]) / 1024:.0f} MB"


async def _run(options: argparse.Namespace, fork: ForkedServers) -> None:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chairside-bench-")))
        platforms = {
            delay: stack.enter_context(run_platform_process(delay_ms=delay)) for delay in options.delays
        }
        for engine in options.engines:
            url = None
            if engine == "postgres":
                postgres = PostgresForTests(durable=True)
                stack.callback(postgres.stop)
                url = postgres.url(postgres.create())
            place = folder / engine
            place.mkdir()
            urls = {str(delay): platform.url("roomy") for delay, platform in platforms.items()}
            world = await register_partner(place, urls, url, **ENV)
            async with fork.attached():
                profile = Path(f"{options.profile}.{engine}") if options.profile else None
                server = await fork.start(dict(world.env), place / "server.log", profile)
                print(f"\n{engine}: a server that has answered nothing yet takes {_memory_mb(server)}")
                for delay, platform in platforms.items():
                    bench = Bench(platform, server, world, delay)
                    print(f"\n {engine}, a platform that takes {delay} ms", flush=True)
                    _print(*await _measure(bench, options))
                    bench.close()
                print(f"\n{engine}: afterwards the server takes {_memory_mb(server)}")
                await server.stop()


REMARKS = f"""
What is in the figures: the overhead is our time minus the median of the direct call, which has the same
body and the same signature. Through us a booking is a request over a socket, the partner's key, the bot,
two committed transactions of the ledger (on disk: SQLite with synchronous=FULL, PostgreSQL with fsync) and
the signed request to the platform over a kept connection. Client, platform, server and PostgreSQL share
this machine's {os.cpu_count()} cores, and the server is one process."""


def main() -> None:
    """Measure and print; nothing is asserted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--calls", type=int, default=150, help="single calls of each kind in a run")
    parser.add_argument("--seconds", type=float, default=2.0, help="of load in a run, at each concurrency")
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres"])
    parser.add_argument("--delays", nargs="+", type=int, default=list(DELAYS_MS))
    parser.add_argument("--profile", help="write what the server spends its time on to this file")
    options = parser.parse_args()
    fork = ForkedServers()
    try:
        asyncio.run(_run(options, fork))
    finally:
        fork.close()
    print(REMARKS)


if __name__ == "__main__":
    main()
