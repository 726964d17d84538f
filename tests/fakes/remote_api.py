"""A remote API on a real socket, that repeats what it was asked, and its token endpoint."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from tests.fakes.http_server import serve_http


@dataclass
class RemoteApi:
    """The API; below ``/v1`` it answers, everything else is out of bounds.

    Attributes:
        address: ``127.0.0.1:port``.
        asked: Method, path with query, headers and body of each request to the API.
        outside: Paths that were asked for above its base URL.
        token_requests: Forms that the token endpoint was sent, with their Authorization header.
        tokens: What the token endpoint gives, in order; the last one goes on.
        refused: Tokens that the API takes no more.
    """

    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    token_requests: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[Any] = field(default_factory=lambda: ["first-token-of-the-api"])
    refused: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://{self.address}/v1"

    @property
    def oauth(self) -> dict[str, str]:
        return {
            "token_url": f"http://{self.address}/token",
            "client_id": "the-client",
            "client_secret": "the-client-secret",
        }

    def application(self) -> FastAPI:
        """Make the application."""
        app = FastAPI(openapi_url=None)

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = {name: str(value) for name, value in (await request.form()).items()}
            self.token_requests.append({"form": form, "by": request.headers.get("authorization")})
            given = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
            if isinstance(given, Response):
                return given
            body = given if isinstance(given, dict) else {"access_token": given, "expires_in": 3600}
            return JSONResponse(body)

        @app.api_route("/v1/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        async def answer(request: Request, path: str) -> Response:
            return await self._answer(request, path)

        @app.api_route("/{path:path}", methods=["GET", "POST"])
        async def beyond(path: str) -> Response:
            self.outside.append(path)
            return JSONResponse({"secret": "of the inside"})

        return app

    async def _answer(self, request: Request, path: str) -> Response:
        self.asked.append(
            {
                "method": request.method,
                "path": request.scope["raw_path"].decode() + f"?{request.url.query}".rstrip("?"),
                "headers": dict(request.headers),
                "body": (await request.body()).decode(),
            }
        )
        if request.headers.get("authorization", "").removeprefix("Bearer ") in self.refused:
            return JSONResponse({"error": "expired"}, 401)
        if path == "slow":
            for _ in range(80):  # longer than anybody waits, and no longer than somebody does
                if await request.is_disconnected():
                    break
                await asyncio.sleep(0.25)
        return self._special(request, path) or JSONResponse(
            {"headers": dict(request.headers), "query": dict(request.query_params)}
        )

    def _special(self, request: Request, path: str) -> Response | None:
        """Answer what some paths ask for."""
        kind, _, size = path.partition("/")
        key = request.headers.get("x-key", "")
        hidden = "".join(f"\\u{ord(letter):04x}" for letter in key)
        parted = "\\u0000".join(key)
        answers: dict[str, Callable[[], Response]] = {
            "away": lambda: RedirectResponse(f"http://{self.address}/inside"),
            "bytes": lambda: Response("x" * int(size), media_type="text/plain"),
            # The credential stands across the place where the answer is cut.
            "cut": lambda: Response("x" * int(size) + key),
            "no-text": lambda: Response(
                f'{{"half": "a\\ud83db", "nul\\u0000": "{parted}"}}',
                media_type="application/json",
            ),
            "escaped": lambda: Response(
                f'{{"key": "{hidden}", "{hidden}": 1}}', media_type="application/json"
            ),
            "drip": lambda: StreamingResponse(_dripping()),
            "packed": lambda: Response(b"\x1f\x8b packed", headers={"Content-Encoding": "gzip"}),
        }
        return answers[kind]() if kind in answers else None


async def _dripping() -> AsyncIterator[bytes]:
    """Send a little, so often that no single wait is long."""
    for _ in range(20):
        yield b"."
        await asyncio.sleep(0.25)


@contextlib.asynccontextmanager
async def remote_api() -> AsyncIterator[RemoteApi]:
    """Run the API for as long as the block lasts."""
    api = RemoteApi()
    async with serve_http(api.application()) as server:
        api.address = server.address
        yield api


def as_text(value: Any) -> str:
    """Write an answer as text, to look for what must not be in it."""
    return json.dumps(value, ensure_ascii=False)
