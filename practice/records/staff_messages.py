"""What callers leave for the practice's people, and what they send by text."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base
from practice.records.encrypted import EncryptedBytes, EncryptedLongText, EncryptedText
from practice.records.partners import Bot


class StaffMessage(Base):
    """A message for the practice: new, then seen by somebody, then done."""

    __tablename__ = "staff_messages"
    __table_args__ = (UniqueConstraint("bot_id", "idempotency_key"), Index(None, "bot_id", "created_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"))
    idempotency_key: Mapped[str]
    kind: Mapped[str] = mapped_column(default="message")
    urgency: Mapped[str] = mapped_column(default="routine")
    text: Mapped[str] = mapped_column(EncryptedLongText("staff_messages.text"))
    customer_name: Mapped[str | None] = mapped_column(EncryptedText("staff_messages.customer_name"))
    customer_phone: Mapped[str | None] = mapped_column(EncryptedText("staff_messages.customer_phone"))
    call_id: Mapped[str | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]


class Recording(Base):
    """A message that was spoken: the carrier's name of it, and its sound (WAV) once it was fetched.

    ``forgotten_at`` is when the sound was deleted, by the practice's own rule of how long it is kept.
    """

    __tablename__ = "recordings"

    message_id: Mapped[str] = mapped_column(ForeignKey(StaffMessage.id, ondelete="CASCADE"), primary_key=True)
    carrier_id: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(
        EncryptedBytes("recordings.content"), deferred=True, deferred_raiseload=True
    )
    fetched_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]


class IncomingText(Base):
    """A text message that came in, by the carrier's id, and what was made of it."""

    __tablename__ = "incoming_texts"

    id: Mapped[str] = mapped_column(primary_key=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"), index=True)
    from_number: Mapped[str] = mapped_column(EncryptedText("incoming_texts.from_number"))
    text: Mapped[str] = mapped_column(EncryptedText("incoming_texts.text"))
    outcome: Mapped[str]
    answer: Mapped[str | None] = mapped_column(EncryptedText("incoming_texts.answer"))
    created_at: Mapped[datetime]


class TextOptOut(Base):
    """A number that wants no texts from a bot's practice any more."""

    __tablename__ = "text_opt_outs"

    number: Mapped[str] = mapped_column(primary_key=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"), primary_key=True)
    stopped_at: Mapped[datetime]
