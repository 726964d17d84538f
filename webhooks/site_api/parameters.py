"""The parameters of the Site Assistants API's paths and queries."""

import re
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

LATEST = "latest"
LONGEST_CONVERSATION = 255


def _digits(text: Any, most: int = 18) -> Any:
    """Refuse what pydantic would take for a number besides digits: signs, blanks, ``1.0``."""
    if not re.fullmatch(rf"[0-9]{{1,{most}}}", str(text)):
        raise PydanticCustomError("number", "numeric string is expected")
    return text


def _version(text: Any) -> Any:
    return None if text == LATEST else _digits(text)


_Number = Annotated[int, Field(ge=0, le=10**18 - 1), BeforeValidator(_digits)]

SiteId = Annotated[_Number, Path(alias="siteId", description="The site.", examples=[123])]
AssistantId = Annotated[_Number, Path(alias="siteAssistantId", description="The assistant.", examples=[456])]
FileId = Annotated[_Number, Path(alias="assistantFileId", description="The file.", examples=[7])]
Version = Annotated[
    int | None,
    BeforeValidator(_version),
    WithJsonSchema({"type": "string", "pattern": "^([0-9]{1,18}|latest)$"}),
    Path(description="The version's number, or `latest`.", examples=["2"]),
]
"""None is the latest."""
ConversationId = Annotated[
    str,
    Path(
        description="The call, the chat's thread, or the integrator's conversation.",
        examples=["thrd_01h2xcejqtf2nbrexx3vqjhp41"],
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_CONVERSATION},
    ),
]
ThreadId = Annotated[
    str, Path(alias="threadId", description="The conversation.", examples=["thrd_01h2xcejqtf2nbrexx3vqjhp41"])
]
After = Annotated[int, Query(ge=-1, le=2**31 - 1, description="Only what was said behind this position.")]
Start = Annotated[
    int,
    Field(ge=0, le=10**9 - 1),
    BeforeValidator(lambda text: _digits(text, 9)),
    Query(description="The place of the first piece, from 0.", examples=[0]),
]
Description = Annotated[
    str,
    Query(
        max_length=2000,
        description="A description for the uploaded file",
        examples=["Instructions document for the assistant"],
    ),
]
