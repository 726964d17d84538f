"""Every API of the server."""

from fastapi import FastAPI

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
    """Add the routes of every API."""
    for router in (health.router, documents.router, oauth.router):
        app.include_router(router)
    for router in PARTNER:
        app.include_router(router, prefix="/v1")
    app.include_router(bookings.contract, include_in_schema=False)  # the contract names no prefix
    for router in (*ADMIN, evaluate.router, *SITE, *CHAT_SESSIONS, platform.router, *TWILIO):
        app.include_router(router)
