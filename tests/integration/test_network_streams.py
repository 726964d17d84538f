"""The connections under the relay: everything arrives, and what is cut, late or of no use is known."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpcore
import pytest

from kit.http.streams import MOST_UNREAD_BYTES, Stream
from tests.fakes.relay import serving

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def connected(peer: Peer) -> AsyncIterator[Stream]:
    async with serving(peer, 0, None) as port:
        stream = await Stream.connect("127.0.0.1", port, 5)
        yield stream
        await stream.aclose()


async def test_more_than_is_kept_unread_arrives_whole_and_in_order() -> None:
    sent = bytes(range(256)) * (3 * MOST_UNREAD_BYTES // 256)

    async def peer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await writer.drain()
        writer.close()

    received = bytearray()
    async with connected(peer) as stream:
        await asyncio.sleep(0.05)  # let it pile up
        while data := await stream.read(10_000):
            assert len(data) <= 10_000
            received += data
    assert received == sent


async def test_more_than_the_other_side_takes_at_once_is_written_whole() -> None:
    sent, received = b"x" * 5_000_000, bytearray()
    done = asyncio.Event()

    async def peer(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        while len(received) < len(sent):
            received.extend(await reader.read(65_536))
        done.set()

    async with connected(peer) as stream:
        await stream.write(sent, 5)
        await done.wait()
    assert received == sent


async def test_a_silent_peer_is_a_time_out() -> None:
    async def peer(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with connected(peer) as stream:
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100, 0.02)


async def test_a_connection_that_was_closed_gives_nothing_and_takes_nothing_more() -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(4)
        writer.close()

    async with connected(peer) as stream:
        await stream.write(b"ping")
        assert await stream.read(100, 5) == b""
        assert stream.get_extra_info("is_readable")
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"more")


async def test_an_idle_connection_with_bytes_that_nobody_asked_for_is_of_no_use() -> None:
    go = asyncio.Event()

    async def peer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        writer.write(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
        await writer.drain()

    async with connected(peer) as stream:
        assert not stream.get_extra_info("is_readable")
        go.set()
        async with asyncio.timeout(20):
            while not stream.get_extra_info("is_readable"):  # noqa: ASYNC110 - as httpcore asks
                await asyncio.sleep(0.001)


async def test_nobody_there_is_an_error() -> None:
    async def peer(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None: ...

    async with serving(peer, 0, None) as port:
        pass
    with pytest.raises(httpcore.ConnectError):
        await Stream.connect("127.0.0.1", port, 5)
