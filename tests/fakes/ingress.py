"""What stands before servers in the field: an address that stays while the servers behind it come and go."""

import asyncio
import contextlib
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

_PATIENCE_SECONDS = 14.0
"""Longer than that no carrier waits."""
_AGAIN_SECONDS = 0.05
_A_CALL_BYTES = 20_000
"""More than that goes through a connection only where it carries a call."""


@dataclass(eq=False)
class _Passage:
    """One connection on its way through."""

    line: int
    upstream: int
    outer: asyncio.StreamWriter
    inner: asyncio.StreamWriter
    pumps: list[asyncio.Task[None]] = field(default_factory=list)
    passed_bytes: int = 0

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes from one side to the other."""
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                self.passed_bytes += len(data)
                writer.write(data)
                await writer.drain()
        writer.close()

    def cut(self, *, half: bool) -> None:
        """Break it off; half, and the server does not learn of it."""
        for pump in self.pumps:
            pump.cancel()
        self.outer.transport.abort()
        if not half:
            self.inner.transport.abort()


class Ingress:
    """Passes connections on to the servers that are up, in turn, and holds them a while when none is."""

    def __init__(self, *upstreams: int) -> None:
        self.upstreams = list(upstreams)
        """Ports of the servers that new connections go to."""
        self.port = 0
        self.passed = 0
        self._next = itertools.count()
        self._passages: dict[int, set[_Passage]] = defaultdict(set)
        self._ghosts: list[_Passage] = []
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Ingress"]:
        """Listen for as long as the block lasts."""
        try:
            async with self.line() as self.port:
                yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.bury()

    @contextlib.asynccontextmanager
    async def line(self) -> AsyncIterator[int]:
        """Listen at one more port, whose connections can be told from others'."""
        port = 0

        def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._pass(port, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        server = await asyncio.start_server(passed, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            yield port
        finally:
            server.close()

    def carrying(self) -> set[int]:
        """Give the servers through whose connections calls go."""
        every = (one for passages in self._passages.values() for one in passages)
        return {one.upstream for one in every if one.passed_bytes > _A_CALL_BYTES}

    def cut(self, line: int, *, half: bool = False) -> None:
        """Break off the connections of a port.

        Args:
            half: Their servers are not told.
        """
        self._cut([one for one in self._passages[line] if one.line == line], half=half)

    def lose(self, upstream: int) -> None:
        """Cut a server off from everybody; it lives on, and does not learn of it."""
        self.upstreams.remove(upstream)
        every = [one for passages in self._passages.values() for one in passages]
        self._cut([one for one in every if one.upstream == upstream], half=True)

    def bury(self) -> None:
        """Let servers learn that the connections that were half cut are gone."""
        for ghost in self._ghosts:
            ghost.inner.transport.abort()
        self._ghosts.clear()

    def _cut(self, passages: list[_Passage], *, half: bool) -> None:
        for one in passages:
            one.cut(half=half)
            if half:
                self._ghosts.append(one)

    async def _pass(self, line: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.passed += 1
        try:
            upstream, up_reader, up_writer = await self._connect()
        except (OSError, TimeoutError, asyncio.CancelledError):
            writer.transport.abort()
            return
        passage = _Passage(line, upstream, writer, up_writer)
        passage.pumps = [
            asyncio.create_task(passage.pump(reader, up_writer)),
            asyncio.create_task(passage.pump(up_reader, writer)),
        ]
        self._passages[line].add(passage)
        try:
            await asyncio.gather(*passage.pumps, return_exceptions=True)
        except asyncio.CancelledError:
            passage.cut(half=False)
        finally:
            self._passages[line].discard(passage)

    async def _connect(self) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                first = next(self._next)
                for number in range(len(self.upstreams)):
                    upstream = self.upstreams[(first + number) % len(self.upstreams)]
                    try:
                        return upstream, *await asyncio.open_connection("127.0.0.1", upstream)
                    except OSError:
                        continue
                await asyncio.sleep(_AGAIN_SECONDS)
