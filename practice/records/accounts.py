"""Accounts."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base


class Account(Base):
    """A customer of a platform: what the platform protocol calls ``account_id``."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
