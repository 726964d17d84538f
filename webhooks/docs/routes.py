"""``/openapi/{door}.json`` and ``/docs/{door}``: public, the same for everybody, and cacheable."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from config.settings import Settings
from webhooks.assistants_api.assistants import models
from webhooks.assistants_api.document import door as assistants_door
from webhooks.dependencies import Injected
from webhooks.docs import tables
from webhooks.docs.page import POLICY, page
from webhooks.http_errors import HttpError
from webhooks.openapi import document
from webhooks.partner_api.document import DOOR as PARTNER
from webhooks.site_api.document import DOOR as SITE

CACHE_CONTROL = "public, max-age=300"

Writer = Callable[[Settings, str], dict[str, Any]]
WRITERS: dict[str, Writer] = {
    "partner": lambda _settings, server_url: document(PARTNER, server_url),
    "site": lambda _settings, server_url: tables.document(SITE, server_url),
    "assistants": lambda settings, server_url: tables.document(
        assistants_door(models(settings), server_url), server_url
    ),
}
"""Each door's document, by the door's name."""

router = APIRouter(include_in_schema=False)
_written: WeakKeyDictionary[FastAPI, dict[tuple[str, str], tuple[bytes, str]]] = WeakKeyDictionary()


# No coroutines: the first time takes long enough to keep a call's audio waiting.
@router.get("/openapi/{door}.json")
def get_document(request: Request, door: str, services: Injected) -> Response:
    """Give a door's document."""
    content, tag = _file(request.app, door, services.settings, "json")
    return _cached(request, content, tag, {"Content-Type": "application/json"})


@router.get("/docs/{door}")
def get_page(request: Request, door: str, services: Injected) -> Response:
    """Give a door's document as a page."""
    content, tag = _file(request.app, door, services.settings, "html")
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return _cached(request, content, tag, headers)


@router.get("/api/v2/docs")
def get_page_where_its_vendor_has_it(request: Request, services: Injected) -> Response:
    """Give the Assistants Admin API's page at the address that its contract names."""
    return get_page(request, "assistants", services)


def _cached(request: Request, content: bytes, tag: str, headers: dict[str, str]) -> Response:
    headers |= {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers)


def _file(app: FastAPI, door: str, settings: Settings, kind: str) -> tuple[bytes, str]:
    """Give what was written for this app, or write it."""
    if door not in WRITERS:
        raise HttpError(404, "not_found", "There is no document of that name.", route=True)
    written = _written.setdefault(app, {})
    if (door, kind) not in written:
        described = WRITERS[door](settings, settings.server.public_url or "/")
        text = page(described, f"/openapi/{door}.json") if kind == "html" else json.dumps(described)
        content = text.encode()
        written[door, kind] = content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return written[door, kind]
