"""Assistants with their versions, files and routes, and what they may use."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base
from practice.records.encrypted import EncryptedJson
from practice.records.practices import Site


class Assistant(Base):
    """How a site's bot is to behave: the latest version, which is also its newest ``AssistantVersion``.

    ``tool_ids`` of None are the built-in functions; ``model`` of None is the server's. Temperature and top-p
    are kept in hundredths, exactly.
    """

    __tablename__ = "assistants"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    instructions: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None]
    temperature_hundredths: Mapped[int] = mapped_column(default=70)
    top_p_hundredths: Mapped[int] = mapped_column(default=100)
    response_format_json: Mapped[bool] = mapped_column(default=False)
    include_conversation_transcript: Mapped[bool] = mapped_column(default=True)
    include_conversation_metadata: Mapped[bool] = mapped_column(default=True)
    tool_ids: Mapped[list[int] | None]
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AssistantVersion(Base):
    """An assistant as it was from one change to the next; never altered."""

    __tablename__ = "assistant_versions"

    assistant_id: Mapped[int] = mapped_column(ForeignKey(Assistant.id, ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    snapshot: Mapped[dict[str, Any]]
    cause: Mapped[str]
    made_by: Mapped[str | None]
    created_at: Mapped[datetime]


class AssistantFile(Base):
    """A file that an assistant answers from, byte for byte.

    A deleted file keeps its row as long as a version of the assistant names it.
    """

    __tablename__ = "assistant_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey(Assistant.id, ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    mime_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    description: Mapped[str | None] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    pages: Mapped[int | None]
    chunked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class FileChunk(Base):
    """A piece of a file's text, with the headings it stands under and its page."""

    __tablename__ = "file_chunks"

    file_id: Mapped[int] = mapped_column(ForeignKey(AssistantFile.id, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    heading: Mapped[str] = mapped_column(Text)
    page: Mapped[int | None]


class AssistantRoute(Base):
    """Tags that choose the assistant for a conversation: all of them must match."""

    __tablename__ = "assistant_routes"

    id: Mapped[int] = mapped_column(primary_key=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey(Assistant.id, ondelete="CASCADE"), index=True)
    tags: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AssistantTool(Base):
    """Something that an assistant may be given: a built-in function, or another assistant."""

    __tablename__ = "assistant_tools"
    __table_args__ = (CheckConstraint("(assistant_id IS NULL) <> (function IS NULL)", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    function: Mapped[str | None] = mapped_column(unique=True)
    assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey(Assistant.id, ondelete="CASCADE"), unique=True
    )
    created_at: Mapped[datetime]


class RemoteApi(Base):
    """A remote API that assistants may call by its code; its credentials are sealed.

    ``site_id`` of None: it serves the whole installation.
    """

    __tablename__ = "remote_apis"
    __table_args__ = (CheckConstraint("auth IN ('none', 'headers', 'oauth2')", name="auth"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    auth: Mapped[str]
    sealed_headers: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_oauth: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Memory(Base):
    """What an assistant has written down in a conversation, to know it in the next turn or the next call."""

    __tablename__ = "memories"

    assistant_id: Mapped[int] = mapped_column(ForeignKey(Assistant.id, ondelete="CASCADE"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("memories.data"))
    updated_at: Mapped[datetime]
