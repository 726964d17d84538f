"""Fixed paths that stand where a neighbour has an id or a code."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from webhooks.errors import shaped
from webhooks.http_errors import HttpError

FIXED_PATHS = {
    "/apis/admin/assistants/apis/": "GET, POST",
    "/apis/admin/assistants/tools/": "GET",
    "/chat-sessions/stream": "GET",
    "/v1/bookings/search": "POST",
}
"""What is served there; other methods would else be taken for those of an id or a code."""


class FixedPaths:
    """Refuses, at a fixed path, the methods that only its neighbour has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with what is allowed."""
        allowed = FIXED_PATHS.get(scope["path"]) if scope["type"] == "http" else None
        if allowed is None or scope["method"] in allowed.split(", "):
            await self._app(scope, receive, send)
            return
        message = f"{scope['method']} is not allowed here."
        error = HttpError(405, "method_not_allowed", message, headers={"Allow": allowed}, route=True)
        await shaped(Request(scope), error)(scope, receive, send)
