"""The audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from practice.records.base import Base


class AuditEntry(Base):
    """Something that somebody did; the database lets none be changed or deleted.

    ``subject`` are ids, apart by blanks: of what was read or changed, never a name or number. ``digest`` is
    of the entry with the digest of the one before it, under the installation's key.
    """

    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    action: Mapped[str]
    site_id: Mapped[int | None]
    subject: Mapped[str | None]
    detail: Mapped[dict[str, Any] | None]
    previous: Mapped[str]
    digest: Mapped[str]
