"""Patients whose data is kept whatever else is said."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.accounts import Account
from practice.records.base import Base
from practice.records.encrypted import EncryptedText


class LegalHold(Base):
    """A patient of an account, by number and name; an empty name is everybody with the number."""

    __tablename__ = "legal_holds"

    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id, ondelete="CASCADE"), primary_key=True)
    phone: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(EncryptedText("legal_holds.reason"))
    made_by: Mapped[str]
    created_at: Mapped[datetime]
