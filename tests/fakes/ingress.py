"""What stands before a server in the field: an address that stays while the server behind it restarts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

_PATIENCE_SECONDS = 14.0
"""Longer than that no carrier waits."""


class Ingress:
    """Passes connections on to whichever server is up, and holds them a while when none is."""

    def __init__(self) -> None:
        self.upstream_port = 0
        self.port = 0
        self.passed = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Ingress"]:
        """Listen for as long as the block lasts."""
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.passed += 1
        try:
            up_reader, up_writer = await self._connect()
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(reader, up_writer))
                group.create_task(_pump(up_reader, writer))
        except (OSError, TimeoutError):
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                try:
                    return await asyncio.open_connection("127.0.0.1", self.upstream_port)
                except OSError:
                    await asyncio.sleep(0.1)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
