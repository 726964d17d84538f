"""The people of a practice."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.base import Base
from practice.records.practices import Site


class StaffMember(Base):
    """Someone who may log in."""

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    created_at: Mapped[datetime]

    sites: Mapped[list["StaffSite"]] = relationship(lazy="raise", order_by="StaffSite.site_id")


class StaffSite(Base):
    """A site that someone may reach."""

    __tablename__ = "staff_sites"

    staff_id: Mapped[str] = mapped_column(ForeignKey(StaffMember.id, ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[int] = mapped_column(
        ForeignKey(Site.id, ondelete="CASCADE"), primary_key=True, index=True
    )
