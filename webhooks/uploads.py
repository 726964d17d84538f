"""Uploaded files: their names as browsers send them, their bytes, and the way back."""

import urllib.parse

from starlette.datastructures import UploadFile
from starlette.responses import Response

from practice.assistants.views import FileView

MAX_NAME_CHARACTERS = 255
MOST_ENDING_CHARACTERS = 10


def clean_name(name: str) -> str:
    """Keep the last part of a name that may be a path, without control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = shown.rpartition(".")
    if len(shown) <= MAX_NAME_CHARACTERS or len(ending) > MOST_ENDING_CHARACTERS:
        return shown[:MAX_NAME_CHARACTERS]
    # The ending tells kinds of text apart.
    return stem[: MAX_NAME_CHARACTERS - len(ending) - 1] + dot + ending


async def whole(file: UploadFile) -> bytes:
    """Read all of an upload, from its beginning."""
    await file.seek(0)
    return await file.read()


def download(file: FileView, content: bytes) -> Response:
    """Give a file as it was uploaded; a page among them must not run as one of ours."""
    name = urllib.parse.quote(file.file_name, safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": "sandbox",
        "Content-Type": file.mime_type,
    }
    return Response(content, headers=headers)
