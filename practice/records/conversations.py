"""Threads with their messages; a phone call is one, a chat is another."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.assistants import Assistant
from practice.records.base import Base
from practice.records.partners import Bot


class Thread(Base):
    """A conversation.

    ``owner`` is who chats through the Site API; ``user_id``, ``content`` and ``conversation_id`` are an
    integrator's own. ``assistant_version`` is the version that it began with and keeps.
    """

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("kind IN ('call', 'chat')", name="kind"),
        Index(None, "assistant_id", "owner"),
        Index(None, "assistant_id", "conversation_id", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    bot_id: Mapped[str | None] = mapped_column(ForeignKey(Bot.id, ondelete="SET NULL"), index=True)
    assistant_id: Mapped[int | None] = mapped_column(ForeignKey(Assistant.id, ondelete="CASCADE"))
    assistant_version: Mapped[int | None]
    owner: Mapped[str | None]
    user_id: Mapped[str | None]
    conversation_id: Mapped[str | None]
    content: Mapped[dict[str, Any] | None]
    message_count: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]


class ThreadNumber(Base):
    """The integer by which the Assistants Admin API names a thread."""

    __tablename__ = "thread_numbers"

    number: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey(Thread.id, ondelete="CASCADE"), unique=True)


class ThreadMessage(Base):
    """A message, at its place in the thread."""

    __tablename__ = "thread_messages"

    thread_id: Mapped[str] = mapped_column(ForeignKey(Thread.id, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Call(Base):
    """A phone call, by the carrier's id."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("ending_kind IN ('hang_up', 'transfer', 'message')", name="ending_kind"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey(Thread.id), unique=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"), index=True)
    from_number: Mapped[str | None]
    to_number: Mapped[str | None]
    status: Mapped[str]
    connections: Mapped[int]
    ending_kind: Mapped[str | None]
    ending_reason: Mapped[str | None]
    ending_to: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    duration_seconds: Mapped[int | None]

    thread: Mapped[Thread] = relationship(lazy="raise")
