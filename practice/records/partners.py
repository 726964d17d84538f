"""Partners, their keys and their bots."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.accounts import Account
from practice.records.assistants import Assistant
from practice.records.base import Base
from practice.records.practices import Practice, Site


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
    partner_id: Mapped[str] = mapped_column(ForeignKey(Partner.id, ondelete="CASCADE"), index=True)
    prefix: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(lazy="raise")


class Bot(Base):
    """A registered bot: who answers, for which account, over which platform."""

    __tablename__ = "bots"

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey(Partner.id), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id), index=True)
    practice_id: Mapped[str | None] = mapped_column(ForeignKey(Practice.id), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey(Site.id))
    assistant_id: Mapped[int | None] = mapped_column(
        ForeignKey(Assistant.id, ondelete="SET NULL"), index=True
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
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"), index=True)
