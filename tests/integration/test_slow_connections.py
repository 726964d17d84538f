"""Who sends half a request, or none, is waited for until a bound, and no longer; others are served."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import connect

from cli.connections import Connections
from config.settings import AdmissionSettings, ServerSettings
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.http_server import HttpServer

HALF_HEAD = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Half: "
HALF_BODY = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"


class SweptServer(HttpServer):
    """A server that looks at its connections as the product's does."""

    def __init__(self, app: Any, connections: Connections) -> None:
        super().__init__(app, 0)
        self.connections = connections
        self.ended_connections = 0

    async def on_tick(self, counter: int) -> bool:
        """Sweep."""
        now = asyncio.get_running_loop().time()
        self.ended_connections += self.connections.sweep(self.server_state.connections, now)
        return await super().on_tick(counter)


@contextlib.asynccontextmanager
async def serving(
    folder: Path, template: Path, **server: Any
) -> AsyncIterator[tuple[AppUnderTest, SweptServer]]:
    settings = ServerSettings(**server)
    rules = AdmissionSettings(sockets_waiting=3)
    async with run_app(folder, template, server=settings, admission=rules) as app:
        swept = SweptServer(app.asgi, Connections(settings))
        await swept.until_it_listens()
        try:
            yield app, swept
        finally:
            await swept.stop()


class Line:
    """A connection on which something was sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ended(self) -> bytes:
        """Wait until the server ends it; gives what it said."""
        said = b""
        async with asyncio.timeout(60):
            with contextlib.suppress(ConnectionError):
                said = await self.reader.read()
        self.writer.close()
        return said


@contextlib.asynccontextmanager
async def line(server: SweptServer, sent: bytes) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(sent)
        await writer.drain()
        yield Line(reader, writer)
    finally:
        writer.close()


async def test_half_a_request_is_waited_for_until_a_bound(tmp_path: Path, sqlite_template: Path) -> None:
    async with (
        serving(tmp_path, sqlite_template, read_seconds=1.0) as (app, server),
        contextlib.AsyncExitStack() as stack,
    ):
        silent = [await stack.enter_async_context(line(server, sent)) for sent in (b"", HALF_HEAD, HALF_HEAD)]
        half = await stack.enter_async_context(line(server, HALF_BODY))
        assert [await one.ended() for one in silent] == [b"", b"", b""]
        assert b" 408 " in (await half.ended()).split(b"\r\n")[0]
        assert (await app.client.get("/health/live")).status_code == 200


async def test_of_too_many_connections_those_without_a_request_go(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with (
        serving(tmp_path, sqlite_template, connections=5, read_seconds=600.0) as (_, server),
        contextlib.AsyncExitStack() as stack,
    ):
        in_work = await stack.enter_async_context(line(server, HALF_BODY))
        silent = [await stack.enter_async_context(line(server, HALF_HEAD)) for _ in range(8)]
        reading = {asyncio.ensure_future(one.ended()) for one in silent}
        while len(reading) > 4:
            _, reading = await asyncio.wait(reading, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        assert server.ended_connections == 4
        assert not in_work.reader.at_eof()
        for one in reading:
            one.cancel()


async def test_media_sockets_that_say_nothing_are_bounded(tmp_path: Path, sqlite_template: Path) -> None:
    async with serving(tmp_path, sqlite_template) as (app, server):
        url = f"ws://{server.address}/twilio/media"
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(3):
                await stack.enter_async_context(connect(url))
            with pytest.raises(websockets.InvalidStatus):
                await stack.enter_async_context(connect(url))
        # A socket that is closed gives its place back.
        async for socket in connect(url):
            await socket.close()
            break
        assert app.services.admission.sockets_waiting <= 1
