"""A fake that is a transport of httpx, served on a real port."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from tests.fakes.http_server import serve_http

Message = MutableMapping[str, Any]


class TransportApp:
    """Serves a transport's answers by ASGI; what it raises cuts the connection."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        assert scope["type"] == "http"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = httpx.Headers(scope["headers"])
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        url = f"{scope['scheme']}://{headers['host']}{scope['raw_path'].decode()}{query}"
        answer = await self._transport.handle_async_request(
            httpx.Request(scope["method"], url, headers=headers, content=body)
        )
        raw = [(name.lower(), value) for name, value in answer.headers.raw]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": raw})
        await send({"type": "http.response.body", "body": await answer.aread()})


@contextlib.asynccontextmanager
async def serve_transport(transport: httpx.AsyncBaseTransport) -> AsyncIterator[str]:
    """Serve a transport on a free port; gives its base URL."""
    async with serve_http(TransportApp(transport), timeout_graceful_shutdown=1) as server:
        yield f"http://{server.address}"
