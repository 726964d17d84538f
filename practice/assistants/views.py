"""What other rooms see of assistants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from knowledge.chunk import Chunk


@dataclass(frozen=True, slots=True)
class AssistantView:
    """An assistant at one version; ``tool_ids`` of None are all built-in functions."""

    id: int
    site_id: int
    code: str
    version: int
    name: str | None
    instructions: str | None
    model: str | None
    temperature_hundredths: int
    top_p_hundredths: int
    response_format_json: bool
    include_conversation_transcript: bool
    include_conversation_metadata: bool
    tool_ids: tuple[int, ...] | None
    file_ids: tuple[int, ...]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of an assistant, as a list shows it, made by a person or a client, or None."""

    number: int
    cause: str
    made_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of an assistant, without its content."""

    id: int
    assistant_id: int
    file_name: str
    mime_type: str
    size: int
    sha256: str
    description: str | None
    pages: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ChunkPage:
    """Some pieces of a file's text."""

    pages: int | None
    chunks: tuple[Chunk, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class ToolView:
    """Something that an assistant may be given."""

    id: int
    function: str | None
    source_code: str | None = None
    source_id: int | None = None
    source_name: str | None = None


@dataclass(frozen=True, slots=True)
class RouteView:
    """Tags that choose an assistant."""

    id: int
    assistant_id: int
    tags: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RemoteApiView:
    """A remote API without its OAuth 2 client; its headers' JSON text is for whoever may see it."""

    id: int
    code: str
    site_id: int | None
    url: str
    auth: str
    headers: str = field(repr=False)


def hundredths(value: int) -> str:
    """Write a decimal as the contracts do."""
    return f"{value // 100}.{value % 100:02d}"


def function_of(code: str) -> str:
    """Give the name by which a model calls an assistant."""
    return f"ask_{code.replace('-', '_')}"[:64]


class AssistantFields(TypedDict, total=False):
    """What can be changed of an assistant; what is not there stays as it is."""

    name: str | None
    instructions: str | None
    model: str | None
    temperature_hundredths: int
    top_p_hundredths: int
    response_format_json: bool
    include_conversation_transcript: bool
    include_conversation_metadata: bool
    tool_ids: list[int] | None


def cause_of(fields: Mapping[str, Any]) -> str:
    """Say what changes, for the list of versions, such as ``changed: instructions, model``."""
    names = {"temperature_hundredths": "temperature", "top_p_hundredths": "top_p", "tool_ids": "tools"}
    return "changed: " + ", ".join(names.get(name, name) for name in fields)
