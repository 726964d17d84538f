"""``/console/assistant/{id}/ask`` and ``/routes``: what answers a question, and who answers whom."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from contracts.site import LONGEST_TAG, MOST_TAGS
from knowledge.search.passage import Passage
from knowledge.search.quotable import quotable_passage
from practice.assistants.views import AssistantView
from webhooks.assistant_choice import find_bot_for
from webhooks.console.assistant import LARGEST_NUMBER, OwnAssistant
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.errors import FormRefused, require_admin
from webhooks.console.forms import posted
from webhooks.console.pages import done, fragment, is_htmx, page, render
from webhooks.dependencies import Injected, Services

LONGEST_QUESTION = 300
MOST_PASSAGES = 5
KNOWN_TAGS = {
    "after_hours": "true or false: outside of the opening hours",
    "called_number": "the number called, such as +12025550142",
    "channel": "phone or text",
    "language": "the bot's, such as en-US",
}
"""Tags that every conversation has, and what they may be."""

router = APIRouter(prefix="/console/assistant/{assistant_id}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a question finds.

    Attributes:
        told: What the bot may use of it; None where it contradicts the practice's record, or gives orders.
    """

    passage: Passage
    told: Passage | None


@router.get("/ask")
async def ask(
    request: Request,
    desk: AtDesk,
    services: Injected,
    assistant: OwnAssistant,
    q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = "",
) -> Response:
    """Show which passages of the files answer a question."""
    question = " ".join(q.replace("\x00", "").split())
    values: dict[str, Any] = {"question": question, "found": (), "searchable": True}
    if question:
        found = await _find(services, desk, assistant, question)
        values |= {"found": found or (), "searchable": found is not None}
    if is_htmx(request):
        return fragment(await render(desk, "_found", assistant=assistant, **values))
    return await page(request, desk, "assistant_ask", assistant=assistant, tab="ask", **values)


@router.get("/routes")
async def list_routes(
    request: Request, desk: AtDesk, services: Injected, assistant: OwnAssistant
) -> Response:
    """Show for which conversations this assistant is chosen."""
    routes = await services.routes.list_routes(assistant.id)
    return await page(
        request, desk, "assistant_routes", assistant=assistant, tab="routes", routes=routes, known=KNOWN_TAGS
    )


@router.post("/routes")
async def create_route(
    request: Request, desk: AtDesk, services: Injected, assistant: OwnAssistant
) -> Response:
    """Choose this assistant for further conversations."""
    require_admin(desk)
    async with posted(request, services.keyring, desk.forms) as fields:
        pairs = zip(fields.texts("name", LONGEST_TAG), fields.texts("value", LONGEST_TAG), strict=False)
        tags = {name: value for name, value in pairs if name or value}
    if any(not name or not value for name, value in tags.items()):
        raise FormRefused("A tag has a name and a value.")
    if not 0 < len(tags) <= MOST_TAGS:
        raise FormRefused(f"A route has one to {MOST_TAGS} tags.")
    await services.routes.create_route(assistant.id, tags)
    return done(request, f"/console/assistant/{assistant.id}/routes", "The route is in use.")


@router.post("/routes/{route_id}/delete")
async def delete_route(
    request: Request,
    desk: AtDesk,
    services: Injected,
    assistant: OwnAssistant,
    route_id: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)],
) -> Response:
    """Take a route away."""
    require_admin(desk)
    async with posted(request, services.keyring, desk.forms):
        await services.routes.delete_route(assistant.id, route_id)
    return done(request, f"/console/assistant/{assistant.id}/routes", "The route is gone.")


async def _find(
    services: Services, desk: Desk, assistant: AssistantView, question: str
) -> list[Found] | None:
    """Search the files as a call does; None where no bot of the site could be asked."""
    bot = await find_bot_for(services, desk.place.site_id, assistant.id)
    if bot is None:
        return None
    briefing = await services.briefings.get(
        bot.id, assistant_id=assistant.id, version=assistant.version, timezone=bot.timezone
    )
    if briefing.knowledge is None:
        return []
    passages = await asyncio.to_thread(briefing.knowledge.search, question, MOST_PASSAGES)
    return [Found(one, quotable_passage(one, briefing.facts)) for one in passages]
