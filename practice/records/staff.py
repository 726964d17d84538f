"""The people of a practice."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.base import Base
from practice.records.practices import Site


class StaffMember(Base):
    """Someone who may log in; an empty hash is no password yet.

    ``link_sha256`` is of the one-time link by which a password is chosen, good until ``link_until``.
    ``totp_sealed`` is the second factor's secret, which counts from ``totp_since`` on; ``totp_step`` is
    that of the latest code that was used.
    """

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    link_sha256: Mapped[str | None]
    link_until: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]

    sites: Mapped[list["StaffSite"]] = relationship(lazy="raise", order_by="StaffSite.site_id")


class StaffSite(Base):
    """A site that someone may reach."""

    __tablename__ = "staff_sites"

    staff_id: Mapped[str] = mapped_column(ForeignKey(StaffMember.id, ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(
        ForeignKey(Site.id, ondelete="CASCADE"), primary_key=True, index=True
    )


class StaffLogIn(Base):
    """A session that somebody began; one that was ended is among the ``RevokedToken``."""

    __tablename__ = "staff_sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey(StaffMember.id, ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
