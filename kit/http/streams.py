"""Connections of asyncio's own under httpcore.

httpcore brings some for anyio, whose every read and write passes through the event loop more often than it
has to, inside a cancel scope.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Any, Self

import httpcore

MOST_UNREAD_BYTES = 262_144
"""Received bytes that nobody has read yet, beyond which the other side has to wait."""


class _Line(asyncio.Protocol):
    """What arrives, until someone reads it."""

    def __init__(self) -> None:
        self.unread = bytearray()
        self.ended = False
        self.transport: asyncio.Transport | None = None
        self._failure: Exception | None = None
        self._news = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment] # a stream's

    def data_received(self, data: bytes) -> None:
        self.unread += data
        self._news.set()
        if len(self.unread) > MOST_UNREAD_BYTES and self.transport is not None:
            self.transport.pause_reading()

    def eof_received(self) -> None:
        self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc)

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    async def read(self, max_bytes: int) -> bytes:
        """Give what has arrived, or wait for it; nothing when there will be no more."""
        while not self.unread and not self.ended:
            self._news.clear()
            await self._news.wait()
        if not self.unread and self._failure is not None:
            raise self._failure
        data = bytes(self.unread[:max_bytes])
        del self.unread[:max_bytes]
        if self.transport is not None and len(self.unread) <= MOST_UNREAD_BYTES:
            self.transport.resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Send; waits while the other side takes nothing."""
        if self.ended or self.transport is None:
            raise self._failure or ConnectionResetError("the connection is closed")
        self.transport.write(data)
        await self._may_write.wait()

    def _end(self, failure: Exception | None) -> None:
        self.ended = True
        self._failure = self._failure or failure
        self._news.set()
        self._may_write.set()


class Stream(httpcore.AsyncNetworkStream):
    """A connection, as httpcore wants it."""

    def __init__(self, line: _Line, transport: asyncio.Transport) -> None:
        self._line = line
        self._transport = transport

    @classmethod
    async def connect(
        cls,
        address: str,
        port: int,
        seconds: float | None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Self:
        """Connect to an address.

        Args:
            address: An IP address: nothing is resolved here.
            seconds: How long it may take; None is as long as it takes.
            socket_options: For ``setsockopt``.

        Raises:
            httpcore.ConnectError: Nobody answers.
            httpcore.ConnectTimeout: It took too long.
        """
        local = (local_address, 0) if local_address is not None else None
        loop = asyncio.get_running_loop()
        async with _limited(seconds, httpcore.ConnectTimeout, httpcore.ConnectError):
            transport, line = await loop.create_connection(_Line, address, port, local_addr=local)
        for option in socket_options or ():
            transport.get_extra_info("socket").setsockopt(*option)
        return cls(line, transport)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's
        """Read what comes, at most so much; nothing when the other side has closed."""
        async with _limited(timeout, httpcore.ReadTimeout, httpcore.ReadError):
            return await self._line.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's
        """Write everything."""
        if buffer:
            async with _limited(timeout, httpcore.WriteTimeout, httpcore.WriteError):
                await self._line.write(buffer)

    async def aclose(self) -> None:
        """Close, without waiting for the other side to agree."""
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """Put TLS on top."""
        loop = asyncio.get_running_loop()
        try:
            async with _limited(timeout, httpcore.ConnectTimeout, httpcore.ConnectError):
                secured = await loop.start_tls(
                    self._transport, self._line, ssl_context, server_hostname=server_hostname
                )
        except BaseException:
            self._transport.abort()
            raise
        if secured is None:
            raise httpcore.ConnectError("the connection was lost while it was being secured")
        self._transport = self._line.transport = secured
        return self

    def get_extra_info(self, info: str) -> Any:
        """Tell what httpcore asks of a connection."""
        if info == "is_readable":
            # It asks this of an idle connection: whether that is of no use any more.
            return self._line.ended or bool(self._line.unread)
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return self._transport.get_extra_info(names.get(info, info))


@contextlib.asynccontextmanager
async def _limited(
    seconds: float | None, late: type[Exception], failed: type[Exception]
) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:  # as are those of TLS
        raise failed(str(error)) from error
