"""What was read out of files, in short: how much, and on which pages nothing."""

from dataclasses import dataclass

from sqlalchemy import func, select

from kit.db.database import Database
from practice.assistants.service import get
from practice.records.assistants import AssistantFile, FileChunk


@dataclass(frozen=True, slots=True)
class FileReading:
    """What was read out of a file, if it was, and the pages without text: often pictures of it."""

    read: bool
    pieces: int
    characters: int
    pages_without_text: tuple[int, ...]


async def list_readings(database: Database, site_id: int, assistant_id: int) -> dict[int, FileReading]:
    """Tell what was read out of each of an assistant's files, by the file's number."""
    query = (
        select(
            AssistantFile.id,
            AssistantFile.pages,
            AssistantFile.chunked_at,
            FileChunk.page,
            func.count(FileChunk.file_id),
            func.coalesce(func.sum(func.length(FileChunk.text)), 0),
        )
        .outerjoin(FileChunk, FileChunk.file_id == AssistantFile.id)
        .where(AssistantFile.assistant_id == assistant_id, AssistantFile.deleted_at.is_(None))
        .group_by(AssistantFile.id, AssistantFile.pages, AssistantFile.chunked_at, FileChunk.page)
    )
    async with database.reading() as session:
        await get(session, site_id, assistant_id)
        rows = (await session.execute(query)).all()
    found: dict[int, FileReading] = {}
    for file_id in {row[0] for row in rows}:
        mine = [row for row in rows if row[0] == file_id]
        pages, read = mine[0][1] or 0, mine[0][2] is not None
        with_text = {row[3] for row in mine}
        without = tuple(one for one in range(1, pages + 1) if one not in with_text) if read else ()
        pieces, characters = sum(row[4] for row in mine), sum(row[5] for row in mine)
        found[file_id] = FileReading(read, pieces, characters, without)
    return found
