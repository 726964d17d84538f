"""Practices, their sites, and what their calendar is made of."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from practice.records.accounts import Account
from practice.records.base import Base


class Practice(Base):
    """A practice; one account has at most one."""

    __tablename__ = "practices"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id), unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    timezone: Mapped[str]
    horizon_days: Mapped[int]
    min_notice_minutes: Mapped[int]
    created_at: Mapped[datetime]

    hours: Mapped[list["OpeningHours"]] = relationship(
        lazy="raise", order_by="(OpeningHours.weekday, OpeningHours.opens_minute)"
    )
    closures: Mapped[list["Closure"]] = relationship(lazy="raise", order_by="Closure.day")
    practitioners: Mapped[list["Practitioner"]] = relationship(lazy="raise", order_by="Practitioner.number")
    services: Mapped[list["Service"]] = relationship(lazy="raise", order_by="Service.position")


class Site(Base):
    """A place of a practice, with assistants."""

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[str | None] = mapped_column(ForeignKey("practices.id"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class OpeningHours(Base):
    """An interval of a weekday, in minutes of the local day; of the practice, or of one practitioner."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= opens_minute AND opens_minute < closes_minute", name="order"),
        CheckConstraint("closes_minute <= 1440", name="day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[str] = mapped_column(ForeignKey("practices.id", ondelete="CASCADE"), index=True)
    practitioner_id: Mapped[str | None] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    weekday: Mapped[int]
    opens_minute: Mapped[int]
    closes_minute: Mapped[int]


class Closure(Base):
    """A whole local day on which the practice, or one practitioner, is away."""

    __tablename__ = "closures"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[str] = mapped_column(ForeignKey("practices.id", ondelete="CASCADE"), index=True)
    practitioner_id: Mapped[str | None] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    day: Mapped[date]
    name: Mapped[str]


class Practitioner(Base):
    """Someone with a calendar. The number is what the database's overlap guard compares."""

    __tablename__ = "practitioners"
    __table_args__ = (UniqueConstraint("number"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    practice_id: Mapped[str] = mapped_column(ForeignKey("practices.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    active: Mapped[bool]

    performs: Mapped[list["PractitionerService"]] = relationship(lazy="raise")


class Service(Base):
    """Something that is booked: its length, and the time kept free around it."""

    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("duration_minutes > 0", name="duration"),
        CheckConstraint("buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    practice_id: Mapped[str] = mapped_column(ForeignKey("practices.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    duration_minutes: Mapped[int]
    buffer_before_minutes: Mapped[int]
    buffer_after_minutes: Mapped[int]
    aliases: Mapped[list[str]]
    active: Mapped[bool]


class PractitionerService(Base):
    """Who performs what."""

    __tablename__ = "practitioner_services"

    practitioner_id: Mapped[str] = mapped_column(
        ForeignKey("practitioners.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[str] = mapped_column(
        ForeignKey("services.id", ondelete="CASCADE"), primary_key=True, index=True
    )
