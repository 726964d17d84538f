"""Platform hosts do not disturb one another: own connections, own circuit breakers; none is kept for ever."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from config.settings import RelaySettings
from kit.clock import Clock
from practice.errors import PracticeError, WebhookFailed, WebhookTimeout, WebhookUnreachable
from practice.platforms.connection_pools import CircuitOpen, ConnectionPools
from practice.platforms.relay import Relay
from tests.fakes.clock import MovableSeconds
from tests.fakes.platform import FakePlatform, Trouble, answers, cut, down, hang, late, slow
from tests.fakes.relay import BOOKING, SECRET, make_bot, make_relay, serving

BODY = json.dumps({"booking": {"id": "1", "status": "accepted"}}).encode()
BROKEN = "https://platform.example"
OTHER = "https://other.example"
LOOPBACK = "127.0.0.0/8"


class Far:
    """A platform on a socket of its own.

    Attributes:
        url: Its base URL.
        connections: How many it was asked for.
        requests: How many requests came, whole.
        came: One is released with each of them.
        gate: While it is closed, nobody is answered.
    """

    def __init__(self) -> None:
        self.url = ""
        self.connections = 0
        self.requests = 0
        self.came = asyncio.Semaphore(0)
        self.gate = asyncio.Event()
        self.gate.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            _, _, after = head.lower().partition(b"content-length: ")
            await reader.readexactly(int(after.split(b"\r\n")[0]))
            self.requests += 1
            self.came.release()
            await self.gate.wait()
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
            await writer.drain()


@contextlib.asynccontextmanager
async def run_platform_process() -> AsyncIterator[Far]:
    far = Far()
    async with serving(far.serve) as port:
        far.url = f"http://127.0.0.1:{port}"
        yield far


async def book(relay: Relay, url: str, key: str = "k1") -> int:
    return (await relay.book(make_bot(webhook_url=url), key, BOOKING)).status


async def failure_of(relay: Relay, url: str = BROKEN) -> PracticeError:
    with pytest.raises(PracticeError) as caught:
        await book(relay, url)
    return caught.value


async def test_a_platform_that_hangs_keeps_no_other_waiting(clock: Clock) -> None:
    """One with all its connections taken and a line before it; the other answers at once."""
    async with run_platform_process() as hung, run_platform_process() as well:
        relay = make_relay(clock, connections_per_host=4, allowed_networks=LOOPBACK)
        hung.gate.clear()
        stuck = [asyncio.create_task(book(relay, hung.url, f"h{number}")) for number in range(40)]
        for _ in range(4):
            await hung.came.acquire()
        async with asyncio.timeout(10):  # the hung one goes on only after this
            assert [await book(relay, well.url, f"w{number}") for number in range(10)] == [201] * 10
        assert (hung.connections, hung.requests) == (4, 4)
        hung.gate.set()
        assert await asyncio.gather(*stuck) == [201] * 40
        assert hung.connections == 4
        await relay.aclose()


async def test_connections_are_kept_for_the_next_request(clock: Clock) -> None:
    async with run_platform_process() as far:
        relay = make_relay(clock, allowed_networks=LOOPBACK)
        for number in range(5):
            assert await book(relay, far.url, f"k{number}") == 201
        assert (far.connections, far.requests) == (1, 5)
        await relay.aclose()


async def test_connections_of_timed_out_requests_are_free_again(clock: Clock) -> None:
    async with run_platform_process() as far:
        relay = make_relay(
            clock, connections_per_host=2, timeout_seconds=2.0, breaker_failures=99, allowed_networks=LOOPBACK
        )
        far.gate.clear()
        for _ in range(2):  # as often as there are connections: one that is lost each time leaves none
            outcomes = await asyncio.gather(*(failure_of(relay, far.url) for _ in range(4)))
            assert all(isinstance(one, WebhookTimeout) for one in outcomes)
        far.gate.set()
        assert await asyncio.gather(*(book(relay, far.url, f"k{n}") for n in range(8))) == [201] * 8
        await relay.aclose()


async def test_a_request_that_waited_in_vain_for_a_connection_was_not_sent(clock: Clock) -> None:
    platform, release = FakePlatform(SECRET, clock), asyncio.Event()

    async def hang_on() -> httpx.Response:
        try:
            return await hang()
        finally:
            await release.wait()  # the connection is not free before the others have given up

    platform.before.extend([hang_on] * 2)
    relay = make_relay(clock, platform, connections_per_host=2, timeout_seconds=0.1)
    asked = [asyncio.create_task(failure_of(relay)) for _ in range(4)]
    for first in itertools.islice(asyncio.as_completed(asked), 2):
        assert not getattr(await first, "in_doubt", True)
    release.set()
    in_doubt = [one.in_doubt for one in await asyncio.gather(*asked) if isinstance(one, WebhookTimeout)]
    assert sorted(in_doubt) == [False, False, True, True]
    assert len(platform.requests) == 2


async def test_a_private_platform_is_refused_when_it_is_connected_to(clock: Clock) -> None:
    async with run_platform_process() as far:
        relay = make_relay(clock)
        for _ in range(8):
            error = await failure_of(relay, far.url)
            assert isinstance(error, WebhookUnreachable)
            assert (error.code, error.in_doubt) == ("webhook_unreachable", False)
            assert "CHAIRSIDE_RELAY_ALLOWED_NETWORKS" in error.message  # never that the circuit is open
            assert "127.0.0.1" not in error.message
        assert far.connections == 0
        await relay.aclose()


@pytest.mark.parametrize("trouble", [down, cut, late, answers(500), answers(503, {"error": "later"})])
async def test_repeated_failures_open_the_circuit_of_that_host_alone(clock: Clock, trouble: Trouble) -> None:
    platform = FakePlatform(SECRET, clock)
    relay = make_relay(clock, platform, breaker_failures=3)
    platform.before.extend([trouble] * 3)
    for _ in range(3):
        await failure_of(relay)
    error = await failure_of(relay)
    assert isinstance(error, WebhookUnreachable)
    assert "left alone" in error.message
    assert not error.in_doubt
    assert len(platform.requests) == 3
    assert await book(relay, OTHER) == 201


async def test_the_log_says_when_a_circuit_opens_and_closes(clock: Clock) -> None:
    platform, seconds = FakePlatform(SECRET, clock), MovableSeconds()
    relay = make_relay(clock, platform, seconds=seconds, breaker_failures=2, breaker_seconds=15)
    platform.before.extend([down] * 3)
    with capture_logs() as lines:
        for _ in range(4):
            await failure_of(relay)
        seconds.now += 15
        await failure_of(relay)
        seconds.now += 15
        for key in ("k1", "k2"):
            assert await book(relay, BROKEN, key) == 201
    told = {"host": "platform.example", "port": None}
    assert lines == [
        {"event": "booking platform fails, circuit open", "log_level": "warning", **told},
        {"event": "booking platform answers again, circuit closed", "log_level": "info", **told},
    ]


@pytest.mark.parametrize(
    "answer",
    [
        answers(404, {"error": {"code": "account_not_found", "message": ""}}),
        answers(409, {"error": {"code": "slot_unavailable", "message": ""}}),
        answers(401, {}),
        answers(429, {}),
        answers(501),
        answers(200, content=b"<html>"),
        answers(200, content=b" " * 1_048_577),
        answers(302),
    ],
)
async def test_answers_that_are_no_host_failures_open_no_circuit(clock: Clock, answer: Trouble) -> None:
    platform = FakePlatform(SECRET, clock)
    relay = make_relay(clock, platform, breaker_failures=2)
    platform.before.extend([answer] * 6)
    for _ in range(6):
        with contextlib.suppress(PracticeError):
            await book(relay, BROKEN)
    assert len(platform.requests) == 6
    assert await book(relay, BROKEN) == 201


async def test_a_half_open_circuit_lets_one_of_many_requests_through(clock: Clock) -> None:
    platform, seconds = FakePlatform(SECRET, clock), MovableSeconds()
    relay = make_relay(clock, platform, seconds=seconds, breaker_failures=2, breaker_seconds=15)
    platform.before.extend([down] * 2)
    for _ in range(2):
        await failure_of(relay)
    seconds.now += 15
    platform.gate.clear()
    asked = [asyncio.create_task(book(relay, BROKEN, f"k{number}")) for number in range(20)]
    for first in itertools.islice(asyncio.as_completed(asked), 19):
        with pytest.raises(WebhookUnreachable):
            await first
    assert len(platform.requests) == 3
    platform.gate.set()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [one for one in outcomes if one == 201] == [201]
    assert sum(isinstance(one, WebhookUnreachable) for one in outcomes) == 19
    assert await book(relay, BROKEN, "k99") == 201


async def test_a_cancelled_probe_makes_room_for_the_next(clock: Clock) -> None:
    platform, seconds = FakePlatform(SECRET, clock), MovableSeconds()
    relay = make_relay(clock, platform, seconds=seconds, breaker_failures=1)
    platform.before.append(down)
    await failure_of(relay)
    seconds.now += 15
    platform.before.append(hang)
    platform.arrived.clear()
    probe = asyncio.create_task(book(relay, BROKEN))
    await platform.arrived.wait()
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert await book(relay, BROKEN) == 201


async def test_requests_waiting_for_a_connection_fail_at_once_when_the_circuit_opens(clock: Clock) -> None:
    platform = FakePlatform(SECRET, clock)
    platform.before.extend([slow(0, down)] * 10)  # slow enough for the others to line up
    relay = make_relay(clock, platform, connections_per_host=1, breaker_failures=2)
    outcomes = await asyncio.gather(*(failure_of(relay) for _ in range(10)))
    assert len(platform.requests) == 2
    assert sum("left alone" in one.message for one in outcomes) == 8


class Pool(httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True


def make_hosts(seconds: MovableSeconds, **rules: Any) -> tuple[ConnectionPools, list[Pool]]:
    pools: list[Pool] = []

    def make() -> Pool:
        pools.append(Pool())
        return pools[-1]

    return ConnectionPools(RelaySettings(**rules), seconds, make), pools


async def use(hosts: ConnectionPools, name: str) -> None:
    deadline = asyncio.get_running_loop().time() + 5
    async with hosts.acquire(("https", name, None), deadline):
        pass


async def test_thousands_of_hosts_do_not_pile_up() -> None:
    hosts, pools = make_hosts(MovableSeconds(), hosts=10)
    deadline = asyncio.get_running_loop().time() + 5
    async with hosts.acquire(("https", "busy", None), deadline):
        for number in range(2000):
            await use(hosts, f"h{number}")
        assert len(hosts) <= 10
        assert [pool.closed for pool in pools[1:-10]] == [True] * 1990
        assert not pools[0].closed  # It is still at work.
    await hosts.aclose()
    assert all(pool.closed for pool in pools)


async def test_connections_to_an_idle_host_are_closed() -> None:
    seconds = MovableSeconds()
    hosts, pools = make_hosts(seconds, host_idle_seconds=60)
    await use(hosts, "a")
    seconds.now += 59
    await use(hosts, "b")
    assert not pools[0].closed
    seconds.now += 1
    await use(hosts, "b")
    assert (pools[0].closed, pools[1].closed, len(hosts)) == (True, False, 1)
    await use(hosts, "a")
    assert len(pools) == 3


async def test_the_host_unused_for_longest_makes_room() -> None:
    hosts, pools = make_hosts(MovableSeconds(), hosts=2)
    for name in ("a", "b", "a", "c"):
        await use(hosts, name)
    assert [pool.closed for pool in pools] == [False, True, False]


async def test_an_open_circuit_refuses_before_waiting_for_a_connection() -> None:
    hosts, _ = make_hosts(MovableSeconds(), breaker_failures=1, connections_per_host=1)
    deadline = asyncio.get_running_loop().time() + 5
    async with hosts.acquire(("https", "a", None), deadline) as host:
        admission = host.breaker.admit()
        assert admission is not None
        host.breaker.report(admission, "failure")
        with pytest.raises(CircuitOpen):
            await use(hosts, "a")


async def test_an_answer_without_end_is_cut_off_at_the_cap(clock: Clock) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 65536)
            await writer.drain()

    async with serving(endless) as port:
        relay = make_relay(clock, allowed_networks=LOOPBACK)
        error = await failure_of(relay, f"http://127.0.0.1:{port}")
        await relay.aclose()
    assert isinstance(error, WebhookFailed)
    assert error.in_doubt
    assert "too large" in error.message


BEGINNINGS = [
    b"",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX-Slow: ",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
]


@pytest.mark.parametrize("said", BEGINNINGS)
async def test_an_answer_that_stalls_anywhere_is_given_up_in_time(clock: Clock, said: bytes) -> None:
    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await asyncio.Event().wait()

    async with serving(stall) as port:
        relay = make_relay(clock, timeout_seconds=0.1, allowed_networks=LOOPBACK)
        error = await failure_of(relay, f"http://127.0.0.1:{port}")
        await relay.aclose()
    assert isinstance(error, WebhookTimeout)
    assert error.in_doubt


@pytest.mark.parametrize("said", [*BEGINNINGS, b"nonsense\r\n\r\n"])
async def test_an_answer_that_is_cut_off_anywhere_is_in_doubt(clock: Clock, said: bytes) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)

    async with serving(hang_up) as port:
        relay = make_relay(clock, allowed_networks=LOOPBACK)
        error = await failure_of(relay, f"http://127.0.0.1:{port}")
        await relay.aclose()
    assert isinstance(error, WebhookUnreachable)
    assert error.in_doubt
