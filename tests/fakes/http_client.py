"""An HTTP/1.1 client of a few lines: quick enough to measure with, and it sees a cut connection as one."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

_HEAD_END = b"\r\n\r\n"


class ConnectionCut(Exception):
    """No whole answer came."""


@dataclass(frozen=True, slots=True)
class RawResponse:
    """What came back.

    Attributes:
        status: HTTP status code.
        headers: By lower-case name.
        content: The body.
    """

    status: int
    headers: dict[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
IDLE_SECONDS = 3.0
"""How long a kept connection is good for; uvicorn closes it after five."""


class RawHttpClient:
    """Connections to one address, kept open for the next request.

    Args:
        port: TCP port on this machine.
        keep: Keep connections; otherwise each request opens one.
    """

    def __init__(self, port: int, *, keep: bool = True) -> None:
        self._port = port
        self._keep = keep
        self._idle: list[tuple[float, Connection]] = []

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> RawResponse:
        """Send a request, once.

        Raises:
            ConnectionCut: No whole answer came; whether the request was read is not known.
        """
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        request = "\r\n".join(lines).encode() + _HEAD_END + body
        try:
            connection = await self._connection()
            try:
                connection[1].write(request)
                answer = await _read(connection[0])
            except BaseException:
                connection[1].close()
                raise
        except (OSError, EOFError, ValueError) as error:
            raise ConnectionCut(str(error)) from error
        if self._keep and answer.headers.get("connection") != "close":
            self._idle.append((time.monotonic(), connection))
        else:
            connection[1].close()
        return answer

    def close(self) -> None:
        """Close what is open."""
        for _, connection in self._idle:
            connection[1].close()
        self._idle.clear()

    async def _connection(self) -> Connection:
        while self._idle:
            since, connection = self._idle.pop()
            if time.monotonic() - since < IDLE_SECONDS and not connection[0].at_eof():
                return connection
            connection[1].close()
        return await asyncio.open_connection("127.0.0.1", self._port)


async def _read(reader: asyncio.StreamReader) -> RawResponse:
    head = (await reader.readuntil(_HEAD_END)).decode("latin-1")
    first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    content = await reader.readexactly(int(headers["content-length"]))
    return RawResponse(int(first.split(" ")[1]), headers, content)
