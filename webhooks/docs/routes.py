"""``/openapi/{api}.json`` and ``/docs/{api}``: public, the same for everybody, and cacheable."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from config.settings import Settings
from webhooks.assistants_api import document as assistants_document
from webhooks.assistants_api.assistants import models
from webhooks.chat_sessions_api.document import DOCUMENT as CHAT_SESSIONS
from webhooks.dependencies import Injected
from webhooks.docs.page import POLICY, page
from webhooks.http_errors import HttpError
from webhooks.partner_api.document import DOCUMENT as PARTNER
from webhooks.site_api.document import DOCUMENT as SITE

CACHE_CONTROL = "public, max-age=300"

Writer = Callable[[Sequence[BaseRoute], Settings, str], dict[str, Any]]
"""Makes an API's document of the app's routes, the settings and the server's URL."""

WRITERS: dict[str, Writer] = {
    # An API that is described by its endpoints: ``lambda routes, _, url: SITE.write(routes, url)``.
    "partner": lambda routes, _settings, url: PARTNER.write(routes, url),
    "site": lambda routes, _settings, url: SITE.write(routes, url),
    "chat-sessions": lambda routes, _settings, url: CHAT_SESSIONS.write(routes, url),
    "assistants": lambda routes, settings, url: assistants_document.write(routes, models(settings), url),
}
"""The registry: each API's document, by the API's name."""

router = APIRouter(include_in_schema=False)
_written: WeakKeyDictionary[FastAPI, dict[tuple[str, str], tuple[bytes, str]]] = WeakKeyDictionary()


# No coroutines: the first time takes long enough to keep a call's audio waiting.
@router.get("/openapi/{api}.json")
def get_document(request: Request, api: str, services: Injected) -> Response:
    """Give an API's document."""
    content, tag = _file(request.app, api, services.settings, "json")
    return _cached(request, content, tag, {"Content-Type": "application/json"})


@router.get("/docs/{api}")
def get_page(request: Request, api: str, services: Injected) -> Response:
    """Give an API's document as a page."""
    content, tag = _file(request.app, api, services.settings, "html")
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": POLICY,
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


def _file(app: FastAPI, api: str, settings: Settings, kind: str) -> tuple[bytes, str]:
    """Give what was written for this app, or write it."""
    if api not in WRITERS:
        raise HttpError(404, "not_found", "There is no document of that name.", route=True)
    written = _written.setdefault(app, {})
    if (api, kind) not in written:
        described = WRITERS[api](app.routes, settings, settings.server.public_url or "/")
        text = page(described, f"/openapi/{api}.json") if kind == "html" else json.dumps(described)
        content = text.encode()
        written[api, kind] = content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return written[api, kind]
