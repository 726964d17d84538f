"""``…/files``: what an assistant answers from."""

# ruff: noqa: FAST003 - the numbers in the path are read by webhooks.site_api.numbers

import urllib.parse
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse, Response

from practice.assistants.views import FileView
from webhooks.auth.site import Access
from webhooks.dependencies import Doors
from webhooks.faults import Fault
from webhooks.site_api.numbers import AssistantId, FileId, SiteId

MAX_NAME_CHARACTERS = 255
MAX_DESCRIPTION_CHARACTERS = 2000

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}/files", tags=["Site Assistants"])


@router.get("")
async def list_files(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Doors
) -> list[dict[str, Any]]:
    """List an assistant's files."""
    access.require(site_id)
    return [wire_file(file) for file in await services.files.list_files(site_id, assistant_id)]


@router.post("")
async def upload_file(
    request: Request, access: Access, site_id: SiteId, assistant_id: AssistantId, services: Doors
) -> JSONResponse:
    """Store the file of the multipart part ``file``; its description is a query parameter."""
    access.require(site_id)
    await services.assistants.get_assistant(site_id, assistant_id)
    description = request.query_params.get("description")
    if description is not None and len(description) > MAX_DESCRIPTION_CHARACTERS:
        raise Fault(400, "invalid_request", "The description is too long")
    limit = services.settings.server.max_upload_bytes
    name, content = await _part(request, limit)
    stored = await services.files.add_file(
        site_id,
        assistant_id,
        file_name=name,
        content=content,
        description=description or None,
        made_by=access.user,
    )
    return JSONResponse(wire_file(stored), 201)


@router.get("/{assistantFileId}")
async def get_file(
    access: Access, site_id: SiteId, assistant_id: AssistantId, file_id: FileId, services: Doors
) -> dict[str, Any]:
    """Describe a file."""
    access.require(site_id)
    return wire_file(await services.files.get_file(site_id, assistant_id, file_id))


@router.get("/{assistantFileId}/content")
async def get_content(
    access: Access, site_id: SiteId, assistant_id: AssistantId, file_id: FileId, services: Doors
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
    access: Access, site_id: SiteId, assistant_id: AssistantId, file_id: FileId, services: Doors
) -> dict[str, Any]:
    """Give a file's text in pieces, each with the headings it stands under and its page."""
    access.require(site_id)
    pages, chunks = await services.files.get_chunks(site_id, assistant_id, file_id)
    pieces = [{"text": one.text, "heading": one.heading, "page": one.page} for one in chunks]
    return {"pages": pages, "chunks": pieces}


@router.delete("/{assistantFileId}")
async def delete_file(
    access: Access, site_id: SiteId, assistant_id: AssistantId, file_id: FileId, services: Doors
) -> dict[str, Any]:
    """Delete a file."""
    access.require(site_id)
    await services.files.delete_file(site_id, assistant_id, file_id, made_by=access.user)
    return {"message": "Assistant file deleted successfully", "statusCode": 200}


async def _part(request: Request, limit_bytes: int) -> tuple[str, bytes]:
    """Read name and content of the one part ``file``."""
    try:
        form = await request.form(max_files=2, max_fields=20)
    except (HTTPException, MultiPartException) as error:
        raise Fault(400, "invalid_request", "Multipart: the form cannot be read") from error
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile) and name != "file":
                raise Fault(400, "invalid_request", f"Unexpected file field - {name}")
        files = [value for value in form.getlist("file") if isinstance(value, UploadFile)]
        if not files:
            raise Fault(400, "invalid_request", "File is required")
        if len(files) > 1:
            raise Fault(400, "invalid_request", "Too many files")
        content = await files[0].read()
        file_name = _clean(files[0].filename or "")
    finally:
        await form.close()
    if not file_name:
        raise Fault(400, "invalid_request", "The file needs a name")
    if len(content) > limit_bytes:
        raise Fault(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large", "File too large")
    return file_name, content


def _clean(name: str) -> str:
    """Keep the last part of a name that may be a path, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:MAX_NAME_CHARACTERS]


def wire_file(file: FileView) -> dict[str, Any]:
    """Describe a file.

    Args:
        file: The file.

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
