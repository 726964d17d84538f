"""Partners, their keys and their bots."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.accounts import Account
from practice.records.assistants import Assistant
from practice.records.base import Base
from practice.records.practices import Practice, Site


class Partner(Base):
    """Someone who registers bots.

    Signed events go to ``event_url``; while a secret is rotated, the previous one signs beside it.
    """

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    strict_idempotency: Mapped[bool]
    event_url: Mapped[str | None]
    sealed_event_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_previous_event_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_event_secret_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AccountPartner(Base):
    """A partner's right to an account: its embedded calendar, its platform and that platform's secret."""

    __tablename__ = "account_partners"

    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(
        ForeignKey(Partner.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime]


class PartnerKey(Base):
    """A partner's key, as a hash; the prefix is for recognising it on a list.

    ``scopes`` of None are all scopes; ``last_used_at`` is right to the minute.
    """

    __tablename__ = "partner_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey(Partner.id, ondelete="CASCADE"), index=True)
    prefix: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    scopes: Mapped[list[str] | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(lazy="raise")


class Bot(Base):
    """A registered bot: who answers, for which account, over which platform.

    ``guards_slots`` of None means: as is right for its platform. A deleted bot keeps its row, because the
    bookings it made are kept.
    """

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
    sealed_previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_secret_until: Mapped[datetime | None]
    guards_slots: Mapped[bool | None]
    confirmation_sms: Mapped[bool]
    reminder_sms: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    partner: Mapped[Partner] = relationship(lazy="raise")
    numbers: Mapped[list["BotNumber"]] = relationship(lazy="raise", order_by="BotNumber.number")


class NumberGrant(Base):
    """A phone number (E.164) that the operator has granted to a partner: only its bots may answer it."""

    __tablename__ = "number_grants"

    number: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey(Partner.id, ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class BotNumber(Base):
    """A phone number (E.164) and the bot that answers it."""

    __tablename__ = "bot_numbers"

    number: Mapped[str] = mapped_column(primary_key=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"), index=True)
