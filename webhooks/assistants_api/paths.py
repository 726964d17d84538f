"""What paths of the Assistants Admin API name: assistants by their codes, records by their numbers."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path

from practice.assistants.views import AssistantView
from webhooks.assistants_api.auth import ClientAccess, reads, writes
from webhooks.dependencies import Injected

MOST_DIGITS = 18


def _assistant(
    access: Callable[..., Awaitable[ClientAccess]], name: str
) -> Callable[..., Awaitable[AssistantView]]:
    """Make the dependency that finds the assistant whose code is in a path; 404 where the client has none."""

    async def assistant(
        code: Annotated[
            str, Path(alias=name, description="The assistant's code.", examples=["front-desk"], min_length=1)
        ],
        client: Annotated[ClientAccess, Depends(access)],
        services: Injected,
    ) -> AssistantView:
        return await services.assistants.get_by_code(code, client.site_ids)

    return assistant


async def _record_number(
    path: Annotated[
        str,
        Path(alias="id", description="A unique integer value identifying it.", examples=["12"], min_length=1),
    ],
) -> int:
    return number_in(path)


def number_in(path: str) -> int:
    """Read a record's number in a path; what is no number is 0, which no record has."""
    return int(path) if path.isascii() and path.isdecimal() and len(path) <= MOST_DIGITS else 0


RecordNumber = Annotated[int, Depends(_record_number)]
"""The number in a path's ``{id}``."""
ReadByCode = Annotated[AssistantView, Depends(_assistant(reads, "code"))]
"""The assistant of a path's ``{code}``, for a token that may read."""
WrittenByCode = Annotated[AssistantView, Depends(_assistant(writes, "code"))]
ReadAssistant = Annotated[AssistantView, Depends(_assistant(reads, "assistant_code"))]
WrittenAssistant = Annotated[AssistantView, Depends(_assistant(writes, "assistant_code"))]
