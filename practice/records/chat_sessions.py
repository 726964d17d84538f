"""Chat sessions: conversations that a person of the practice takes over."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.base import Base
from practice.records.conversations import Thread
from practice.records.encrypted import EncryptedJson, EncryptedLongText, EncryptedText
from practice.records.partners import Bot
from practice.records.practices import Practice, Site


class ChatSession(Base):
    """A session. Its moments are milliseconds since 1970, as its API has them and as they were given."""

    __tablename__ = "chat_sessions"
    __table_args__ = (
        CheckConstraint("urgency IN ('routine', 'urgent', 'emergency')", name="urgency"),
        Index(None, "site_id", "created_ms"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"))
    bot_id: Mapped[str | None] = mapped_column(ForeignKey(Bot.id, ondelete="SET NULL"), index=True)
    thread_id: Mapped[str | None] = mapped_column(ForeignKey(Thread.id, ondelete="SET NULL"), index=True)
    call_id: Mapped[str | None] = mapped_column(index=True)
    booking_id: Mapped[str | None]
    created_ms: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str]
    type: Mapped[str | None]
    room: Mapped[str | None]
    started_ms: Mapped[int | None] = mapped_column(BigInteger)
    started_by: Mapped[str | None]
    accepted_ms: Mapped[int | None] = mapped_column(BigInteger)
    accepted_by: Mapped[str | None]
    rejected_ms: Mapped[int | None] = mapped_column(BigInteger)
    rejected_by: Mapped[str | None]
    reject_reason: Mapped[str | None] = mapped_column(EncryptedLongText("chat_sessions.reject_reason"))
    finished_ms: Mapped[int | None] = mapped_column(BigInteger)
    finished_by: Mapped[str | None]
    finish_reason: Mapped[str | None] = mapped_column(EncryptedLongText("chat_sessions.finish_reason"))
    reason: Mapped[str | None] = mapped_column(EncryptedLongText("chat_sessions.reason"))
    urgency: Mapped[str | None]
    summary: Mapped[str | None] = mapped_column(EncryptedLongText("chat_sessions.summary"))
    callback_at: Mapped[str | None] = mapped_column(EncryptedText("chat_sessions.callback_at"))
    rung: Mapped[int]
    """How many contacts of the practice's hand-off ladder were rung for it."""
    early_leg: Mapped[dict[str, Any] | None]
    """The contact who is rung while the bot still speaks; see ``chat_sessions.early_legs``."""
    participants: Mapped[list["ChatSessionParticipant"]] = relationship(
        lazy="raise", order_by="ChatSessionParticipant.position", cascade="all, delete-orphan"
    )


class ChatSessionParticipant(Base):
    """An account that takes part in a session, at its place in the list."""

    __tablename__ = "chat_session_participants"
    __table_args__ = (Index(None, "account_id", "session_id"),)

    session_id: Mapped[str] = mapped_column(ForeignKey(ChatSession.id, ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class ChatSessionEvent(Base):
    """Something that happened to a session; its number grows in the order in which events were committed."""

    __tablename__ = "chat_session_events"
    __table_args__ = (Index(None, "session_id", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey(ChatSession.id, ondelete="CASCADE"))
    kind: Mapped[str]
    by: Mapped[str | None]
    position: Mapped[int | None]
    """Of a message: its place in the thread."""
    detail: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("chat_session_events.detail"))
    created_at: Mapped[datetime]


class ChatSessionToken(Base):
    """What an account opens the Chat Sessions API with; only the token's hash is kept."""

    __tablename__ = "chat_session_tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id, ondelete="CASCADE"), index=True)
    prefix: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class HandOffContact(Base):
    """A person or phone that is rung when a caller is handed over, at its place on the practice's ladder."""

    __tablename__ = "hand_off_contacts"
    __table_args__ = (
        CheckConstraint("ring_seconds BETWEEN 5 AND 120", name="ring_seconds"),
        CheckConstraint("available IN ('open', 'closed', 'always', 'hours')", name="available"),
    )

    practice_id: Mapped[str] = mapped_column(ForeignKey(Practice.id, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    phone: Mapped[str]
    available: Mapped[str]
    hours: Mapped[dict[str, Any] | None]
    """Weekday name to intervals such as ``["08:00-12:00"]``, when ``available`` is ``hours``."""
    ring_seconds: Mapped[int]
