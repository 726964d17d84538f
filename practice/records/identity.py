"""What callers whose number proves nothing are known by, and what they tried."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.accounts import Account
from practice.records.base import Base
from practice.records.encrypted import EncryptedText, Hashed
from practice.records.partners import Bot


class BirthDate(Base):
    """A patient's date of birth, as the practice's people wrote it down.

    One that was only said when booking stands in that request, and opens that appointment alone: whoever
    books in another's name would otherwise open all of theirs.
    """

    __tablename__ = "birth_dates"
    __table_args__ = (Index(None, "account_id", "phone_hash"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"))
    phone_hash: Mapped[str] = mapped_column(Hashed("phone"))
    phone: Mapped[str] = mapped_column(EncryptedText("birth_dates.phone"))
    name: Mapped[str] = mapped_column(EncryptedText("birth_dates.name"))
    date_of_birth: Mapped[str] = mapped_column(EncryptedText("birth_dates.date_of_birth"))
    made_by: Mapped[str]
    updated_at: Mapped[datetime]


class IdentityCheck(Base):
    """A date of birth that was tried, or a code that was asked for; of numbers only hashes.

    The code itself stands nowhere: it is derived from the row's id and the installation's key. States:
    ``open`` (a code that may be used), ``nobody`` (there was nobody to text it to), ``passed``, ``failed``.
    """

    __tablename__ = "identity_checks"
    __table_args__ = (
        CheckConstraint("kind IN ('date_of_birth', 'code')", name="kind"),
        CheckConstraint("state IN ('open', 'nobody', 'passed', 'failed')", name="state"),
        Index(None, "account_id", "phone_hash"),
        Index(None, "bot_id", "conversation"),
        Index(None, "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"))
    conversation: Mapped[str]
    kind: Mapped[str]
    phone_hash: Mapped[str] = mapped_column(Hashed("phone"))
    state: Mapped[str]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
