"""Assistants and their files."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base
from practice.records.practices import Site


class Assistant(Base):
    """How a site's bot is to behave."""

    __tablename__ = "assistants"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    instructions: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AssistantFile(Base):
    """A file that an assistant answers from, byte for byte."""

    __tablename__ = "assistant_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    assistant_id: Mapped[int] = mapped_column(ForeignKey(Assistant.id, ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    mime_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    description: Mapped[str | None] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    created_at: Mapped[datetime]
