"""Accounts, partners, their keys and their bots."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.base import Base


class Account(Base):
    """A customer of a platform: what the platform protocol calls ``account_id``."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Partner(Base):
    """Someone who registers bots."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    strict_idempotency: Mapped[bool]
    created_at: Mapped[datetime]


class PartnerKey(Base):
    """A partner's key, as a hash; the prefix is for recognising it on a list."""

    __tablename__ = "partner_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id", ondelete="CASCADE"), index=True)
    prefix: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(lazy="raise")


class Bot(Base):
    """A registered bot: who answers, for which account, over which platform."""

    __tablename__ = "bots"

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey("partners.id"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    practice_id: Mapped[str | None] = mapped_column(ForeignKey("practices.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey("assistants.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str]
    language: Mapped[str]
    timezone: Mapped[str]
    transfer_number: Mapped[str | None]
    embedded: Mapped[bool]
    webhook_url: Mapped[str | None]
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]

    partner: Mapped[Partner] = relationship(lazy="raise")
    numbers: Mapped[list["BotNumber"]] = relationship(lazy="raise", order_by="BotNumber.number")


class BotNumber(Base):
    """A phone number (E.164) and the bot that answers it."""

    __tablename__ = "bot_numbers"

    number: Mapped[str] = mapped_column(primary_key=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"), index=True)
