"""``/console/assistant``: how the bot is to behave, version by version."""

import asyncio
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import RedirectResponse, Response

from practice.assistants.views import AssistantView
from practice.errors import ChangedMeanwhile
from webhooks.audited_route import AuditedRoute
from webhooks.console.desk import AtDesk, Desk

LONGEST_INSTRUCTIONS = 60_000
LARGEST_NUMBER = 2**31 - 1
SHOWN_AROUND = 3
"""Lines that stay the same and are shown around those that differ."""

router = APIRouter(include_in_schema=False, route_class=AuditedRoute)
AssistantId = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]
Number = Annotated[int, Query(ge=1, le=LARGEST_NUMBER)]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the difference between two texts; ``gap`` stands for lines that were left out."""

    kind: Literal["same", "old", "new", "gap"]
    text: str


async def _assistant(desk: AtDesk, assistant_id: AssistantId) -> AssistantView:
    """Get the assistant of the path; 404 when it is none of the site's."""
    return await desk.services.assistants.get_assistant(desk.site_id, assistant_id)


OwnAssistant = Annotated[AssistantView, Depends(_assistant)]


@router.get("/console/assistant")
async def find_assistant(desk: AtDesk) -> Response:
    """Lead to the assistant of the site's bot, or the first there is."""
    found = await desk.services.assistants.list_assistants(desk.site_id)
    if not found:
        return await desk.page("assistant_none")
    bot = await desk.services.bots.find_bot_by_site(desk.site_id)
    own = next((one for one in found if bot is not None and one.id == bot.assistant_id), found[0])
    return RedirectResponse(f"/console/assistant/{own.id}", 303)


@router.get("/console/assistant/{assistant_id}")
async def show_instructions(desk: AtDesk, assistant: OwnAssistant) -> Response:
    """Show the instructions, to be edited by who may."""
    return await _instructions(desk, assistant, assistant.instructions or "")


@router.post("/console/assistant/{assistant_id}")
async def save_instructions(desk: AtDesk, assistant: OwnAssistant) -> Response:
    """Keep new instructions as a new version, unless somebody else was quicker."""
    desk.require_admin()
    async with desk.form() as fields:
        text = fields.text("instructions", LONGEST_INSTRUCTIONS, called="The instructions")
        name = fields.text("name", 200, called="The name")
        read_version = fields.whole("version", "The version")
    try:
        saved = await desk.services.assistants.update_assistant(
            desk.site_id,
            assistant.id,
            {"instructions": text or None, "name": name or None},
            made_by=desk.staff.id,
            read_version=read_version,
        )
    except ChangedMeanwhile as error:
        now = await desk.services.assistants.get_assistant(desk.site_id, assistant.id)
        return await _instructions(
            desk,
            now,
            text,
            problem=error.message,
            theirs=await difference(now.instructions or "", text),
            status=409,
        )
    sentence = (
        "Nothing was changed." if saved.version == read_version else f"Saved as version {saved.version}."
    )
    return desk.done(f"/console/assistant/{assistant.id}", sentence)


@router.get("/console/assistant/{assistant_id}/versions")
async def list_versions(
    desk: AtDesk, assistant: OwnAssistant, old: Number | None = None, new: Number | None = None
) -> Response:
    """List the versions, and show what differs between two of them."""
    site_id = desk.site_id
    versions = await desk.services.assistants.list_versions(site_id, assistant.id)
    shown = None
    if old is not None and new is not None:
        before = await desk.services.assistants.get_version(site_id, assistant.id, old)
        after = await desk.services.assistants.get_version(site_id, assistant.id, new)
        shown = await difference(before.instructions or "", after.instructions or "")
    return await desk.page(
        "assistant_versions",
        assistant=assistant,
        tab="versions",
        versions=versions,
        names=await names_of(desk, (one.made_by for one in versions)),
        old=old,
        new=new,
        shown=shown,
    )


@router.post("/console/assistant/{assistant_id}/versions")
async def restore_version(desk: AtDesk, assistant: OwnAssistant) -> Response:
    """Make an old version the latest, unless somebody else was quicker."""
    desk.require_admin()
    async with desk.form() as fields:
        number, read_version = fields.whole("number", "The version"), fields.whole("version", "The version")
    restored = await desk.services.assistants.restore_version(
        desk.site_id, assistant.id, number, made_by=desk.staff.id, read_version=read_version
    )
    sentence = f"Version {number} is in use again, as version {restored.version}."
    return desk.done(f"/console/assistant/{assistant.id}/versions", sentence)


async def difference(old: str, new: str) -> list[DiffLine]:
    """Compare two texts line by line, in a thread: long ones take longer than a packet of a call may wait."""
    return await asyncio.to_thread(_compare, old.splitlines(), new.splitlines())


def _compare(old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    lines: list[DiffLine] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(SHOWN_AROUND):
        if lines or group[0][1] > 0:
            lines.append(DiffLine("gap", ""))
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                lines += [DiffLine("same", one) for one in old[old_from:old_to]]
            else:
                lines += [DiffLine("old", one) for one in old[old_from:old_to]]
                lines += [DiffLine("new", one) for one in new[new_from:new_to]]
    return lines


async def names_of(desk: Desk, ids: Iterable[str | None]) -> dict[str, str]:
    """Name the people behind ids; what is no person's stays as it is."""
    names = {desk.staff.id: "you"}
    for one in {one for one in ids if one is not None} - names.keys():
        member = await desk.services.staff.find(one)
        if member is not None:
            names[one] = f"{member.first_name} {member.last_name}".strip()
    return names


async def _instructions(
    desk: Desk,
    assistant: AssistantView,
    text: str,
    *,
    problem: str | None = None,
    theirs: Sequence[DiffLine] = (),
    status: int = 200,
) -> Response:
    return await desk.page(
        "assistant",
        status=status,
        assistant=assistant,
        tab="instructions",
        text=text,
        problem=problem,
        theirs=theirs,
        others=await desk.services.assistants.list_assistants(desk.site_id),
        has_model=desk.services.settings.openai_api_key is not None,
    )
