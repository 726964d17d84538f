"""Every door of the server, each with the spellings of its paths that clients use."""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from webhooks import health
from webhooks.assistants_api import apis, evaluate, oauth, routes, threads
from webhooks.assistants_api import assistants as admin
from webhooks.chat_sessions_api import messages as messages_of_sessions
from webhooks.chat_sessions_api import sessions, streams
from webhooks.docs import routes as documents
from webhooks.partner_api import bookings, bots, messages
from webhooks.platform import endpoints as platform
from webhooks.site_api import assistants, chat, files, login, runtime, versions
from webhooks.twilio import hand_off, media, status, voice

PARTNER = (bookings.contract, bookings.router, bots.router, messages.router)
SITE = (login.router, assistants.router, chat.router, files.router, versions.router, runtime.router)
# The fixed names below /apis/admin/assistants/ come before the codes that stand in the same place.
ADMIN = (apis.router, routes.router, threads.router, admin.router)
# The stream's fixed name comes before the ids that stand in the same place.
CHAT_SESSIONS = (streams.router, messages_of_sessions.router, sessions.router)
TWILIO = (voice.router, hand_off.router, status.router, media.router)


def include_routers(app: FastAPI) -> None:
    """Add the routes of every door."""
    for router in (health.router, documents.router, oauth.router):
        app.include_router(router)
    for door in PARTNER:
        app.include_router(door, prefix="/v1")
        # The contract names no prefix, and clients add a slash: a redirect would lose their bodies.
        app.include_router(_respelt(door, with_slash=True), prefix="/v1", include_in_schema=False)
    app.include_router(bookings.contract, include_in_schema=False)
    app.include_router(_respelt(bookings.contract, with_slash=True), include_in_schema=False)
    for door in ADMIN:
        app.include_router(door)
        # Its vendor answers 301 to a path without the slash, and the body is lost.
        app.include_router(_respelt(door, with_slash=False), include_in_schema=False)
    for router in CHAT_SESSIONS:
        app.include_router(router)
        app.include_router(_respelt(router, with_slash=True), include_in_schema=False)
    for door in (evaluate.router, *SITE, platform.router, *TWILIO):
        app.include_router(door)


def _respelt(router: APIRouter, *, with_slash: bool) -> APIRouter:
    """Copy a router's routes to the same paths with, or without, one trailing slash."""
    copy = APIRouter()
    for route in router.routes:
        assert isinstance(route, APIRoute)  # noqa: S101 - only API routes here
        path = route.path.rstrip("/") + ("/" if with_slash else "")
        copy.add_api_route(
            path,
            route.endpoint,
            methods=sorted(route.methods or ()),
            response_class=route.response_class,
            response_model=route.response_model,
            response_model_exclude_none=route.response_model_exclude_none,
            route_class_override=type(route),
        )
    return copy
