"""``/console/calls``: the calls that were and are, searched, and each with all that happened in it."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Path, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from practice.conversations.figures import begun_minutes, percentile
from practice.conversations.history import MOST_SEARCHED, CallEntry, CallFilter, Line
from practice.conversations.outcome import Outcome
from practice.conversations.scenario import scenario_of
from webhooks.audited_route import AuditedRoute
from webhooks.console.costs import SHARES, estimate
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.live import follow
from webhooks.console.pages import attachment, fragment, is_htmx, render

LONGEST_QUERY = 200
MOST_PAGES = 10_000
OUTCOME_NAMES: dict[Outcome, tuple[str, str]] = {
    "booked": ("booked", "good"),
    "moved": ("moved", "good"),
    "cancelled": ("cancelled", "good"),
    "in_doubt": ("in doubt", "bad"),
    "handed_over": ("handed over", "person"),
    "message": ("message taken", "warn"),
    "answered": ("answered", ""),
    "abandoned": ("nothing said", ""),
}
"""What an outcome is called, and its colour."""

router = APIRouter(prefix="/console/calls", include_in_schema=False, route_class=AuditedRoute)
Text = Annotated[str, Query(max_length=LONGEST_QUERY)]
Day = Annotated[str, Query(max_length=10)]
CallId = Annotated[str, Path(max_length=64)]


async def _call(desk: AtDesk, call_id: CallId) -> tuple[CallEntry, list[Line]]:
    """Get the call before a page or stream of it begins; 404 when it is none of the site's."""
    return await desk.services.history.get_call(desk.site_id, call_id)


OwnCall = Annotated[tuple[CallEntry, list[Line]], Depends(_call)]


@router.get("")
async def list_calls(
    desk: AtDesk,
    q: Text = "",
    number: Text = "",
    outcome: Text = "",
    first: Annotated[Day, Query(alias="from")] = "",
    last: Annotated[Day, Query(alias="to")] = "",
    place: Annotated[int, Query(alias="page", ge=0, le=MOST_PAGES)] = 0,
) -> Response:
    """List calls, newest first; a script that searches as somebody types gets the list alone."""
    wanted = CallFilter(
        words=q.replace("\x00", ""),
        number=number,
        outcome=outcome if outcome in get_args(Outcome) else None,  # type: ignore[arg-type] # one of them
        since=_midnight(desk, first),
        until=_midnight(desk, last, days=1),
    )
    found, more = await desk.services.history.list_calls(desk.site_id, wanted, page=place)
    values: dict[str, Any] = {
        "calls": found,
        "more": more,
        "most_searched": MOST_SEARCHED,
        "place": place,
        "asked": {"q": q, "number": number, "outcome": outcome, "from": first, "to": last},
        "outcomes": OUTCOME_NAMES,
    }
    if is_htmx(desk.request):
        return fragment(await render(desk, "_call_list", **values))
    return await desk.page("calls", **values)


@router.get("/{call_id}")
async def show_call(desk: AtDesk, found: OwnCall) -> Response:
    """Show who called, what was said and done, and what came of it."""
    entry, lines = found
    return await desk.page("call", lines=lines, **_facts(desk, entry))


@router.get("/{call_id}/live", response_class=EventSourceResponse)
async def stream_call(desk: AtDesk, found: OwnCall) -> AsyncIterator[ServerSentEvent]:
    """Follow a call as it is spoken."""
    call_id = found[0].call.call_id

    async def parts() -> dict[str, str]:
        entry, lines = await desk.services.history.get_call(desk.site_id, call_id)
        return {
            "lines": await render(desk, "_lines", lines=lines),
            "facts": await render(desk, "_call_facts", **_facts(desk, entry)),
        }

    async for one in follow(desk.services, parts):
        yield one


@router.get("/{call_id}/scenario.toml")
async def export_scenario(desk: AtDesk, found: OwnCall) -> Response:
    """Give the call as a script that a rehearsed caller follows."""
    entry, lines = found
    local = entry.call.started_at.astimezone(desk.zone)
    text = scenario_of(f"A call of {local:%Y-%m-%d %H:%M}", lines, entry.call.from_number)
    return attachment(text, f"call-{local:%Y%m%d-%H%M}.toml", "application/toml")


def _facts(desk: Desk, entry: CallEntry) -> dict[str, Any]:
    """Give what stands beside what was said in a call."""
    call, prices = entry.call, desk.services.settings.cost
    minutes = begun_minutes(call.duration_seconds)
    return {
        "entry": entry,
        "outcomes": OUTCOME_NAMES,
        "waits": [percentile(call.answers_ms, share) for share in SHARES],
        "cost": estimate(prices, minutes, len(call.answers_ms)) if minutes else None,
        "currency": prices.currency,
    }


def _midnight(desk: Desk, given: str, days: int = 0) -> datetime | None:
    """Read a day of a form, in the practice's zone; None when it is none."""
    try:
        day = date.fromisoformat(given) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=desk.zone)
