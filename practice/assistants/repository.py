"""The assistants' SQL."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from knowledge.chunk import Chunk
from practice.records.assistants import (
    Assistant,
    AssistantFile,
    AssistantRoute,
    AssistantTool,
    AssistantVersion,
    FileChunk,
)
from practice.records.conversations import Thread

_CHUNKS_AT_ONCE = 100


async def list_assistants(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[Assistant]:
    """List assistants that meet the conditions, oldest first."""
    return list(await session.scalars(select(Assistant).where(*conditions).order_by(Assistant.id)))


async def find_assistant(session: AsyncSession, *conditions: ColumnElement[bool]) -> Assistant | None:
    """Find the assistant that meets the conditions."""
    return (await session.scalars(select(Assistant).where(*conditions))).one_or_none()


async def delete_assistant(session: AsyncSession, assistant_id: int) -> None:
    """Delete an assistant; its files and chats go with it, while calls keep what was said."""
    await session.execute(
        update(Thread)
        .where(Thread.assistant_id == assistant_id, Thread.kind == "call")
        .values(assistant_id=None)
    )
    await session.execute(delete(Assistant).where(Assistant.id == assistant_id))


async def list_versions(session: AsyncSession, assistant_id: int) -> list[AssistantVersion]:
    """List an assistant's versions, newest first."""
    query = (
        select(AssistantVersion)
        .where(AssistantVersion.assistant_id == assistant_id)
        .order_by(AssistantVersion.number.desc())
    )
    return list(await session.scalars(query))


async def list_file_ids(session: AsyncSession, assistant_id: int) -> list[int]:
    """List the files that an assistant has now, oldest first."""
    query = (
        select(AssistantFile.id)
        .where(AssistantFile.assistant_id == assistant_id, AssistantFile.deleted_at.is_(None))
        .order_by(AssistantFile.id)
    )
    return list(await session.scalars(query))


async def list_files_of_assistants(
    session: AsyncSession, *conditions: ColumnElement[bool]
) -> dict[int, list[int]]:
    """List the files that assistants have now, oldest first, by the assistant."""
    query = (
        select(AssistantFile.assistant_id, AssistantFile.id)
        .join(Assistant, Assistant.id == AssistantFile.assistant_id)
        .where(AssistantFile.deleted_at.is_(None), *conditions)
        .order_by(AssistantFile.id)
    )
    found: dict[int, list[int]] = {}
    for assistant_id, file_id in await session.execute(query):
        found.setdefault(assistant_id, []).append(file_id)
    return found


async def list_files(
    session: AsyncSession, assistant_id: int, file_ids: Sequence[int] | None = None
) -> list[AssistantFile]:
    """List an assistant's files without their content, oldest first: those it has now, or those named."""
    wanted = AssistantFile.deleted_at.is_(None) if file_ids is None else AssistantFile.id.in_(file_ids)
    query = (
        select(AssistantFile)
        .where(AssistantFile.assistant_id == assistant_id, wanted)
        .order_by(AssistantFile.id)
    )
    return list(await session.scalars(query))


async def get_content(session: AsyncSession, file_id: int) -> bytes:
    """Read a file's bytes."""
    query = select(AssistantFile.content).where(AssistantFile.id == file_id)
    return (await session.scalars(query)).one()


async def set_files(session: AsyncSession, assistant_id: int, file_ids: Sequence[int], now: datetime) -> None:
    """Let an assistant have exactly these of the files it ever had."""
    mine = AssistantFile.assistant_id == assistant_id
    await session.execute(
        update(AssistantFile)
        .where(mine, AssistantFile.id.not_in(file_ids), AssistantFile.deleted_at.is_(None))
        .values(deleted_at=now)
    )
    await session.execute(
        update(AssistantFile).where(mine, AssistantFile.id.in_(file_ids)).values(deleted_at=None)
    )


async def list_chunks(session: AsyncSession, file_id: int, start: int, limit: int) -> list[Chunk]:
    """List some pieces of a file's text in reading order."""
    query = (
        select(FileChunk.text, FileChunk.heading, FileChunk.page)
        .where(FileChunk.file_id == file_id, FileChunk.position >= start)
        .order_by(FileChunk.position)
        .limit(limit)
    )
    return [Chunk(text, heading, page) for text, heading, page in await session.execute(query)]


async def add_chunks(session: AsyncSession, file_id: int, chunks: Sequence[Chunk]) -> None:
    """Add the pieces of a file's text, a few at a time: a long file must not hold up a call."""
    places = enumerate(chunks)
    while batch := [
        {"file_id": file_id, "position": place, "text": one.text, "heading": one.heading, "page": one.page}
        for place, one in islice(places, _CHUNKS_AT_ONCE)
    ]:
        await session.execute(insert(FileChunk), batch)


async def list_routes(session: AsyncSession, *conditions: ColumnElement[bool]) -> list[AssistantRoute]:
    """List the routes that meet the conditions, oldest first."""
    query = (
        select(AssistantRoute)
        .join(Assistant, Assistant.id == AssistantRoute.assistant_id)
        .where(*conditions)
        .order_by(AssistantRoute.id)
    )
    return list(await session.scalars(query))


async def list_tools(
    session: AsyncSession, *conditions: ColumnElement[bool]
) -> list[tuple[AssistantTool, Assistant | None]]:
    """List tools that meet the conditions, each with the assistant that it is, if any; oldest first."""
    query = (
        select(AssistantTool, Assistant)
        .outerjoin(Assistant, Assistant.id == AssistantTool.assistant_id)
        .where(*conditions)
        .order_by(AssistantTool.id)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]
