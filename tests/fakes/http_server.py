"""An application served on a port of this machine for as long as a block lasts."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn


class HttpServer(uvicorn.Server):
    """Tells by an event that it listens, which uvicorn tells by a flag alone.

    Attributes:
        port: Where it listens.
        ended: Done when it has stopped.
    """

    def __init__(self, app: Any, port: int, **options: Any) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._listens = asyncio.Event()
        options = {"log_config": None, "access_log": False, "lifespan": "off", **options}
        super().__init__(uvicorn.Config(app, **options))
        self.ended = asyncio.ensure_future(self.serve(sockets=[self._listener]))

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._listens.set()

    async def until_it_listens(self) -> None:
        """Wait until requests are answered."""
        listens = asyncio.ensure_future(self._listens.wait())
        await asyncio.wait({listens, self.ended}, return_when=asyncio.FIRST_COMPLETED)
        if not listens.done():
            listens.cancel()
            self.ended.result()
            raise AssertionError("the application did not start")

    async def stop(self) -> None:
        """End in order."""
        self.should_exit = True
        await self.ended
        self._listener.close()


@contextlib.asynccontextmanager
async def serve_http(app: Any, port: int = 0, **options: Any) -> AsyncIterator[HttpServer]:
    """Serve an application whose lifespan, if it has one, runs already.

    Args:
        app: The ASGI application.
        port: TCP port; 0 takes a free one.
        **options: Of `uvicorn.Config`.
    """
    server = HttpServer(app, port, **options)
    try:
        await server.until_it_listens()
        yield server
    finally:
        await server.stop()
