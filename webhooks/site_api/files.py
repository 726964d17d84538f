"""``…/files``: what an assistant answers from."""

import contextlib
import functools
import io
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import Response

from contracts.site import AssistantFile, Done, FileChunks
from practice.assistants.views import ChunkPage, FileView
from practice.errors import AssistantNotFound, FileNotFound
from webhooks.api_documents import reply
from webhooks.dependencies import Injected
from webhooks.http_errors import HttpError, invalid_request
from webhooks.site_api.auth import Access, AdminAccess
from webhooks.site_api.errors import FILE_TOO_LARGE, site_errors
from webhooks.site_api.parameters import AssistantId, Description, FileId, Start
from webhooks.uploads import clean_name, download, whole

_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
            "description": "The file to be uploaded",
        }
    },
}
# Some generators of clients know no ``*/*``.
_CONTENT = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    "*/*": {"schema": {}},
}
UNNAMED = "file.txt"
"""What a part is called that is a text without a file name, as the contract's own example sends it."""

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}/files", tags=["Files"])


@router.get(
    "",
    operation_id="listAssistantFiles",
    summary="List files",
    response_model=list[AssistantFile],
    responses={200: reply("The files."), **site_errors(AssistantNotFound)},
)
async def list_files(access: Access, assistant_id: AssistantId, services: Injected) -> list[FileView]:
    """Extension: the files that the assistant answers from, oldest first."""
    return await services.files.list_files(access.site_id, assistant_id)


@router.post(
    "",
    operation_id="uploadAssistantFile",
    summary="Upload a file to the site assistant",
    status_code=201,
    response_model=AssistantFile,
    responses={
        201: reply("Kept."),
        **site_errors(
            invalid_request("File is required"),
            invalid_request("The file is empty."),
            AssistantNotFound,
            FILE_TOO_LARGE,
        ),
    },
    # FastAPI would read the whole form before it asks who sends it, and says nothing of a wrong part's name.
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
)
async def upload_file(
    request: Request,
    access: AdminAccess,
    assistant_id: AssistantId,
    services: Injected,
    description: Description = "",
) -> FileView:
    """Keep a PDF, Word, Markdown, text, HTML, CSV or JSON file, by its content.

    A file without readable text is refused with the reason, and nothing of it is kept. A part without a file
    name is a text file.
    """
    await services.assistants.get_assistant(access.site_id, assistant_id)
    async with _part(request, services.settings.server.max_upload_bytes) as (name, file):
        return await services.files.add_file(
            access.site_id,
            assistant_id,
            file_name=name,
            content=functools.partial(whole, file),
            description=description or None,
            made_by=access.user,
        )


@router.get(
    "/{assistantFileId}",
    operation_id="getAssistantFile",
    summary="Get a file",
    response_model=AssistantFile,
    responses={200: reply("The file."), **site_errors(AssistantNotFound, FileNotFound)},
)
async def get_file(
    access: Access, assistant_id: AssistantId, file_id: FileId, services: Injected
) -> FileView:
    """Extension: what is known of the file, without its content."""
    return await services.files.get_file(access.site_id, assistant_id, file_id)


@router.get(
    "/{assistantFileId}/content",
    operation_id="getAssistantFileContent",
    summary="Get a file's content",
    response_class=Response,
    responses={
        200: reply("The file.", headers=("Content-Disposition",)) | {"content": _CONTENT},
        **site_errors(AssistantNotFound, FileNotFound),
    },
)
async def get_content(
    access: Access, assistant_id: AssistantId, file_id: FileId, services: Injected
) -> Response:
    """Extension: the bytes exactly as they were uploaded, under the type that the content has."""
    file = await services.files.get_file(access.site_id, assistant_id, file_id)
    content = await services.files.get_content(access.site_id, assistant_id, file_id)
    return download(file, content)


@router.get(
    "/{assistantFileId}/chunks",
    operation_id="listAssistantFileChunks",
    summary="Get a file's text",
    response_model=FileChunks,
    responses={
        200: reply("The text."),
        **site_errors(invalid_request("No text can be taken out of it."), AssistantNotFound, FileNotFound),
    },
)
async def list_chunks(
    access: Access, assistant_id: AssistantId, file_id: FileId, services: Injected, start: Start = 0
) -> ChunkPage:
    """Extension: the text in pieces, each with its headings and page; long ones in several answers."""
    return await services.files.get_chunks(access.site_id, assistant_id, file_id, start)


@router.delete(
    "/{assistantFileId}",
    operation_id="deleteAssistantFile",
    summary="Delete a file associated with the site assistant",
    responses={200: reply("Gone."), **site_errors(AssistantNotFound, FileNotFound)},
)
async def delete_file(
    access: AdminAccess, assistant_id: AssistantId, file_id: FileId, services: Injected
) -> Done:
    """Delete a file: versions that had it keep it; the assistant answers without it from now on."""
    await services.files.delete_file(access.site_id, assistant_id, file_id, made_by=access.user)
    return Done(message="Assistant file deleted successfully")


@contextlib.asynccontextmanager
async def _part(request: Request, limit_bytes: int) -> AsyncIterator[tuple[str, UploadFile]]:
    """Give name and file of the one part ``file``; a file that is not small lies on disk meanwhile."""
    try:
        form = await request.form(max_files=2, max_fields=20, max_part_size=limit_bytes)
    except (HTTPException, MultiPartException) as error:
        raise invalid_request("Multipart: the form cannot be read") from error
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile) and name != "file":
                raise invalid_request(f"Unexpected file field - {name}")
        texts = request.headers.get("content-type", "").lower().startswith("multipart/")
        files = [_as_file(one) for one in form.getlist("file") if texts or isinstance(one, UploadFile)]
        if not files:
            raise invalid_request("File is required")
        if len(files) > 1:
            raise invalid_request("Too many files")
        file_name = clean_name(files[0].filename or "")
        if not file_name:
            raise invalid_request("The file needs a name")
        if (files[0].size or 0) > limit_bytes:
            raise HttpError(413, "payload_too_large", "File too large")
        yield file_name, files[0]
    finally:
        await form.close()


def _as_file(value: UploadFile | str) -> UploadFile:
    """Take a field for the text file that it is meant as."""
    if isinstance(value, UploadFile):
        return value
    content = value.encode()
    return UploadFile(io.BytesIO(content), filename=UNNAMED, size=len(content))
