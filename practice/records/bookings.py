"""Appointments in the embedded calendar, and the ledger of booking requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from practice.records.accounts import Account
from practice.records.base import Base
from practice.records.partners import Bot, Partner
from practice.records.practices import Practice, Practitioner, Service


class Appointment(Base):
    """An appointment of the embedded calendar.

    Two that are not cancelled never share a moment of one practitioner's time: an exclusion constraint
    on PostgreSQL and triggers on SQLite refuse it (see the first migration). ``busy_from`` and
    ``busy_until`` are the appointment with its buffers. ``cancellation_reason``, as the caller gave it, is
    forgotten with the ledger's keys.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key"),
        CheckConstraint("busy_from <= start_at AND start_at < end_at AND end_at <= busy_until", name="order"),
        CheckConstraint("status IN ('confirmed', 'cancelled')", name="status"),
        Index(None, "practitioner_number", "busy_from"),
        Index(None, "account_id", "customer_phone"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id))
    practice_id: Mapped[str] = mapped_column(ForeignKey(Practice.id), index=True)
    practitioner_number: Mapped[int] = mapped_column(ForeignKey(Practitioner.number))
    service_id: Mapped[str | None] = mapped_column(ForeignKey(Service.id))
    status: Mapped[str]
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    busy_from: Mapped[datetime]
    busy_until: Mapped[datetime]
    customer_name: Mapped[str]
    customer_phone: Mapped[str]
    customer_email: Mapped[str | None]
    notes: Mapped[str | None]
    idempotency_key: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancellation_reason: Mapped[str | None]


class SlotHold(Base):
    """A time of the embedded calendar that is kept for someone until ``expires_at``."""

    __tablename__ = "slot_holds"
    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key"),
        CheckConstraint("busy_from <= start_at AND start_at < end_at AND end_at <= busy_until", name="order"),
        Index(None, "practitioner_number", "expires_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id))
    practitioner_number: Mapped[int] = mapped_column(ForeignKey(Practitioner.number))
    service_id: Mapped[str | None] = mapped_column(ForeignKey(Service.id))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    busy_from: Mapped[datetime]
    busy_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    idempotency_key: Mapped[str]
    created_at: Mapped[datetime]


class AppointmentChange(Base):
    """A cancellation or a reschedule of the embedded calendar by its key, with the answer it was given.

    Kept as long as the ledger's keys are: the answer names the patient.
    """

    __tablename__ = "appointment_changes"
    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key"),
        CheckConstraint("kind IN ('cancel', 'reschedule')", name="kind"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id))
    appointment_id: Mapped[str] = mapped_column(ForeignKey(Appointment.id, ondelete="CASCADE"), index=True)
    idempotency_key: Mapped[str]
    kind: Mapped[str]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class BookingIntent(Base):
    """A booking request by its key: what was asked, who works on it, what came of it.

    ``operation`` is what is asked for: ``book``, or ``cancel`` or ``reschedule`` of ``booking_id``. The row
    of a succeeded ``book`` is also the record of the booking as it is now: ``booking`` and the columns that
    are taken out of it follow later changes; ``answer_body`` stays what was answered.
    """

    __tablename__ = "booking_intents"
    __table_args__ = (
        UniqueConstraint("partner_id", "bot_id", "idempotency_key"),
        CheckConstraint("state IN ('pending', 'succeeded', 'refused', 'unknown')", name="state"),
        CheckConstraint("operation IN ('book', 'cancel', 'reschedule')", name="operation"),
        Index(None, "partner_id", "booking_id"),
        Index(None, "account_id", "slot_start"),
        Index(None, "state", "updated_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    partner_id: Mapped[str] = mapped_column(ForeignKey(Partner.id))
    bot_id: Mapped[str] = mapped_column(ForeignKey(Bot.id, ondelete="CASCADE"), index=True)
    account_id: Mapped[str | None]
    idempotency_key: Mapped[str]
    operation: Mapped[str]
    request: Mapped[dict[str, Any]]
    request_sha256: Mapped[str]
    state: Mapped[str]
    in_doubt: Mapped[bool]
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    attempts: Mapped[int]
    answer_status: Mapped[int | None]
    answer_code: Mapped[str | None]
    answer_body: Mapped[dict[str, Any] | None]
    booking_id: Mapped[str | None]
    booking: Mapped[dict[str, Any] | None]
    booking_status: Mapped[str | None]
    slot_start: Mapped[datetime | None]
    slot_end: Mapped[datetime | None]
    practitioner_id: Mapped[str | None]
    given_up_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
