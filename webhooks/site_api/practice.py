"""``/site/{siteId}/practice``, ``…/calls``, ``…/figures``: as the console shows them. Extensions."""

import json
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query
from pydantic import ValidationError

from contracts.site_practice import (
    CallLine,
    FiguresOfDay,
    PracticeChange,
    PracticeChanged,
    PracticeNow,
    SiteCall,
    SiteCallDetail,
    SiteCalls,
    SiteFigures,
)
from practice.conversations.figures import MOST_DAYS, percentile
from practice.conversations.history import CallEntry, CallFilter
from practice.conversations.outcome import Outcome
from practice.errors import CallNotFound, ChangedMeanwhile, InvalidRequest, PracticeNotFound
from practice.practice_file.model import PracticeFile
from practice.practice_file.problems import problems_of
from practice.sites.places import PlaceView
from webhooks.api_documents import reply
from webhooks.audited_route import AuditedBodyRoute
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import invalid_request
from webhooks.site_api.auth import Access, AdminAccess, SiteAccess
from webhooks.site_api.errors import BODY, site_errors

LONGEST_QUERY = 200
MOST_PAGES = 10_000
MEDIAN, HIGH = 0.5, 0.95
CallId = Annotated[str, Path(alias="callId", examples=["CA0123456789abcdef"])]
Text = Annotated[str, Query(max_length=LONGEST_QUERY)]

router = APIRouter(prefix="/site/{siteId}", tags=["Practice"], route_class=AuditedBodyRoute)


@router.get(
    "/practice",
    operation_id="getPractice",
    summary="Get the practice",
    responses={200: reply("What it is."), **site_errors(PracticeNotFound)},
)
async def get_practice(access: Access, services: Injected) -> PracticeNow:
    """Extension: everything of `practice.toml` as JSON, with the revision that a change has to name."""
    file, revision = await services.practice_files.read(await _practice_of(services, access))
    return PracticeNow(revision=revision, practice=_written(file))


@router.put(
    "/practice",
    operation_id="changePractice",
    summary="Change the practice",
    responses={
        200: reply("What it is now."),
        **site_errors(PracticeNotFound, ChangedMeanwhile, InvalidRequest, *BODY),
    },
)
async def change_practice(access: AdminAccess, services: Injected, body: PracticeChange) -> PracticeChanged:
    """Extension: by whole, unless somebody else has changed it since. Administrators only.

    Instructions and files stay as they are. Appointments to come that no longer fit stand, and are named.
    """
    practice_id = await _practice_of(services, access)
    try:
        # As JSON: dates are text there.
        wanted = PracticeFile.model_validate_json(json.dumps(body.practice))
    except ValidationError as error:
        found = problems_of(error, body.practice, "")
        told = [f"{one.where.partition(': ')[2]} {one.text}".strip() for one in found]
        raise invalid_request("Fields do not fit.", *told) from error
    applied = await services.practice_files.change(practice_id, body.revision, wanted)
    file, revision = await services.practice_files.read(practice_id)
    return PracticeChanged(
        revision=revision,
        practice=_written(file),
        changes=list(applied.changes),
        unfitting=[one.booking_id for one in applied.conflicts],
    )


@router.get(
    "/calls",
    operation_id="listCalls",
    summary="List calls",
    responses={200: reply("A page of them, newest first."), **site_errors()},
)
async def list_calls(
    access: Access,
    services: Injected,
    q: Annotated[Text, Query(description="Words that were said.")] = "",
    number: Annotated[Text, Query(description="Digits of the caller's number.")] = "",
    outcome: Annotated[Outcome | None, Query(description="Only with this outcome.")] = None,
    page: Annotated[int, Query(ge=0, le=MOST_PAGES, description="From 0.")] = 0,
) -> SiteCalls:
    """Extension: the calls of the site's bots, rehearsals among them."""
    wanted = CallFilter(words=q.replace("\x00", ""), number=number, outcome=outcome)
    found, more = await services.history.list_calls(access.site_id, wanted, page=page)
    return SiteCalls(calls=[SiteCall(**_call(one)) for one in found], more=more)


@router.get(
    "/calls/{callId}",
    operation_id="getCall",
    summary="Get a call",
    responses={200: reply("The call, with what happened in it."), **site_errors(CallNotFound)},
)
async def get_call(access: Access, services: Injected, call_id: CallId) -> SiteCallDetail:
    """Extension: what was said, which functions ran, what files were read."""
    entry, lines = await services.history.get_call(access.site_id, call_id.replace("\x00", ""))
    told = [
        CallLine(position=one.position, speaker=one.speaker, text=one.text, at=one.at, status=one.status)
        for one in lines
    ]
    return SiteCallDetail(**_call(entry), answers_ms=list(entry.call.answers_ms), lines=told)


@router.get(
    "/figures",
    operation_id="getFigures",
    summary="Get figures",
    responses={200: reply("By day."), **site_errors(PracticeNotFound)},
)
async def get_figures(
    access: Access,
    services: Injected,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many, up to today.")] = 30,
) -> SiteFigures:
    """Extension: calls and what they came to; rehearsals from the console are left out."""
    zone = ZoneInfo((await _place_of(services, access)).timezone)
    today = services.clock().astimezone(zone).date()
    found = await services.figures.list_days(access.site_id, today, days, zone)
    return SiteFigures(
        days=[
            FiguresOfDay(
                day=one.day,
                calls=one.calls,
                minutes=one.minutes,
                outcomes=dict(one.outcomes),
                answer_ms_p50=percentile(one.answers_ms, MEDIAN),
                answer_ms_p95=percentile(one.answers_ms, HIGH),
            )
            for one in found
        ]
    )


async def _place_of(services: Services, access: SiteAccess) -> PlaceView:
    places = await services.places.list_places([access.site_id])
    if not places:
        raise PracticeNotFound
    return places[0]


async def _practice_of(services: Services, access: SiteAccess) -> str:
    """Find the practice of a site, or raise `PracticeNotFound`."""
    practice_id = (await _place_of(services, access)).practice_id
    if practice_id is None:
        raise PracticeNotFound
    return practice_id


def _written(file: PracticeFile) -> dict[str, Any]:
    return file.model_dump(mode="json", by_alias=True)


def _call(entry: CallEntry) -> dict[str, Any]:
    call = entry.call
    return {
        "call_id": call.call_id,
        "from_number": call.from_number,
        "to_number": call.to_number,
        "status": call.status,
        "outcome": entry.outcome,
        "said": entry.said,
        "started_at": call.started_at,
        "ended_at": call.ended_at,
        "duration_seconds": call.duration_seconds,
    }
