"""Typed bodies that are read strictly: FastAPI validates and documents what a reader of ours has parsed."""

import copy
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from webhooks.http_errors import HttpError, invalid_request
from webhooks.json_body import JsonInvalid, parse_json

_REFUSED = "chairside.refused_body"

Reader = Callable[[Request], Awaitable[Any]]
"""Gives a request's body as JSON values; raises an ``HttpError`` when it cannot be read."""


async def read_json_object(request: Request) -> dict[str, Any]:
    """Read a body that must be one JSON object (400), of that type and not compressed (415)."""
    if request.headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
        message = "The request body must not be compressed."
        raise HttpError(415, "unsupported_media_type", message, headers={"Accept-Encoding": "identity"})
    content_type = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if content_type != "application/json" and not content_type.endswith("+json"):
        raise HttpError(415, "unsupported_media_type", "The content type must be application/json.")
    try:
        value = parse_json(await request.body())
    except JsonInvalid as error:
        raise invalid_request(f"{str(error)[0].upper()}{str(error)[1:]}.") from error
    if not isinstance(value, dict):
        raise invalid_request("The request body must be a JSON object.")
    return value


def refused_body(request: Request) -> HttpError | None:
    """Give why a request's body could not be read, if it could not; a validation error follows from it."""
    refusal: HttpError | None = request.scope.get(_REFUSED)
    return refusal


class BodyRoute(APIRoute):
    """A route whose JSON body is read by ``read``, not by FastAPI.

    Dependencies are solved before a body that cannot be read is refused, so that who asks is checked first.
    """

    read: Reader = staticmethod(read_json_object)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler, which asks the request for its JSON."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            return await handler(_ReadRequest(request, self.read))

        return handle if self.body_field is not None and not _is_form(self) else handler


def _is_form(route: APIRoute) -> bool:
    return any(type(param.field_info).__name__ in {"Form", "File"} for param in route.dependant.body_params)


class _ReadRequest(Request):
    """A request as FastAPI takes it apart: its body always is JSON, and always there."""

    def __init__(self, original: Request, read: Reader) -> None:
        scope = copy.copy(original.scope)
        kept = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
        scope["headers"] = [*kept, (b"content-type", b"application/json")]
        super().__init__(scope, original.receive)
        self._original, self._reader = original, read

    async def body(self) -> bytes:
        return b"{}"  # only whether it is empty is looked at: an empty one is the reader's to judge

    async def json(self) -> Any:
        try:
            return await self._reader(self._original)
        except HttpError as refusal:
            self._original.scope[_REFUSED] = refusal
            return None  # no body model takes it, so that validation fails when its turn comes
