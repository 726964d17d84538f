"""``/`` and ``/docs``: what this is, how it does, and where its doors are."""

import functools
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Request
from starlette.responses import Response

from webhooks.console.pages import page
from webhooks.dependencies import Injected
from webhooks.health import database_answers

APIS = (
    ("partner", "Partner API", "Booking platforms and integrators: bots, availability, bookings, messages."),
    ("site", "Site Assistants API", "Instructions, files and conversations by text of a practice's bot."),
    (
        "chat-sessions",
        "Chat Sessions API",
        "Conversations that a person takes over, followed as they happen.",
    ),
    ("assistants", "Assistants Admin API", "Assistants, their routes and threads, for OAuth 2 clients."),
)
"""An API's name in addresses, its title, and what it is for."""

router = APIRouter(include_in_schema=False)


@router.get("/")
@router.get("/docs")
async def show_landing(request: Request, services: Injected) -> Response:
    """Say what answers here."""
    answers = await database_answers(services)
    ready = answers and not services.in_progress.draining
    status = (
        "It answers calls." if ready else "It is stopping." if answers else "Its database does not answer."
    )
    if ready and services.voice_agent is None:
        status = "It serves its APIs, and answers no calls."
    return await page(request, None, "landing", ready=ready, state=status, version=_version(), apis=APIS)


@functools.cache
def _version() -> str:
    try:
        return version("chairside")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "not installed"
