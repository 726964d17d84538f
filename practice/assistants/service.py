"""A site's assistants and the files they answer from."""

from dataclasses import dataclass
from datetime import datetime

from config.clock import Clock
from config.database import Database


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
        self._database, self._clock = database, clock

    async def create_site(self, name: str, practice_id: str | None = None) -> int:
        """Create a site; gives its number."""
        raise NotImplementedError

    async def list_assistants(self, site_id: int) -> list[AssistantView]:
        """List a site's assistants, oldest first (raises SiteNotFound)."""
        raise NotImplementedError

    async def get_assistant(self, site_id: int, assistant_id: int) -> AssistantView:
        """Get one (raises AssistantNotFound)."""
        raise NotImplementedError

    async def create_assistant(
        self, site_id: int, name: str | None, instructions: str | None, code: str | None = None
    ) -> AssistantView:
        """Create one (raises SiteNotFound)."""
        raise NotImplementedError

    async def update_assistant(
        self, site_id: int, assistant_id: int, name: str | None, instructions: str | None
    ) -> AssistantView:
        """Replace name and instructions; None leaves a field as it is."""
        raise NotImplementedError

    async def delete_assistant(self, site_id: int, assistant_id: int) -> None:
        """Delete it and its files."""
        raise NotImplementedError

    async def list_files(self, site_id: int, assistant_id: int) -> list[FileView]:
        """List files, oldest first."""
        raise NotImplementedError

    async def get_file(self, site_id: int, assistant_id: int, file_id: int) -> FileView:
        """Get a file's description (raises FileNotFound)."""
        raise NotImplementedError

    async def get_content(self, site_id: int, assistant_id: int, file_id: int) -> bytes:
        """Get a file's bytes, exactly as uploaded."""
        raise NotImplementedError

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
        """Store a file."""
        raise NotImplementedError

    async def delete_file(self, site_id: int, assistant_id: int, file_id: int) -> None:
        """Delete a file."""
        raise NotImplementedError
