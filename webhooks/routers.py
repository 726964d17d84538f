"""Every API of the server."""

import functools

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from webhooks import health, metrics
from webhooks.assistants_api import apis, evaluate, oauth, routes, threads
from webhooks.assistants_api import assistants as admin
from webhooks.chat_sessions_api import messages as messages_of_sessions
from webhooks.chat_sessions_api import sessions, streams
from webhooks.console.routes import CONSOLE
from webhooks.docs import routes as documents
from webhooks.partner_api import bookings, bots, identity, messages
from webhooks.platform import endpoints as platform
from webhooks.site_api import assistants, chat, files, login, patients, practice, runtime, versions
from webhooks.site_api import messages as inbox
from webhooks.twilio import early_legs, hand_off, media, overflow, sms, status, voice

PARTNER = (bookings.contract, bookings.router, identity.router, bots.router, messages.router)
SITE = (
    login.router,
    inbox.router,
    patients.router,
    practice.router,
    assistants.router,
    chat.router,
    files.router,
    versions.router,
    runtime.router,
)
# The fixed names below /apis/admin/assistants/ come before the codes that stand in the same place.
ADMIN = (apis.router, routes.router, threads.router, admin.router)
# The stream's fixed name comes before the ids that stand in the same place.
CHAT_SESSIONS = (streams.router, messages_of_sessions.router, sessions.router)
TWILIO = (
    voice.router,
    overflow.router,
    hand_off.router,
    early_legs.router,
    status.router,
    media.router,
    sms.router,
)


def include_routers(app: FastAPI) -> None:
    """Add the routes of every API."""
    app.router.routes.extend(_routes())


@functools.cache
def _routes() -> list[BaseRoute]:
    """Put all routes together once a process: FastAPI takes half a second to build them for each app."""
    every = APIRouter()
    for router in (health.router, metrics.router, documents.router, oauth.router, *CONSOLE):
        every.include_router(router)
    for router in PARTNER:
        every.include_router(router, prefix="/v1")
    every.include_router(bookings.contract, include_in_schema=False)  # the contract names no prefix
    for router in (*ADMIN, evaluate.router, *SITE, *CHAT_SESSIONS, platform.router, *TWILIO):
        every.include_router(router)
    return every.routes
