"""``/console``: what happens now and today."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from practice.errors import AccountNotFound
from practice.follow_ups.alerts import Alerts, find_alerts
from webhooks.audited_route import AuditedRoute
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.live import follow
from webhooks.console.pages import render

MOST_MESSAGES = 10
"""Of the inbox, beside the rest of the day."""

router = APIRouter(include_in_schema=False, route_class=AuditedRoute)


@router.get("/console")
async def show_today(desk: AtDesk) -> Response:
    """Show calls in progress, who waits, today's appointments, and what is wrong."""
    now = desk.services.clock()
    return await desk.page(
        "today",
        now=now,
        **await _live(desk),
        alerts=await _alerts(desk),
        appointments=await _appointments(desk),
    )


@router.get("/console/live", response_class=EventSourceResponse)
async def stream_today(desk: AtDesk) -> AsyncIterator[ServerSentEvent]:
    """Follow calls, hand-offs, messages and what is wrong as it happens."""

    async def parts() -> dict[str, str]:
        values = await _live(desk)
        values["alerts"] = await _alerts(desk)
        names = ("alerts", "calls", "waiting", "inbox")
        return {name: await render(desk, f"_{name}", **values) for name in names}

    async for one in follow(desk.services, parts):
        yield one


async def _live(desk: Desk) -> dict[str, Any]:
    inbox = await desk.services.messages.list_of_sites([desk.site_id], limit=MOST_MESSAGES)
    return {
        "calls": await desk.services.history.list_live(desk.site_id),
        "waiting": await desk.services.chat_sessions.list_open(desk.account),
        "messages": [one for one in inbox.messages if one.state != "done"],
    }


async def _alerts(desk: Desk) -> Alerts:
    bots = await desk.services.bots.list_bots_of_site(desk.site_id)
    platforms = [one.name for one in bots if desk.services.relay.is_silent(one)]
    vendors = desk.services.voice_agent.silent_vendors() if desk.services.voice_agent is not None else []
    return await find_alerts(desk.services.database, desk.site_id, platforms, vendors)


async def _appointments(desk: Desk) -> Any:
    """List today's appointments; None where the calendar is not kept here."""
    if desk.place.account_id is None:
        return None
    today = desk.today()
    try:
        return await desk.services.diary.list_appointments(desk.place.account_id, today, 1)
    except AccountNotFound:
        return None
