"""``/openapi/{door}.json`` and ``/docs/{door}``: public, the same for everybody, and cacheable."""

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from webhooks.dependencies import Doors
from webhooks.docs.page import POLICY, page
from webhooks.docs.site import site_document
from webhooks.faults import Fault
from webhooks.openapi import document
from webhooks.partner_api.document import DOOR as PARTNER

CACHE_CONTROL = "public, max-age=300"
_WRITERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "partner": functools.partial(document, PARTNER),
    "site": site_document,
}

router = APIRouter(include_in_schema=False)


# No coroutines: the first time takes long enough to keep a call's audio waiting.
@router.get("/openapi/{door}.json")
def get_document(request: Request, door: str, services: Doors) -> Response:
    """Give a door's document."""
    content, tag = _file(door, services.settings.server.public_url or "/", "json")
    return _cached(request, content, tag, {"Content-Type": "application/json"})


@router.get("/docs/{door}")
def get_page(request: Request, door: str, services: Doors) -> Response:
    """Give a door's document as a page."""
    content, tag = _file(door, services.settings.server.public_url or "/", "html")
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return _cached(request, content, tag, headers)


def _cached(request: Request, content: bytes, tag: str, headers: dict[str, str]) -> Response:
    headers |= {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers)


def _file(door: str, server_url: str, kind: str) -> tuple[bytes, str]:
    if door not in _WRITERS:
        raise Fault(404, "not_found", "There is no document of that name.", route=True)
    return _written(door, server_url, kind)


@functools.lru_cache(maxsize=8)
def _written(door: str, server_url: str, kind: str) -> tuple[bytes, str]:
    described = _WRITERS[door](server_url)
    text = page(described, f"/openapi/{door}.json") if kind == "html" else json.dumps(described)
    content = text.encode()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
