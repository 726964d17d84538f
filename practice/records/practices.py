"""Practices, their sites, and what their calendar is made of."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from practice.records.accounts import Account
from practice.records.base import Base


class Practice(Base):
    """A practice; one account has at most one.

    None in a column is the default of the practice file (``practice/practice_file/model.py``). ``rules`` and
    ``privacy`` are sections of that file, as it has them. ``revision`` grows with every change of the
    practice, so that of two who change it at once the second can be told.
    """

    __tablename__ = "practices"

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id), unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    timezone: Mapped[str]
    horizon_days: Mapped[int]
    min_notice_minutes: Mapped[int]
    say_as: Mapped[str | None]
    country: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="dental")
    languages: Mapped[list[str] | None]
    website: Mapped[str | None]
    emergency_number: Mapped[str | None]
    greeting: Mapped[str | None] = mapped_column(Text)
    persona: Mapped[str | None]
    offers: Mapped[int | None]
    reminder_hours: Mapped[list[int] | None]
    rules: Mapped[dict[str, Any] | None]
    privacy: Mapped[dict[str, Any] | None]
    message_emails: Mapped[list[str] | None]
    message_numbers: Mapped[list[str] | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    hours: Mapped[list["OpeningHours"]] = relationship(
        lazy="raise", order_by="(OpeningHours.weekday, OpeningHours.opens_minute)"
    )
    special_days: Mapped[list["SpecialDays"]] = relationship(
        lazy="raise", order_by="(SpecialDays.first_day, SpecialDays.id)"
    )
    practitioners: Mapped[list["Practitioner"]] = relationship(
        lazy="raise", order_by="(Practitioner.position, Practitioner.number)"
    )
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


class SpecialDays(Base):
    """Local days, first and last included, with hours of their own; without any the practice is closed.

    Of the practice, or of one practitioner, who is away then. ``hours`` are such as ``08:00-12:00``.
    """

    __tablename__ = "special_days"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[str] = mapped_column(ForeignKey("practices.id", ondelete="CASCADE"), index=True)
    practitioner_id: Mapped[str | None] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    hours: Mapped[list[str]]
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
    position: Mapped[int] = mapped_column(default=0)
    say_as: Mapped[str | None]
    languages: Mapped[list[str] | None]

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
    say_as: Mapped[str | None]
    price: Mapped[str | None]
    new_patients: Mapped[bool] = mapped_column(default=True)
    bookable: Mapped[bool] = mapped_column(default=True)


class PractitionerService(Base):
    """Who performs what."""

    __tablename__ = "practitioner_services"

    practitioner_id: Mapped[str] = mapped_column(
        ForeignKey("practitioners.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[str] = mapped_column(
        ForeignKey("services.id", ondelete="CASCADE"), primary_key=True, index=True
    )


WHOLE = (
    selectinload(Practice.hours),
    selectinload(Practice.special_days),
    selectinload(Practice.services),
    selectinload(Practice.practitioners).selectinload(Practitioner.performs),
)
"""Loads a practice with everything that its calendar is made of."""
