"""Appointments in the embedded calendar, and the ledger of booking requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from practice.records.accounts import Account
from practice.records.base import Base
from practice.records.encrypted import EncryptedJson, EncryptedText, Hashed, is_hash_of
from practice.records.partners import Bot, Partner
from practice.records.practices import Practice, Practitioner, Service

ERASED = "erased"
"""What stands instead of the name of a patient who was erased."""


def phone_in(request: dict[str, Any]) -> str | None:
    """Find the number of whom a booking request is for."""
    customer = request.get("customer")
    phone = customer.get("phone") if isinstance(customer, dict) else None
    return phone if isinstance(phone, str) and phone else None


def _phone_of_row(context: Any) -> str | None:
    return phone_in(context.get_current_parameters()["request"])


class Appointment(Base):
    """An appointment of the embedded calendar.

    Two that are not cancelled never share a moment of one practitioner's time: an exclusion constraint
    on PostgreSQL and triggers on SQLite refuse it (``practice.records.guards``). ``busy_from`` and
    ``busy_until`` are the appointment with its buffers. ``cancellation_reason``, as the caller gave it, is
    forgotten with the ledger's keys.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        UniqueConstraint("account_id", "idempotency_key"),
        CheckConstraint("busy_from <= start_at AND start_at < end_at AND end_at <= busy_until", name="order"),
        CheckConstraint("status IN ('confirmed', 'cancelled')", name="status"),
        Index(None, "practitioner_number", "busy_from"),
        Index(None, "account_id", "customer_phone_hash"),
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
    customer_name: Mapped[str] = mapped_column(
        EncryptedText("appointments.customer_name", readable=frozenset((ERASED,)))
    )
    customer_phone: Mapped[str] = mapped_column(EncryptedText("appointments.customer_phone"))
    customer_phone_hash: Mapped[str | None] = mapped_column(Hashed("phone"))
    customer_email: Mapped[str | None] = mapped_column(EncryptedText("appointments.customer_email"))
    notes: Mapped[str | None] = mapped_column(EncryptedText("appointments.notes"))
    idempotency_key: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancellation_reason: Mapped[str | None] = mapped_column(EncryptedText("appointments.cancellation_reason"))

    @validates("customer_phone")
    def _hash_phone(self, _name: str, phone: str) -> str:
        self.customer_phone_hash = phone or None
        return phone

    @classmethod
    def is_of(cls, phone: str) -> ColumnElement[bool]:
        """Limit a query to the appointments of a number; those made before there were hashes have none."""
        plain = type_coerce(cls.customer_phone, String) == phone
        return or_(is_hash_of(cls.customer_phone_hash, phone), and_(cls.customer_phone_hash.is_(None), plain))


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


class TimeBlock(Base):
    """A stretch of a practitioner's time in which nobody is booked."""

    __tablename__ = "time_blocks"
    __table_args__ = (
        CheckConstraint("start_at < end_at", name="order"),
        Index(None, "practitioner_number", "start_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    practice_id: Mapped[str] = mapped_column(ForeignKey(Practice.id, ondelete="CASCADE"), index=True)
    practitioner_number: Mapped[int] = mapped_column(ForeignKey(Practitioner.number))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    reason: Mapped[str]
    made_by: Mapped[str]
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
    answer: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("appointment_changes.answer"))
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
    request: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("booking_intents.request"))
    request_sha256: Mapped[str]
    customer_phone_hash: Mapped[str | None] = mapped_column(Hashed("phone"), default=_phone_of_row)
    state: Mapped[str]
    in_doubt: Mapped[bool]
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    attempts: Mapped[int]
    answer_status: Mapped[int | None]
    answer_code: Mapped[str | None]
    answer_body: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("booking_intents.answer_body"))
    booking_id: Mapped[str | None]
    booking: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson("booking_intents.booking"))
    booking_status: Mapped[str | None]
    slot_start: Mapped[datetime | None]
    slot_end: Mapped[datetime | None]
    practitioner_id: Mapped[str | None]
    given_up_at: Mapped[datetime | None]
    patient_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @validates("request")
    def _hash_phone(self, _name: str, request: dict[str, Any]) -> dict[str, Any]:
        self.customer_phone_hash = phone_in(request)
        return request

    @classmethod
    def is_for(cls, phone: str) -> ColumnElement[bool]:
        """Limit a query to the requests for a number; those made before there were hashes have none."""
        plain = type_coerce(cls.request, JSON)["customer"]["phone"].as_string() == phone
        return or_(is_hash_of(cls.customer_phone_hash, phone), and_(cls.customer_phone_hash.is_(None), plain))
