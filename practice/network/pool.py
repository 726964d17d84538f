"""Connections to servers, kept for the next request: HTTP/1.1 as h11 reads and writes it.

httpcore's pool serves every protocol, event loop and proxy there is; what it does for a request beside h11
costs more than h11. Here is what is left: take a connection or make one, send, read, keep it.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping

import h11
import httpcore
import httpx

KEEP_ALIVE_SECONDS = 4.0
"""How long an idle connection is kept: a little less than the five seconds that Node and uvicorn keep it,
so that no request is sent into one that the other side is just closing."""
READ_BYTES = 65_536
WRITE_BYTES = 65_536
LONGEST_HEAD_BYTES = 102_400
"""Of an answer's headers."""
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host, port."""
Seconds = Mapping[str, float | None]
"""httpx's time limits: ``pool``, ``connect``, ``write``, ``read``."""

_ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (h11.LocalProtocolError, httpx.LocalProtocolError),
    (h11.RemoteProtocolError, httpx.RemoteProtocolError),
)


class _Connection:
    """One connection and how far its present exchange has come."""

    def __init__(self, origin: Origin, stream: httpcore.AsyncNetworkStream) -> None:
        self.origin = origin
        self.left_at = 0.0
        self._stream = stream
        self._exchange = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD_BYTES)
        self._is_cut = False

    @property
    def is_fit(self) -> bool:
        """Whether the other side has neither closed it nor said what nobody asked for."""
        return not self._stream.get_extra_info("is_readable")

    async def send(self, request: httpx.Request, seconds: Seconds) -> None:
        """Write a request, a small one at one go."""
        assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101 - as asynchronous clients give it
        head = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
        unsent = bytearray(self._exchange.send(head) or b"")
        limit = seconds.get("write")
        try:
            async for part in request.stream:
                unsent += self._exchange.send(h11.Data(data=part)) or b""
                if len(unsent) >= WRITE_BYTES:
                    await self._stream.write(bytes(unsent), limit)
                    unsent.clear()
            unsent += self._exchange.send(h11.EndOfMessage()) or b""
            await self._stream.write(bytes(unsent), limit)
        except httpcore.WriteError:
            # It may have answered before it had heard everything, for example that it is too much.
            self._is_cut = True

    async def head(self, seconds: Seconds) -> h11.Response:
        """Read the beginning of the answer."""
        while True:
            event = await self._event(seconds.get("read"))
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("the server sent no answer")

    async def part(self, seconds: Seconds) -> bytes | None:
        """Read some of the rest; None at its end."""
        event = await self._event(seconds.get("read"))
        return bytes(event.data) if isinstance(event, h11.Data) else None

    async def _event(self, limit: float | None) -> object:
        while (event := self._exchange.next_event()) is h11.NEED_DATA:
            data = await self._stream.read(READ_BYTES, limit)
            if not data and self._exchange.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("the server closed the connection without an answer")
            self._exchange.receive_data(data)
        return event

    def renew(self) -> bool:
        """Make it ready for the next exchange; False when it is of no more use."""
        states = {self._exchange.our_state, self._exchange.their_state}
        # What came after the answer would be taken for the next one's.
        if self._is_cut or states != {h11.DONE} or self._exchange.trailing_data[0]:
            return False
        self._exchange.start_next_cycle()
        return True

    async def aclose(self) -> None:
        """Close."""
        await self._stream.aclose()


class Pool:
    """Connections to any servers.

    Args:
        backend: Makes connections.
        tls: Secures those that are to be.
        most: At most this many at once; who finds none free waits for one.
    """

    def __init__(self, backend: httpcore.AsyncNetworkBackend, tls: ssl.SSLContext, most: int) -> None:
        self._backend = backend
        self._tls = tls
        self._most = most
        self._room = asyncio.Semaphore(most)
        self._busy: set[_Connection] = set()
        self._idle: list[_Connection] = []  # in the order in which they became so

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Args:
            request: The request; its extension ``timeout`` has httpx's time limits.

        Returns:
            The answer, its body still unread. To close it is to give its connection back.

        Raises:
            httpx.TransportError: It was not answered.
        """
        seconds: Seconds = request.extensions.get("timeout", {})
        await self._enter(seconds.get("pool"))
        connection: _Connection | None = None
        try:
            with as_httpx():
                connection = await self._connection(request.url, seconds)
                await connection.send(request, seconds)
                head = await connection.head(seconds)
        except BaseException:
            await self._leave(connection)
            raise
        extensions = {"http_version": b"HTTP/" + head.http_version, "reason_phrase": bytes(head.reason)}
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(self, connection, seconds),
            extensions=extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        connections = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        for connection in connections:
            await connection.aclose()

    async def _enter(self, limit: float | None) -> None:
        if not self._room.locked():
            await self._room.acquire()  # at once
            return
        try:
            async with asyncio.timeout(limit):
                await self._room.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("no connection became free in time") from error

    async def _connection(self, url: httpx.URL, seconds: Seconds) -> _Connection:
        """Take an idle connection, the one used last, or make one."""
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol("the URL must begin with http:// or https://")
        host = url.raw_host.decode("ascii")
        origin = (url.scheme, host, url.port or _PORTS[url.scheme])
        expired = time.monotonic() - KEEP_ALIVE_SECONDS
        while self._idle and self._idle[0].left_at < expired:
            await self._idle.pop(0).aclose()
        for connection in reversed(self._idle):
            if connection.origin == origin:
                self._idle.remove(connection)
                if connection.is_fit:
                    self._busy.add(connection)
                    return connection
                await connection.aclose()
        limit = seconds.get("connect")
        stream = await self._backend.connect_tcp(host, origin[2], limit)
        if url.scheme == "https":
            stream = await stream.start_tls(self._tls, host, limit)
        connection = _Connection(origin, stream)
        self._busy.add(connection)
        return connection

    async def _leave(self, connection: _Connection | None) -> None:
        """Keep a connection for others, if it is still good for anything."""
        self._room.release()
        if connection is None:
            return
        if connection not in self._busy or not connection.renew():
            self._busy.discard(connection)
            await connection.aclose()
            return
        self._busy.remove(connection)
        connection.left_at = time.monotonic()
        self._idle.append(connection)
        if len(self._idle) + len(self._busy) > self._most:
            await self._idle.pop(0).aclose()


class _Body(httpx.AsyncByteStream):
    """An answer's body."""

    def __init__(self, pool: Pool, connection: _Connection, seconds: Seconds) -> None:
        self._pool = pool
        self._connection: _Connection | None = connection
        self._seconds = seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._connection is None:
            raise httpx.StreamClosed
        with as_httpx():
            while (part := await self._connection.part(self._seconds)) is not None:
                yield part

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await self._pool._leave(connection)  # noqa: SLF001 - its own


@contextlib.contextmanager
def as_httpx() -> Iterator[None]:
    """Turn the errors of what lies below into httpx's."""
    try:
        yield
    except tuple(ours for ours, _ in _ERRORS) as error:
        kind = next(theirs for ours, theirs in _ERRORS if isinstance(error, ours))
        raise kind(str(error)) from error
