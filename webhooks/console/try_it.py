"""``/console/try``: talk with the bot as a patient would; nothing is booked unless that is wanted."""

import time
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.site import LONGEST_MESSAGE
from practice.partners.views import BotView
from webhooks.assistant_choice import choose_assistant, conversation_tags
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.forms import posted
from webhooks.console.pages import done, fragment, is_htmx, page, render
from webhooks.dependencies import Injected, Services
from webhooks.rehearsals import rehearsed
from webhooks.text_turns import take_turn

HERE = "/console/try"

router = APIRouter(prefix=HERE, include_in_schema=False)


@router.get("")
async def show_try(request: Request, desk: AtDesk, services: Injected) -> Response:
    """Show the conversation so far."""
    return await page(request, desk, "try", **await _values(request, desk, services))


@router.post("")
async def say(request: Request, desk: AtDesk, services: Injected) -> Response:
    """Say something to the bot."""
    async with posted(request, services.keyring, desk.forms) as fields:
        text = fields.needed("text", "What you say", LONGEST_MESSAGE)
        real = "real" in fields
    found = await _thread(desk, services)
    began = time.perf_counter()
    if found is not None:
        bot, assistant_id, thread_id = found
        calendar = services.rehearsals.calendar(thread_id, request.app, services.settings)
        await take_turn(
            services,
            thread_id,
            bot,
            assistant_id,
            text,
            adapt=None if real else lambda briefing: rehearsed(briefing, services.upstreams, calendar),
        )
    values = await _values(request, desk, services)
    values |= {"real": real, "seconds": time.perf_counter() - began}
    if is_htmx(request):
        return fragment(await render(desk, "_try_talk", **values))
    return await page(request, desk, "try", **values)


@router.post("/new")
async def start_over(request: Request, desk: AtDesk, services: Injected) -> Response:
    """Begin a conversation anew; what was said before stays in the old one."""
    async with posted(request, services.keyring, desk.forms):
        found = await _thread(desk, services)
        if found is not None:
            bot, assistant_id, _ = found
            await services.chats.start(assistant_id, _owner(desk), bot.id)
    return done(request, HERE, "A new conversation.")


async def _thread(desk: Desk, services: Services) -> tuple[BotView, int, str] | None:
    """Give the person's conversation with whoever answers the phone; None where no bot does."""
    bot = await services.bots.find_bot_by_site(desk.place.site_id)
    if bot is None:
        return None
    chosen = await choose_assistant(services, bot, conversation_tags(bot, "text", {}))
    if chosen is None:
        return None
    thread_id = await services.chats.open(chosen.id, _owner(desk), bot.id, chosen.version)
    return bot, chosen.id, thread_id


def _owner(desk: Desk) -> str:
    """Keep what somebody tries out apart from what they write by the API."""
    return f"{desk.staff.id} tries"


async def _values(request: Request, desk: Desk, services: Services) -> dict[str, Any]:
    found = await _thread(desk, services)
    calendar = services.rehearsals.calendar(found[2], request.app, services.settings) if found else None
    return {
        "answers": found is not None,
        "lines": await services.history.list_lines(found[2]) if found else [],
        "rehearsed": calendar.bookings if calendar else [],
        "real": False,
        "seconds": None,
        "voice": services.voice_agent is not None,
    }
