"""``/console``: what happens now and today."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from practice.errors import AccountNotFound
from practice.follow_ups.alerts import Alerts, find_alerts
from webhooks.audited_route import AuditedRoute
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.live import follow
from webhooks.console.pages import page, render
from webhooks.dependencies import Injected, Services

MOST_MESSAGES = 10
"""Of the inbox, beside the rest of the day."""

router = APIRouter(include_in_schema=False, route_class=AuditedRoute)


@router.get("/console")
async def show_today(request: Request, desk: AtDesk, services: Injected) -> Response:
    """Show calls in progress, who waits, today's appointments, and what is wrong."""
    now = services.clock()
    return await page(
        request,
        desk,
        "today",
        now=now,
        **await _live(desk, services),
        alerts=await _alerts(desk, services),
        appointments=await _appointments(desk, services),
    )


@router.get("/console/live", response_class=EventSourceResponse)
async def stream_today(desk: AtDesk, services: Injected) -> AsyncIterator[ServerSentEvent]:
    """Follow calls, hand-offs, messages and what is wrong as it happens."""

    async def parts() -> dict[str, str]:
        values = await _live(desk, services)
        values["alerts"] = await _alerts(desk, services)
        names = ("alerts", "calls", "waiting", "inbox")
        return {name: await render(desk, f"_{name}", **values) for name in names}

    async for one in follow(services, parts):
        yield one


async def _live(desk: Desk, services: Services) -> dict[str, Any]:
    inbox = await services.messages.list_of_sites([desk.place.site_id], limit=MOST_MESSAGES)
    return {
        "calls": await services.history.list_live(desk.place.site_id),
        "waiting": await services.chat_sessions.list_open(desk.account),
        "messages": [one for one in inbox.messages if one.state != "done"],
    }


async def _alerts(desk: Desk, services: Services) -> Alerts:
    bots = await services.bots.list_bots_of_site(desk.place.site_id)
    platforms = [one.name for one in bots if services.relay.is_silent(one)]
    vendors = services.voice_agent.silent_vendors() if services.voice_agent is not None else []
    return await find_alerts(services.database, desk.place.site_id, platforms, vendors)


async def _appointments(desk: Desk, services: Services) -> Any:
    """List today's appointments; None where the calendar is not kept here."""
    if desk.place.account_id is None:
        return None
    today = services.clock().astimezone(desk.zone).date()
    try:
        return await services.diary.list_appointments(desk.place.account_id, today, 1)
    except AccountNotFound:
        return None
