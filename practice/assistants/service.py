"""A site's assistants and the files they answer from."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from config.clock import Clock
from config.database import Database
from practice.assistants import repository
from practice.errors import AssistantNotFound, FileNotFound, InvalidRequest, SiteNotFound
from practice.ids import new_id
from practice.payload import is_text
from practice.records.assistants import Assistant, AssistantFile
from practice.records.practices import Site

LARGEST_ROW_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class AssistantView:
    """An assistant.

    Attributes:
        id: Its number.
        site_id: The site it belongs to.
        code: A readable name, unique in the installation.
        name: What it is called, or None.
        instructions: How it is to behave, or None.
        created_at: When it was made, UTC.
        updated_at: When it or one of its files last changed, UTC.
    """

    id: int
    site_id: int
    code: str
    name: str | None
    instructions: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of an assistant, without its content.

    Attributes:
        id: Its number.
        assistant_id: The assistant it belongs to.
        file_name: As uploaded.
        mime_type: As uploaded.
        size: Bytes.
        sha256: Hex digest of the content.
        description: Or None.
        created_at: UTC.
    """

    id: int
    assistant_id: int
    file_name: str
    mime_type: str
    size: int
    sha256: str
    description: str | None
    created_at: datetime


class Assistants:
    """Assistants of sites."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create_site(self, name: str, practice_id: str | None = None) -> int:
        """Make a site.

        Args:
            name: What the place is called.
            practice_id: Whose it is, when kept here.

        Returns:
            The site's number.
        """
        site = Site(name=name, practice_id=practice_id, created_at=self._clock())
        async with self._database.session() as session:
            session.add(site)
            await session.flush()
        return site.id

    async def list_assistants(self, site_id: int) -> list[AssistantView]:
        """List a site's assistants.

        Args:
            site_id: The site.

        Returns:
            Oldest first.

        Raises:
            SiteNotFound: No such site.
        """
        async with self._database.reading() as session:
            await _check_site(session, site_id)
            return [_view(one) for one in await repository.list_assistants(session, site_id)]

    async def get_assistant(self, site_id: int, assistant_id: int) -> AssistantView:
        """Get an assistant.

        Args:
            site_id: The site.
            assistant_id: The assistant.

        Returns:
            The assistant.

        Raises:
            AssistantNotFound: None of this number at this site.
        """
        async with self._database.reading() as session:
            return _view(await _get(session, site_id, assistant_id))

    async def create_assistant(
        self, site_id: int, name: str | None, instructions: str | None, code: str | None = None
    ) -> AssistantView:
        """Make an assistant.

        Args:
            site_id: The site.
            name: What it is called.
            instructions: How it is to behave.
            code: A readable name, unique in the installation; made up when not given.

        Returns:
            The assistant.

        Raises:
            SiteNotFound: No such site.
            InvalidRequest: A text that cannot be stored.
        """
        _check_text(code, name, instructions)
        now = self._clock()
        assistant = Assistant(
            site_id=site_id,
            code=code or new_id("asst", now).replace("_", "-"),
            name=name,
            instructions=instructions,
            created_at=now,
            updated_at=now,
        )
        async with self._database.session() as session:
            await _check_site(session, site_id)
            session.add(assistant)
            await session.flush()
        return _view(assistant)

    async def update_assistant(
        self, site_id: int, assistant_id: int, name: str | None, instructions: str | None
    ) -> AssistantView:
        """Change an assistant.

        Args:
            site_id: The site.
            assistant_id: The assistant.
            name: Its new name; None leaves the old one.
            instructions: Its new instructions; None leaves the old ones.

        Returns:
            The assistant as it is now.

        Raises:
            AssistantNotFound: None of this number at this site.
            InvalidRequest: A text that cannot be stored.
        """
        _check_text(name, instructions)
        async with self._database.session() as session:
            assistant = await _get(session, site_id, assistant_id)
            if name is not None:
                assistant.name = name
            if instructions is not None:
                assistant.instructions = instructions
            assistant.updated_at = self._clock()
        return _view(assistant)

    async def delete_assistant(self, site_id: int, assistant_id: int) -> None:
        """Delete an assistant and its files.

        Args:
            site_id: The site.
            assistant_id: The assistant.

        Raises:
            AssistantNotFound: None of this number at this site.
        """
        async with self._database.session() as session:
            await _get(session, site_id, assistant_id)
            await repository.delete_assistant(session, assistant_id)

    async def list_files(self, site_id: int, assistant_id: int) -> list[FileView]:
        """List an assistant's files.

        Args:
            site_id: The site.
            assistant_id: The assistant.

        Returns:
            Oldest first.

        Raises:
            AssistantNotFound: None of this number at this site.
        """
        async with self._database.reading() as session:
            await _get(session, site_id, assistant_id)
            return [_file_view(one) for one in await repository.list_files(session, assistant_id)]

    async def get_file(self, site_id: int, assistant_id: int, file_id: int) -> FileView:
        """Get what is known of a file.

        Args:
            site_id: The site.
            assistant_id: The assistant.
            file_id: The file.

        Returns:
            The file without its content.

        Raises:
            AssistantNotFound: No such assistant at this site.
            FileNotFound: No such file of this assistant.
        """
        async with self._database.reading() as session:
            return _file_view(await _get_file(session, site_id, assistant_id, file_id))

    async def get_content(self, site_id: int, assistant_id: int, file_id: int) -> bytes:
        """Get a file's bytes.

        Args:
            site_id: The site.
            assistant_id: The assistant.
            file_id: The file.

        Returns:
            Exactly what was uploaded.

        Raises:
            AssistantNotFound: No such assistant at this site.
            FileNotFound: No such file of this assistant.
        """
        async with self._database.reading() as session:
            await _get_file(session, site_id, assistant_id, file_id)
            return await repository.get_content(session, file_id)

    async def add_file(
        self,
        site_id: int,
        assistant_id: int,
        *,
        file_name: str,
        mime_type: str,
        content: bytes,
        description: str | None = None,
    ) -> FileView:
        """Keep a file.

        Args:
            site_id: The site.
            assistant_id: The assistant.
            file_name: As uploaded.
            mime_type: As uploaded.
            content: Its bytes; may be empty.
            description: What it is about.

        Returns:
            The file without its content.

        Raises:
            AssistantNotFound: None of this number at this site.
            InvalidRequest: A text that cannot be stored.
        """
        _check_text(file_name, mime_type, description)
        now = self._clock()
        file = AssistantFile(
            assistant_id=assistant_id,
            file_name=file_name,
            mime_type=mime_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            description=description,
            content=content,
            created_at=now,
        )
        async with self._database.session() as session:
            assistant = await _get(session, site_id, assistant_id)
            assistant.updated_at = now
            session.add(file)
            await session.flush()
        return _file_view(file)

    async def delete_file(self, site_id: int, assistant_id: int, file_id: int) -> None:
        """Delete a file.

        Args:
            site_id: The site.
            assistant_id: The assistant.
            file_id: The file.

        Raises:
            AssistantNotFound: No such assistant at this site.
            FileNotFound: No such file of this assistant.
        """
        async with self._database.session() as session:
            await _get_file(session, site_id, assistant_id, file_id)
            await repository.delete_file(session, file_id)
            (await _get(session, site_id, assistant_id)).updated_at = self._clock()


def _check_text(*values: str | None) -> None:
    if not all(value is None or is_text(value) for value in values):
        raise InvalidRequest("The text holds characters that cannot be stored.")


async def _check_site(session: AsyncSession, site_id: int) -> None:
    if not _is_row_number(site_id) or not await repository.site_exists(session, site_id):
        raise SiteNotFound


async def _get(session: AsyncSession, site_id: int, assistant_id: int) -> Assistant:
    if not _is_row_number(site_id) or not _is_row_number(assistant_id):
        raise AssistantNotFound
    assistant = await repository.find_assistant(session, site_id, assistant_id)
    if assistant is None:
        raise AssistantNotFound
    return assistant


async def _get_file(session: AsyncSession, site_id: int, assistant_id: int, file_id: int) -> AssistantFile:
    await _get(session, site_id, assistant_id)
    file = await repository.find_file(session, assistant_id, file_id) if _is_row_number(file_id) else None
    if file is None:
        raise FileNotFound
    return file


def _is_row_number(number: int) -> bool:
    """Tell whether a number could be a row's; PostgreSQL refuses to compare with larger ones."""
    return 0 < number <= LARGEST_ROW_NUMBER


def _view(assistant: Assistant) -> AssistantView:
    return AssistantView(
        id=assistant.id,
        site_id=assistant.site_id,
        code=assistant.code,
        name=assistant.name,
        instructions=assistant.instructions,
        created_at=assistant.created_at,
        updated_at=assistant.updated_at,
    )


def _file_view(file: AssistantFile) -> FileView:
    return FileView(
        id=file.id,
        assistant_id=file.assistant_id,
        file_name=file.file_name,
        mime_type=file.mime_type,
        size=file.size,
        sha256=file.sha256,
        description=file.description,
        created_at=file.created_at,
    )
