"""The pool of connections, on real sockets: what is kept, what is not, and what an answer may look like."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from practice.network.addresses import Networks
from practice.network.guard import GuardedTransport
from practice.network.pool import WRITE_BYTES
from tests.fakes.relay import serving

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
PATIENCE = 20.0


async def loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@dataclass
class Script:
    """A server that answers each request with the next of its answers, and the last one for ever."""

    answers: list[bytes] = field(default_factory=lambda: [OK])
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    gone: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
                body = await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                self.requests.append(head + body)
                writer.write(answer)
                await writer.drain()
                if not answer or b"Connection: close" in answer:
                    break
        except asyncio.IncompleteReadError:
            pass
        self.gone += 1
        writer.close()


@asynccontextmanager
async def scripted(*answers: bytes, most: int = 5) -> AsyncIterator[tuple[Script, GuardedTransport]]:
    script = Script(list(answers) or [OK])
    transport = GuardedTransport(Networks.parse("127.0.0.0/8"), loopback, connections=most, tls=no_tls)
    async with serving(script.serve, 0, None) as script.port:
        yield script, transport
        await transport.aclose()


def no_tls() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def ask(
    transport: GuardedTransport, port: int, content: bytes = b"", host: str = "a", **seconds: float
) -> httpx.Response:
    request = httpx.Request(
        "POST", f"http://{host}.example:{port}/x", content=content, extensions={"timeout": seconds}
    )
    response = await transport.handle_async_request(request)
    try:
        await response.aread()
    finally:
        await response.aclose()
    return response


async def turns_of_the_loop() -> None:
    """Let what was sent on this machine arrive."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_connection_is_kept_for_the_next_request_to_the_same_server() -> None:
    async with scripted() as (script, transport):
        for number in range(3):
            assert (await ask(transport, script.port, b"%d" % number)).content == b"ok"
        assert script.connections == 1
        assert [one.rpartition(b"\r\n\r\n")[2] for one in script.requests] == [b"0", b"1", b"2"]
        await ask(transport, script.port, host="b")
        assert script.connections == 2, "another name is another server"


async def test_at_most_so_many_connections_are_open_and_the_idlest_gives_way() -> None:
    async with scripted(most=1) as (script, transport):
        for host in ("a", "b", "c"):
            await ask(transport, script.port, host=host)
        async with asyncio.timeout(PATIENCE):
            while script.gone < 2:  # noqa: ASYNC110 - the server hears of it when it does
                await asyncio.sleep(0)
        await asyncio.gather(*(ask(transport, script.port, host="c") for _ in range(5)))
        assert script.connections == 3


async def test_who_finds_no_connection_free_in_time_is_told_so() -> None:
    async with scripted(most=1) as (script, transport):
        request = httpx.Request("GET", f"http://a.example:{script.port}/x")
        response = await transport.handle_async_request(request)
        with pytest.raises(httpx.PoolTimeout):
            await ask(transport, script.port, pool=0.01)
        await response.aclose()
        assert (await ask(transport, script.port, pool=PATIENCE)).status_code == 200


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nok",
    ],
    ids=["said", "old"],
)
async def test_a_connection_that_the_server_closes_is_not_used_again(first: bytes) -> None:
    async with scripted(first, OK) as (script, transport):
        assert (await ask(transport, script.port)).content == b"ok"
        assert (await ask(transport, script.port)).content == b"ok"
        assert script.connections == 2


async def test_what_comes_after_an_answer_is_nobodys_answer() -> None:
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    async with scripted(OK + forged, OK) as (script, transport):
        assert (await ask(transport, script.port)).content == b"ok"
        assert (await ask(transport, script.port)).content == b"ok"
        assert script.connections == 2


async def test_what_an_idle_connection_says_unasked_is_nobodys_answer() -> None:
    go = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await go.wait()
        writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        await reader.read()

    transport = GuardedTransport(Networks.parse("127.0.0.0/8"), loopback, tls=no_tls)
    async with serving(serve, 0, None) as port:
        assert (await ask(transport, port)).status_code == 200
        go.set()
        await turns_of_the_loop()
        assert (await ask(transport, port)).status_code == 200
        await transport.aclose()


async def test_a_server_may_answer_before_it_has_heard_everything() -> None:
    refused = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"

    async def content() -> AsyncIterator[bytes]:
        yield b"x" * WRITE_BYTES
        await turns_of_the_loop()
        for _ in range(3):
            yield b"x" * WRITE_BYTES

    async with scripted(refused) as (script, transport):
        request = httpx.Request("POST", f"http://a.example:{script.port}/x", content=content())
        response = await transport.handle_async_request(request)
        assert (response.status_code, await response.aread()) == (413, b"no")
        await response.aclose()


async def test_an_answer_that_is_not_read_to_its_end_leaves_no_rest_to_the_next() -> None:
    async with scripted(OK) as (script, transport):
        request = httpx.Request("GET", f"http://a.example:{script.port}/x")
        response = await transport.handle_async_request(request)
        await response.aclose()
        assert (await ask(transport, script.port)).content == b"ok"
        assert script.connections == 2


async def test_a_request_that_is_cancelled_takes_its_connection_along() -> None:
    async with scripted(most=1) as (script, transport):
        script.answers = [b"HTTP/1.1 100 Continue\r\n\r\n", OK]  # the answer itself never comes
        asking = asyncio.create_task(ask(transport, script.port))
        async with asyncio.timeout(PATIENCE):
            while not script.requests:  # noqa: ASYNC110 - the server hears of it when it does
                await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert (await ask(transport, script.port)).content == b"ok"
        assert script.connections == 2


async def test_an_answer_may_be_announced_and_come_in_pieces() -> None:
    chunked = (
        b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
        b"HTTP/1.1 201 Made It\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"
    )
    async with scripted(chunked) as (script, transport):
        response = await ask(transport, script.port)
        assert (response.status_code, response.content, response.headers["x-a"]) == (201, b"ok", "1")
        assert (response.http_version, response.reason_phrase) == ("HTTP/1.1", "Made It")
        await ask(transport, script.port)
        assert script.connections == 1


async def test_a_large_request_arrives_whole() -> None:
    content = bytes(range(256)) * 4096
    async with scripted() as (script, transport):
        await ask(transport, script.port, content)
        assert script.requests[0].endswith(b"\r\n\r\n" + content)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nok", httpx.RemoteProtocolError),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 100 Continue\r\n\r\n", httpx.ReadTimeout),
    ],
    ids=["none", "cut", "another protocol", "endless", "late"],
)
async def test_what_is_no_answer_is_an_error(answer: bytes, error: type[Exception]) -> None:
    async with scripted(answer) as (script, transport):
        with pytest.raises(error):
            await ask(transport, script.port, read=0.2 if error is httpx.ReadTimeout else PATIENCE)
        script.answers = [OK]
        assert (await ask(transport, script.port)).content == b"ok"


async def test_other_protocols_than_http_are_not_spoken() -> None:
    async with scripted() as (_, transport):
        with pytest.raises(httpx.UnsupportedProtocol):
            await transport.handle_async_request(httpx.Request("GET", "ftp://a.example/"))
