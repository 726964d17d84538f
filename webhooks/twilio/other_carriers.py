"""The way in for carriers other than Twilio: their requests are checked, and go on as Twilio's."""

import urllib.parse

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webhooks.dependencies import services_of
from webhooks.twilio.auth import CARRIER, MAX_FIELDS, base_url, signed_url
from webhooks.twilio.dialects import DIALECTS, Dialect, Signed

TOKEN_IN_ADDRESS = "chairside.media_token"  # noqa: S105 - a name
"""Where a media socket's scope has the token that stood in its address."""


class OtherCarriers:
    """Passes what comes to ``/telnyx/…`` and ``/plivo/…`` on to the routes of ``/twilio/…``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as Twilio would have sent it, and its answer back."""
        carrier, _, rest = scope.get("path", "").removeprefix("/").partition("/")
        dialect = DIALECTS.get(carrier)
        if dialect is None or scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            path, _, token = rest.partition("/")
            given = {**scope, "path": f"/twilio/{path}", "raw_path": f"/twilio/{path}".encode()}
            await self._app({**given, CARRIER: dialect.name, TOKEN_IN_ADDRESS: token}, receive, send)
        else:
            await self._webhook(dialect, rest, Request(scope, receive), send)

    async def _webhook(self, dialect: Dialect, rest: str, request: Request, send: Send) -> None:
        services, raw = services_of(request), await request.body()
        try:
            pairs = urllib.parse.parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
            signed = Signed(signed_url(request, services.settings), request.headers, raw, dict(pairs))
            good = dialect.verify(signed, services.settings, services.keyring, services.wall_clock())
        except ValueError:
            good = False
        if not good:
            await Response(status_code=403)(request.scope, request.receive, send)
            return
        body = urllib.parse.urlencode(dialect.fields(signed.fields)).encode()
        headers = MutableHeaders(raw=list(request.scope["headers"]))
        headers["content-length"] = str(len(body))
        path = f"/twilio/{rest}"
        scope = {**request.scope, "path": path, "raw_path": path.encode(), "headers": headers.raw}
        scope[CARRIER] = dialect.name
        answer = _Answer(dialect, base_url(request, services.settings), path, send)
        try:
            await self._app(scope, _once(body), answer.take)
        finally:
            request.scope["route"] = scope.get("route")  # the log names it


class _Answer:
    """An answer on its way back: TwiML is held until it is whole, and sent translated."""

    def __init__(self, dialect: Dialect, here: str, path: str, send: Send) -> None:
        self._dialect, self._here, self._path, self._send = dialect, here, path, send
        self._start: Message = {}
        self._body = b""

    async def take(self, message: Message) -> None:
        """Take the application's next message."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = MutableHeaders(raw=list(self._start["headers"]))
        if headers.get("content-type", "").startswith("application/xml"):
            self._body = self._dialect.document(self._body.decode(), self._here, self._path).encode()
            headers["content-length"] = str(len(self._body))
        await self._send({**self._start, "headers": headers.raw})
        await self._send({**message, "body": self._body})


def _once(body: bytes) -> Receive:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive
