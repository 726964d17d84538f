"""``/console/assistant/{id}/files``: what the bot answers from, and what was read out of it."""

import functools
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from practice.assistants.readings import list_readings
from practice.assistants.views import AssistantView
from practice.errors import FileRefused
from webhooks.audited_route import AuditedRoute
from webhooks.console.assistant import LARGEST_NUMBER, OwnAssistant
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.errors import FormRefused
from webhooks.uploads import clean_name, download, whole

PIECES = 40
"""Pieces of a file's text on one page."""

router = APIRouter(
    prefix="/console/assistant/{assistant_id}/files", include_in_schema=False, route_class=AuditedRoute
)
FileId = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]


@router.get("")
async def list_files(desk: AtDesk, assistant: OwnAssistant) -> Response:
    """List the files, with warnings where something could not be read."""
    return await _show(desk, assistant)


@router.post("")
async def upload_files(desk: AtDesk, assistant: OwnAssistant) -> Response:
    """Keep files that have readable text, and say of each other one why it was refused."""
    desk.require_admin()
    kept, refused = [], []
    async with desk.form() as fields:
        description = fields.text("description", 500, called="What it is about")
        given = fields.files("files")
        if not given:
            raise FormRefused("Choose a file first.")
        for one in given:
            name = clean_name(one.filename or "")
            try:
                await desk.services.files.add_file(
                    desk.site_id,
                    assistant.id,
                    file_name=name,
                    content=functools.partial(whole, one),
                    description=description or None,
                    made_by=desk.staff.id,
                )
            except FileRefused as error:
                refused.append((name, error.message))
            else:
                kept.append(name)
    if refused:
        return await _show(desk, assistant, kept=kept, refused=refused, status=400)
    return desk.done(f"/console/assistant/{assistant.id}/files", f"Read: {', '.join(kept)}.")


@router.get("/{file_id}")
async def show_file(
    desk: AtDesk,
    assistant: OwnAssistant,
    file_id: FileId,
    start: Annotated[int, Query(ge=0, le=LARGEST_NUMBER)] = 0,
) -> Response:
    """Show what was read out of a file, piece by piece, as the bot finds it."""
    site_id = desk.site_id
    file = await desk.services.files.get_file(site_id, assistant.id, file_id)
    chunks = await desk.services.files.get_chunks(site_id, assistant.id, file_id, start, PIECES)
    readings = await list_readings(desk.services.database, site_id, assistant.id)
    return await desk.page(
        "assistant_file",
        assistant=assistant,
        tab="files",
        file=file,
        chunks=chunks,
        start=start,
        pieces=PIECES,
        reading=readings.get(file_id),
    )


@router.get("/{file_id}/content")
async def get_content(desk: AtDesk, assistant: OwnAssistant, file_id: FileId) -> Response:
    """Give the file as it was uploaded."""
    file = await desk.services.files.get_file(desk.site_id, assistant.id, file_id)
    content = await desk.services.files.get_content(desk.site_id, assistant.id, file_id)
    return download(file, content)


@router.post("/{file_id}/delete")
async def delete_file(desk: AtDesk, assistant: OwnAssistant, file_id: FileId) -> Response:
    """Take a file away; older versions keep it."""
    desk.require_admin()
    async with desk.form():
        file = await desk.services.files.get_file(desk.site_id, assistant.id, file_id)
        await desk.services.files.delete_file(desk.site_id, assistant.id, file_id, made_by=desk.staff.id)
    sentence = f"{file.file_name} is gone. To have it back, restore the version before."
    return desk.done(f"/console/assistant/{assistant.id}/files", sentence)


async def _show(
    desk: Desk,
    assistant: AssistantView,
    *,
    kept: list[str] | None = None,
    refused: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    return await desk.page(
        "assistant_files",
        status=status,
        assistant=assistant,
        tab="files",
        files=await desk.services.files.list_files(desk.site_id, assistant.id),
        readings=await list_readings(desk.services.database, desk.site_id, assistant.id),
        most_mb=desk.services.settings.server.max_upload_bytes // 2**20,
        kept=kept or [],
        refused=refused or [],
    )
