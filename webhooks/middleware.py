"""What every request passes on its way in: forwarded addresses, a request id, a bound on its body."""

import asyncio
import contextlib
import ipaddress
import re
import secrets
import time
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from config.logs import get_logger, log_context
from config.settings import ServerSettings
from webhooks.errors import interrupted, unexpected
from webhooks.http_errors import payload_too_large, request_timeout

MULTIPART_OVERHEAD_BYTES = 16_384
"""Room for boundaries, part headers and further fields around an uploaded file."""

ASSISTANT_PATHS = ("/site/", "/apis/admin/assistants", "/api/v2/", "/console/assistant/")
"""Where instructions come in, which may be long."""
UPLOAD_PATHS = ("/site/", "/console/assistant/")
"""Where files come in, at paths that end with ``/files``."""
SLASHED_PATHS = ("/apis/admin/", "/oauth/")
"""Where the vendor's own paths end with a slash."""
STRICT_TRANSPORT = "max-age=31536000"
"""RFC 6797: for a year browsers come by https alone."""
LEAST_BYTES_PER_SECOND = 16_384
"""How fast a body has to come, once its time to begin is over."""
POUR_SECONDS = 5.0
"""How long a body that is too large is still read, so that its sender hears of it."""

_REQUEST_ID = re.compile(r"[\w.\-]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9.\-_\[\]:]{1,255}")
_log = get_logger(__name__)


class TrustedProxies(ProxyHeadersMiddleware):
    """Takes client and scheme of trusted proxies' ``X-Forwarded-*`` as uvicorn does, and the host too.

    Twilio signs the address that it called, so ``X-Forwarded-Host`` counts as well, and of several schemes
    or hosts, one a proxy, the first; uvicorn leaves the one alone and takes no list of the other.

    Args:
        trusted: Addresses or networks, comma-separated; ``*`` for all.
    """

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        names = [name.strip() for name in trusted.split(",") if name.strip()]
        networks = [str(ipaddress.ip_network(name, strict=False)) for name in names if name != "*"]
        super().__init__(cast("Any", app), "*" if "*" in names else networks)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass the request on, as the outside sent it."""
        client = scope.get("client")
        if scope["type"] != "lifespan" and (client[0] if client else None) in self.trusted_hosts:
            given = MutableHeaders(raw=list(scope["headers"]))
            scheme, host = (
                given.get(f"x-forwarded-{name}", "").split(",")[0].strip() for name in ("proto", "host")
            )
            if scheme:
                given["x-forwarded-proto"] = scheme.lower()
            if _HOST.fullmatch(host):
                given["host"] = host
            scope = {**scope, "headers": given.raw}
        await super().__call__(scope, receive, send)


class _Middleware:
    """What a request passes on its way to an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app


class PathSegments(_Middleware):
    """Keeps a slash that is part of a path's segment, percent-encoded, from parting it in two.

    Servers decode a path before it is routed; ids of other systems may hold anything.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; such a slash stays encoded in its path."""
        raw: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and b"%2f" in raw.lower():
            segments = [unquote(one).replace("/", "%2F") for one in raw.decode("latin-1").split("/")]
            scope = {**scope, "path": "/".join(segments)}
        await self._app(scope, receive, send)


class TrailingSlashes(_Middleware):
    """Takes paths with and without a slash at their end for the same: APIs' clients send both.

    A redirect, as the APIs' vendors answer with, would lose the request's body.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its path as the API has it."""
        if scope["type"] == "http" and scope["path"] != "/":
            path: str = scope["path"].removesuffix("/")
            scope = {**scope, "path": f"{path}/" if path.startswith(SLASHED_PATHS) else path}
        await self._app(scope, receive, send)


class HeadRequests(_Middleware):
    """Answers HEAD as GET is answered, without the body (RFC 9110, section 9.3.2), which FastAPI does not."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a HEAD goes on as a GET."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, send_without_body)


class RequestEdge(_Middleware):
    """Names every request, logs how it ended, and answers what nobody foresaw."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and see to its end."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        status = 0
        began = time.perf_counter()
        seconds: float | None = None

        async def send_named(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                _add_safe_defaults(headers, scope["scheme"])
                headers.update(scope.get("state", {}).get("answer_headers", {}))
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                # Background tasks run after the response has left; the client does not wait for them.
                seconds = time.perf_counter() - began

        with log_context(request_id=request_id):
            try:
                await self._app(scope, receive, send_named)
            except ClientDisconnect:
                _log.info("client went away")
            except asyncio.CancelledError:
                if not status:
                    await interrupted(Request(scope))(scope, receive, send_named)
                raise
            except Exception:
                # The edge of the server: whatever it was, the other side gets an answer in its own shape.
                _log.exception("request failed")
                if status:
                    raise
                await unexpected(Request(scope))(scope, receive, send_named)
            finally:
                self._report(scope, status, time.perf_counter() - began if seconds is None else seconds)

    @staticmethod
    def _report(scope: Scope, status: int, seconds: float) -> None:
        log = _log.warning if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _log.info
        log(
            "request",
            method=scope["method"],
            route=route_name(scope),
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


def _add_safe_defaults(headers: MutableHeaders, scheme: str) -> None:
    """Say of an answer, where it does not say otherwise, that it may hold what is known of patients."""
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if scheme == "https":
        headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)


def route_name(scope: Scope) -> str:
    """Give the name of a request's route for the log: its template, never what stands in the path.

    Returns:
        For example ``/v1/bots/{bot_id}``; the router's prefix is in the path alone.
    """
    template: str | None = getattr(scope.get("route"), "path", None)
    if template is None:
        return "none"
    given = scope["path"].split("/")
    return "/".join(given[: len(given) - len(template.split("/")) + 1]) + template


class BodyLimit(_Middleware):
    """Bounds what is read of a body, whatever its headers say."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        super().__init__(app)
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a body that ends at the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit, named_limit = self._limit(scope)
        announced = Headers(scope=scope).get("content-length", "")
        began, seen, whole = time.monotonic(), 0, False

        async def bounded() -> Message:
            nonlocal seen, whole
            too_long = announced.isdecimal() and int(announced) > limit
            if not too_long:
                due = began + self._settings.read_seconds + seen / LEAST_BYTES_PER_SECOND
                # What has come is taken however late; behind the body comes the connection's end alone.
                left = None if whole else max(due - time.monotonic(), 1.0)
                try:
                    async with asyncio.timeout(left):
                        message = await receive()
                except TimeoutError:
                    raise request_timeout() from None
                whole = not message.get("more_body")
                seen += len(message.get("body", b""))
                too_long = seen > limit
                if not too_long:
                    return message
                if not message.get("more_body"):
                    raise payload_too_large(named_limit)
            await _pour_away(receive, limit)
            raise payload_too_large(named_limit)

        await self._app(scope, bounded, send)

    def _limit(self, scope: Scope) -> tuple[int, int]:
        if (
            scope["method"] == "POST"
            and scope["path"].startswith(UPLOAD_PATHS)
            and scope["path"].endswith("/files")
        ):
            limit = self._settings.max_upload_bytes
            return limit + MULTIPART_OVERHEAD_BYTES, limit
        if scope["path"].startswith(ASSISTANT_PATHS):
            limit = self._settings.max_assistant_body_bytes
            return limit, limit
        return self._settings.max_body_bytes, self._settings.max_body_bytes


async def _pour_away(receive: Receive, most_bytes: int) -> None:
    """Read on for a while: a client that is cut off while it still sends never reads why."""
    seen = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(POUR_SECONDS):
            while seen <= most_bytes:
                message = await receive()
                seen += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
