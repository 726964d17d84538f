"""What is to be done later, and which replicas are there to do it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base
from practice.records.encrypted import EncryptedJson, EncryptedText, Hashed
from practice.records.partners import Bot, Partner


class FollowUp(Base):
    """Something to be done after a booking's fact, written in the same transaction as the fact.

    ``workflow_id`` is made of the fact, so that the same fact is followed up once, however often it is found.
    States: ``waiting`` (not handed to the workflow engine yet), ``running``, ``done``, ``cancelled`` (no
    longer wanted), ``dead`` (given up; an operator may try it again). ``sent_to_hash`` is of the number of a
    text message that was sent, or may have been.
    """

    __tablename__ = "follow_ups"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'cancelled', 'dead')", name="state"),
        Index(None, "state", "due_at"),
        Index(None, "bot_id", "booking_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workflow_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    partner_id: Mapped[str] = mapped_column(ForeignKey(Partner.id, ondelete="CASCADE"), index=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"))
    intent_id: Mapped[str | None]
    booking_id: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("follow_ups.payload"))
    sent_to_hash: Mapped[str | None] = mapped_column(Hashed("phone"))
    due_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    last_error: Mapped[str | None] = mapped_column(EncryptedText("follow_ups.last_error"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Replica(Base):
    """A process that runs follow-ups, and when it was last heard of."""

    __tablename__ = "replicas"

    id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
