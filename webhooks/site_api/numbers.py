"""Numbers in the paths of the Site Assistants API."""

from typing import Annotated

from fastapi import Depends, Request

from webhooks.http_errors import HttpError

MAX_DIGITS = 18


def number(name: str, request: Request) -> int:
    """Read a number in the path.

    Raises:
        HttpError: It is none (400).
    """
    text = request.path_params[name]
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        raise HttpError(400, "invalid_request", "Validation failed (numeric string is expected)")
    return int(text)


async def _site_id(request: Request) -> int:
    return number("siteId", request)


async def _assistant_id(request: Request) -> int:
    return number("siteAssistantId", request)


async def _file_id(request: Request) -> int:
    return number("assistantFileId", request)


SiteId = Annotated[int, Depends(_site_id)]
AssistantId = Annotated[int, Depends(_assistant_id)]
FileId = Annotated[int, Depends(_file_id)]
