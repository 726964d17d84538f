"""Accounts."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base


class Account(Base):
    """A customer of a platform: what the platform protocol calls ``account_id``.

    ``webhook_url`` and its secret serve the account's bots that name no platform of their own.
    """

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    webhook_url: Mapped[str | None]
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
