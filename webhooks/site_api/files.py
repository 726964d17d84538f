"""``…/files``: what an assistant answers from."""

# ruff: noqa: FAST003 - the numbers in the path are read by webhooks.site_api.numbers

import contextlib
import functools
import urllib.parse
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse, Response

from practice.assistants.views import FileView
from webhooks.dependencies import Injected
from webhooks.http_errors import HttpError
from webhooks.site_api.auth import Access
from webhooks.site_api.numbers import AssistantId, FileId, SiteId

MAX_NAME_CHARACTERS = 255
MAX_DESCRIPTION_CHARACTERS = 2000
MOST_ENDING_CHARACTERS = 10
MOST_START_DIGITS = 9

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}/files", tags=["Site Assistants"])


@router.get("")
async def list_files(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected
) -> list[dict[str, Any]]:
    """List an assistant's files."""
    access.require(site_id)
    return [wire_file(file) for file in await services.files.list_files(site_id, assistant_id)]


@router.post("")
async def upload_file(
    request: Request, access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected
) -> JSONResponse:
    """Store the file of the multipart part ``file``; its description is a query parameter."""
    access.require(site_id)
    await services.assistants.get_assistant(site_id, assistant_id)
    description = request.query_params.get("description")
    if description is not None and len(description) > MAX_DESCRIPTION_CHARACTERS:
        raise HttpError(400, "invalid_request", "The description is too long")
    async with _part(request, services.settings.server.max_upload_bytes) as (name, file):
        stored = await services.files.add_file(
            site_id,
            assistant_id,
            file_name=name,
            content=functools.partial(_whole, file),
            description=description or None,
            made_by=access.user,
        )
    return JSONResponse(wire_file(stored), 201)


@router.get("/{assistantFileId}")
async def get_file(
    access: Access, site_id: SiteId, assistant_id: AssistantId, file_id: FileId, services: Injected
) -> dict[str, Any]:
    """Describe a file."""
    access.require(site_id)
    return wire_file(await services.files.get_file(site_id, assistant_id, file_id))


@router.get("/{assistantFileId}/content")
async def get_content(
    access: Access, site_id: SiteId, assistant_id: AssistantId, file_id: FileId, services: Injected
) -> Response:
    """Give a file's bytes as they were uploaded."""
    access.require(site_id)
    file = await services.files.get_file(site_id, assistant_id, file_id)
    content = await services.files.get_content(site_id, assistant_id, file_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{urllib.parse.quote(file.file_name, safe='')}",
        # An uploaded page must not run as one of ours.
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    return Response(content, headers={**headers, "Content-Type": file.mime_type})


@router.get("/{assistantFileId}/chunks")
async def list_chunks(
    request: Request,
    access: Access,
    site_id: SiteId,
    assistant_id: AssistantId,
    file_id: FileId,
    services: Injected,
) -> JSONResponse:
    """Give a file's text in pieces, each with the headings it stands under and its page; some at a time."""
    access.require(site_id)
    start = request.query_params.get("start", "0")
    if not (start.isascii() and start.isdecimal() and len(start) <= MOST_START_DIGITS):
        raise HttpError(400, "invalid_request", "start must be a number")
    found = await services.files.get_chunks(site_id, assistant_id, file_id, int(start))
    pieces = [{"text": one.text, "heading": one.heading, "page": one.page} for one in found.chunks]
    return JSONResponse({"pages": found.pages, "chunks": pieces, "next": found.next})


@router.delete("/{assistantFileId}")
async def delete_file(
    access: Access, site_id: SiteId, assistant_id: AssistantId, file_id: FileId, services: Injected
) -> dict[str, Any]:
    """Delete a file."""
    access.require(site_id)
    await services.files.delete_file(site_id, assistant_id, file_id, made_by=access.user)
    return {"message": "Assistant file deleted successfully", "statusCode": 200}


@contextlib.asynccontextmanager
async def _part(request: Request, limit_bytes: int) -> AsyncIterator[tuple[str, UploadFile]]:
    """Give name and file of the one part ``file``; a file that is not small lies on disk meanwhile."""
    try:
        form = await request.form(max_files=2, max_fields=20)
    except (HTTPException, MultiPartException) as error:
        raise HttpError(400, "invalid_request", "Multipart: the form cannot be read") from error
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile) and name != "file":
                raise HttpError(400, "invalid_request", f"Unexpected file field - {name}")
        files = [value for value in form.getlist("file") if isinstance(value, UploadFile)]
        if not files:
            raise HttpError(400, "invalid_request", "File is required")
        if len(files) > 1:
            raise HttpError(400, "invalid_request", "Too many files")
        file_name = _clean(files[0].filename or "")
        if not file_name:
            raise HttpError(400, "invalid_request", "The file needs a name")
        if (files[0].size or 0) > limit_bytes:
            raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large", "File too large")
        yield file_name, files[0]
    finally:
        await form.close()


async def _whole(file: UploadFile) -> bytes:
    await file.seek(0)
    return await file.read()


def _clean(name: str) -> str:
    """Keep the last part of a name that may be a path, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = shown.rpartition(".")
    if len(shown) <= MAX_NAME_CHARACTERS or len(ending) > MOST_ENDING_CHARACTERS:
        return shown[:MAX_NAME_CHARACTERS]
    return (
        stem[: MAX_NAME_CHARACTERS - len(ending) - 1] + dot + ending
    )  # the ending tells kinds of text apart


def wire_file(file: FileView) -> dict[str, Any]:
    """Describe a file.

    Returns:
        The object of the list and of an upload's answer.
    """
    return {
        "id": file.id,
        "fileName": file.file_name,
        "mimeType": file.mime_type,
        "size": file.size,
        "description": file.description,
        "createdAt": file.created_at.isoformat().replace("+00:00", "Z"),
    }
