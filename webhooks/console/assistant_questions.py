"""``/console/assistant/{id}/ask`` and ``/routes``: what answers a question, and who answers whom."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from contracts.site import LONGEST_TAG, MOST_TAGS
from knowledge.search.passage import Passage
from knowledge.search.quotable import quotable_passage
from practice.assistants.views import AssistantView
from webhooks.assistant_choice import find_bot_for
from webhooks.console.assistant import LARGEST_NUMBER, OwnAssistant
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.errors import FormRefused
from webhooks.console.pages import fragment, is_htmx, render

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
    desk: AtDesk, assistant: OwnAssistant, q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = ""
) -> Response:
    """Show which passages of the files answer a question."""
    question = " ".join(q.replace("\x00", "").split())
    values: dict[str, Any] = {"question": question, "found": (), "searchable": True}
    if question:
        found = await _find(desk, assistant, question)
        values |= {"found": found or (), "searchable": found is not None}
    if is_htmx(desk.request):
        return fragment(await render(desk, "_found", assistant=assistant, **values))
    return await desk.page("assistant_ask", assistant=assistant, tab="ask", **values)


@router.get("/routes")
async def list_routes(desk: AtDesk, assistant: OwnAssistant) -> Response:
    """Show for which conversations this assistant is chosen."""
    routes = await desk.services.routes.list_routes(assistant.id)
    return await desk.page(
        "assistant_routes", assistant=assistant, tab="routes", routes=routes, known=KNOWN_TAGS
    )


@router.post("/routes")
async def create_route(desk: AtDesk, assistant: OwnAssistant) -> Response:
    """Choose this assistant for further conversations."""
    desk.require_admin()
    async with desk.form() as fields:
        pairs = zip(fields.texts("name", LONGEST_TAG), fields.texts("value", LONGEST_TAG), strict=False)
        tags = {name: value for name, value in pairs if name or value}
    if any(not name or not value for name, value in tags.items()):
        raise FormRefused("A tag has a name and a value.")
    if not 0 < len(tags) <= MOST_TAGS:
        raise FormRefused(f"A route has one to {MOST_TAGS} tags.")
    await desk.services.routes.create_route(assistant.id, tags)
    return desk.done(f"/console/assistant/{assistant.id}/routes", "The route is in use.")


@router.post("/routes/{route_id}/delete")
async def delete_route(
    desk: AtDesk, assistant: OwnAssistant, route_id: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]
) -> Response:
    """Take a route away."""
    desk.require_admin()
    async with desk.form():
        await desk.services.routes.delete_route(assistant.id, route_id)
    return desk.done(f"/console/assistant/{assistant.id}/routes", "The route is gone.")


async def _find(desk: Desk, assistant: AssistantView, question: str) -> list[Found] | None:
    """Search the files as a call does; None where no bot of the site could be asked."""
    bot = await find_bot_for(desk.services, desk.site_id, assistant.id)
    if bot is None:
        return None
    briefing = await desk.services.briefings.get(
        bot.id, assistant_id=assistant.id, version=assistant.version, timezone=bot.timezone
    )
    if briefing.knowledge is None:
        return []
    passages = await asyncio.to_thread(briefing.knowledge.search, question, MOST_PASSAGES)
    return [Found(one, quotable_passage(one, briefing.facts)) for one in passages]
