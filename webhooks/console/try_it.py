"""``/console/try``: talk with the bot as a patient would; nothing is booked unless that is wanted."""

import time
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from contracts.site import LONGEST_MESSAGE
from practice.partners.views import BotView
from webhooks.assistant_choice import choose_assistant, conversation_tags
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.pages import fragment, is_htmx, render
from webhooks.rehearsals import rehearsed
from webhooks.text_turns import take_turn

HERE = "/console/try"

router = APIRouter(prefix=HERE, include_in_schema=False)


@router.get("")
async def show_try(desk: AtDesk) -> Response:
    """Show the conversation so far."""
    return await desk.page("try", **await _values(desk))


@router.post("")
async def say(desk: AtDesk) -> Response:
    """Say something to the bot."""
    async with desk.form() as fields:
        text = fields.needed("text", "What you say", LONGEST_MESSAGE)
        real = "real" in fields
    found = await _thread(desk)
    began = time.perf_counter()
    if found is not None:
        bot, assistant_id, thread_id = found
        calendar = desk.services.rehearsals.calendar(thread_id, desk.request.app, desk.services.settings)
        await take_turn(
            desk.services,
            thread_id,
            bot,
            assistant_id,
            text,
            adapt=None if real else lambda briefing: rehearsed(briefing, desk.services.upstreams, calendar),
        )
    values = await _values(desk)
    values |= {"real": real, "seconds": time.perf_counter() - began}
    if is_htmx(desk.request):
        return fragment(await render(desk, "_try_talk", **values))
    return await desk.page("try", **values)


@router.post("/new")
async def start_over(desk: AtDesk) -> Response:
    """Begin a conversation anew; what was said before stays in the old one."""
    async with desk.form():
        found = await _thread(desk)
        if found is not None:
            bot, assistant_id, _ = found
            await desk.services.chats.start(assistant_id, _owner(desk), bot.id)
    return desk.done(HERE, "A new conversation.")


async def _thread(desk: Desk) -> tuple[BotView, int, str] | None:
    """Give the person's conversation with whoever answers the phone; None where no bot does."""
    bot = await desk.services.bots.find_bot_by_site(desk.site_id)
    if bot is None:
        return None
    chosen = await choose_assistant(desk.services, bot, conversation_tags(bot, "text", {}))
    if chosen is None:
        return None
    thread_id = await desk.services.chats.open(chosen.id, _owner(desk), bot.id, chosen.version)
    return bot, chosen.id, thread_id


def _owner(desk: Desk) -> str:
    """Keep what somebody tries out apart from what they write by the API."""
    return f"{desk.staff.id} tries"


async def _values(desk: Desk) -> dict[str, Any]:
    found = await _thread(desk)
    calendar = (
        desk.services.rehearsals.calendar(found[2], desk.request.app, desk.services.settings)
        if found
        else None
    )
    return {
        "answers": found is not None,
        "lines": await desk.services.history.list_lines(found[2]) if found else [],
        "rehearsed": calendar.bookings if calendar else [],
        "real": False,
        "seconds": None,
        "voice": desk.services.voice_agent is not None,
    }
