"""What callers leave for the practice's people."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base
from practice.records.partners import Bot


class StaffMessage(Base):
    """A message for the practice."""

    __tablename__ = "staff_messages"
    __table_args__ = (UniqueConstraint("bot_id", "idempotency_key"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"))
    idempotency_key: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    customer_name: Mapped[str | None]
    customer_phone: Mapped[str | None]
    created_at: Mapped[datetime]
