"""Versions: what an assistant was, from one change to the next."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from kit.copying import copy_fields
from practice.assistants import repository
from practice.assistants.views import AssistantView
from practice.records.assistants import Assistant, AssistantVersion

KEPT = (
    "name",
    "instructions",
    "model",
    "temperature_hundredths",
    "top_p_hundredths",
    "response_format_json",
    "include_conversation_transcript",
    "include_conversation_metadata",
    "tool_ids",
)
"""The fields that a version keeps, beside its files."""

FIRST = 1


async def begin(session: AsyncSession, assistant: Assistant) -> None:
    """Write an assistant's first version down if nobody has, in a transaction that holds its row."""
    if assistant.version < FIRST:
        assistant.version = FIRST
        await _write(session, assistant, "created", None, assistant.created_at)


async def record(
    session: AsyncSession, assistant: Assistant, cause: str, made_by: str | None, now: datetime
) -> None:
    """Write a new version down, in the transaction of the change itself."""
    assistant.version += 1
    assistant.updated_at = now
    await _write(session, assistant, cause, made_by, now)


async def _write(
    session: AsyncSession, assistant: Assistant, cause: str, made_by: str | None, now: datetime
) -> None:
    await session.flush()
    snapshot: dict[str, Any] = {name: getattr(assistant, name) for name in KEPT}
    snapshot["file_ids"] = await repository.list_file_ids(session, assistant.id)
    session.add(
        AssistantVersion(
            assistant_id=assistant.id,
            number=assistant.version,
            snapshot=snapshot,
            cause=cause,
            made_by=made_by,
            created_at=now,
        )
    )
    await session.flush()


def view(assistant: Assistant, number: int, snapshot: dict[str, Any], updated_at: datetime) -> AssistantView:
    """Show an assistant at a version."""
    tool_ids = snapshot["tool_ids"]
    fields = {name: snapshot[name] for name in KEPT if name != "tool_ids"}
    return copy_fields(
        AssistantView,
        assistant,
        version=number,
        tool_ids=None if tool_ids is None else tuple(tool_ids),
        file_ids=tuple(snapshot["file_ids"]),
        updated_at=updated_at,
        **fields,
    )


async def present(session: AsyncSession, assistant: Assistant) -> AssistantView:
    """Show an assistant as it is now."""
    return _now(assistant, await repository.list_file_ids(session, assistant.id))


async def present_all(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[AssistantView]:
    """Show the assistants that meet conditions as they are now, in two statements however many there are."""
    files = await repository.list_files_of_assistants(session, *conditions)
    return [
        _now(one, files.get(one.id, [])) for one in await repository.list_assistants(session, *conditions)
    ]


def _now(assistant: Assistant, file_ids: list[int]) -> AssistantView:
    snapshot: dict[str, Any] = {name: getattr(assistant, name) for name in KEPT}
    snapshot["file_ids"] = file_ids
    return view(assistant, max(FIRST, assistant.version), snapshot, assistant.updated_at)
