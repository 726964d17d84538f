"""Threads with their messages; a phone call is one, a chat is another."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, and_, or_, type_coerce
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from practice.records.assistants import Assistant
from practice.records.base import Base
from practice.records.encrypted import EncryptedJson, EncryptedText, Hashed, is_hash_of
from practice.records.partners import Bot

TEXTS_FROM = "sms:"
"""Begins the owner of a conversation by text message, before the number (E.164)."""
MESSAGE, CALLER = "thread_messages.message", "calls.from_number"
"""What they are encrypted as."""


class Thread(Base):
    """A conversation.

    ``owner`` is who chats through the Site API, or whose text messages it is; ``user_id``, ``content`` and
    ``conversation_id`` are an integrator's own. ``assistant_version`` is the version that it began with and
    keeps.
    """

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("kind IN ('call', 'chat')", name="kind"),
        Index(None, "assistant_id", "owner_hash"),
        Index(None, "assistant_id", "conversation_id", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    bot_id: Mapped[str | None] = mapped_column(ForeignKey(Bot.id, ondelete="SET NULL"), index=True)
    assistant_id: Mapped[int | None] = mapped_column(ForeignKey(Assistant.id, ondelete="CASCADE"))
    assistant_version: Mapped[int | None]
    owner: Mapped[str | None] = mapped_column(EncryptedText("threads.owner"))
    owner_hash: Mapped[str | None] = mapped_column(Hashed("owner"))
    user_id: Mapped[str | None]
    conversation_id: Mapped[str | None]
    content: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("threads.content"))
    message_count: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]

    @validates("owner")
    def _hash_owner(self, _name: str, owner: str | None) -> str | None:
        self.owner_hash = owner
        return owner

    @classmethod
    def is_owned_by(cls, owner: str) -> ColumnElement[bool]:
        """Limit a query to the threads of an owner; those begun before there were hashes have none."""
        plain = type_coerce(cls.owner, String) == owner
        return or_(is_hash_of(cls.owner_hash, owner), and_(cls.owner_hash.is_(None), plain))


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
    message: Mapped[dict[str, Any]] = mapped_column(EncryptedJson(MESSAGE))
    created_at: Mapped[datetime]


class Call(Base):
    """A phone call, by the carrier's id.

    ``stream`` is the connection that leads the conversation: what an earlier one still has to say is refused.
    """

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("ending_kind IN ('hang_up', 'transfer', 'message')", name="ending_kind"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey(Thread.id), unique=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"), index=True)
    from_number: Mapped[str | None] = mapped_column(EncryptedText(CALLER))
    to_number: Mapped[str | None]
    status: Mapped[str]
    connections: Mapped[int]
    stream: Mapped[int] = mapped_column(server_default="0")
    ending_kind: Mapped[str | None]
    ending_reason: Mapped[str | None] = mapped_column(EncryptedText("calls.ending_reason"))
    ending_to: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    duration_seconds: Mapped[int | None]
    outcome: Mapped[str | None]
    """What came of it (``practice/conversations/outcome.py``), when its bot or the carrier ended it last."""
    answers_ms: Mapped[list[int] | None]
    """How long the caller waited for each answer, voice to voice."""

    thread: Mapped[Thread] = relationship(lazy="raise")
