"""The files that assistants answer from: kept byte for byte, with the text that was found in them."""

import asyncio
import hashlib
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.site import MOST_CHUNKS_AT_ONCE
from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from kit.processes import WorkerDidNotStart
from kit.text import is_text
from knowledge.chunk import Chunk
from knowledge.extract.errors import DocumentError
from knowledge.extract.extractor import Extracted, Extractor, Read
from practice.assistants import repository, versions
from practice.assistants.service import get
from practice.assistants.views import ChunkPage, FileView
from practice.errors import FileNotFound, FileReaderUnavailable, FileRefused, InvalidRequest
from practice.records.assistants import AssistantFile
from practice.records.finding import find_by
from practice.service import RecordsService


class Files(RecordsService):
    """Files of assistants."""

    def __init__(self, database: Database, clock: Clock, extractor: Extractor) -> None:
        super().__init__(database, clock)
        self._extractor = extractor

    async def list_files(
        self, site_id: int, assistant_id: int, file_ids: Sequence[int] | None = None
    ) -> list[FileView]:
        """List an assistant's files: those it has now, or those of an older version by their ids."""
        async with self._database.reading() as session:
            await get(session, site_id, assistant_id)
            return [_view(one) for one in await repository.list_files(session, assistant_id, file_ids)]

    async def get_file(self, site_id: int, assistant_id: int, file_id: int) -> FileView:
        """Get what is known of a file."""
        async with self._database.reading() as session:
            return _view(await _get(session, site_id, assistant_id, file_id))

    async def get_content(self, site_id: int, assistant_id: int, file_id: int) -> bytes:
        """Get a file's bytes."""
        async with self._database.reading() as session:
            await _get(session, site_id, assistant_id, file_id)
            return await repository.get_content(session, file_id)

    async def get_chunks(
        self, site_id: int, assistant_id: int, file_id: int, start: int = 0, limit: int = MOST_CHUNKS_AT_ONCE
    ) -> ChunkPage:
        """Get pieces of a file's text, also of an older version's; taken out now where that was not done."""
        async with self._database.reading() as session:
            file = await _get(session, site_id, assistant_id, file_id, deleted=True)
            if file.chunked_at is not None:
                found = await repository.list_chunks(session, file_id, start, limit + 1)
                return _page(file.pages, found, start, limit)
            content = await repository.get_content(session, file_id)
        extracted = await self._extract(content, file.file_name)
        async with self._database.session() as session:
            kept = await _get(session, site_id, assistant_id, file_id, lock=True, deleted=True)
            if kept.chunked_at is None:
                await self._keep(session, kept, extracted)
        return _page(extracted.pages, extracted.chunks[start : start + limit + 1], start, limit)

    async def add_file(
        self,
        site_id: int,
        assistant_id: int,
        *,
        file_name: str,
        content: bytes | Read,
        description: str | None = None,
        made_by: str | None = None,
    ) -> FileView:
        """Keep a file and its text: both or neither. Its bytes may be read when they are needed."""
        if not all(value is None or is_text(value) for value in (file_name, description)):
            raise InvalidRequest("The text holds characters that cannot be stored.")
        async with self._database.reading() as session:
            await get(session, site_id, assistant_id)
        extracted = await self._extract(content, file_name)
        now = self._clock()
        whole = content if isinstance(content, bytes) else await content()
        file = AssistantFile(
            assistant_id=assistant_id,
            file_name=file_name,
            mime_type=extracted.mime_type,
            size=len(whole),
            # Twenty megabytes take as long as several packets of a call.
            sha256=(await asyncio.to_thread(hashlib.sha256, whole)).hexdigest(),
            description=description,
            content=whole,
            created_at=now,
        )
        async with self._database.session() as session:
            assistant = await get(session, site_id, assistant_id, lock=True)
            await versions.begin(session, assistant)
            session.add(file)
            await session.flush()
            await self._keep(session, file, extracted)
            await versions.record(session, assistant, f"file added: {file_name}", made_by, now)
        return _view(file)

    async def delete_file(
        self, site_id: int, assistant_id: int, file_id: int, *, made_by: str | None = None
    ) -> None:
        """Take a file away from an assistant; the versions that had it keep it."""
        now = self._clock()
        async with self._database.session() as session:
            assistant = await get(session, site_id, assistant_id, lock=True)
            file = await _get(session, site_id, assistant_id, file_id)
            await versions.begin(session, assistant)
            file.deleted_at = now
            await versions.record(session, assistant, f"file removed: {file.file_name}", made_by, now)

    async def _extract(self, content: bytes | Read, file_name: str) -> Extracted:
        try:
            return await self._extractor.extract(content, file_name)
        except DocumentError as error:
            raise FileRefused(error.message) from error
        except WorkerDidNotStart as error:
            raise FileReaderUnavailable from error

    async def _keep(self, session: AsyncSession, file: AssistantFile, extracted: Extracted) -> None:
        file.pages, file.chunked_at = extracted.pages, self._clock()
        await session.flush()
        await repository.add_chunks(session, file.id, extracted.chunks)


def _page(pages: int | None, found: Sequence[Chunk], start: int, limit: int) -> ChunkPage:
    return ChunkPage(pages, tuple(found[:limit]), start + limit if len(found) > limit else None)


async def _get(
    session: AsyncSession,
    site_id: int,
    assistant_id: int,
    file_id: int,
    *,
    lock: bool = False,
    deleted: bool = False,
) -> AssistantFile:
    await get(session, site_id, assistant_id, lock=lock)
    file = await find_by(session, AssistantFile, assistant_id=assistant_id, id=file_id)
    if file is None or (file.deleted_at is not None and not deleted):
        raise FileNotFound
    return file


def _view(file: AssistantFile) -> FileView:
    return copy_fields(FileView, file)
