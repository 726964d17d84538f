"""How appointments and holds look on the wire."""

from datetime import datetime
from typing import Any

from contracts.timestamps import timestamp
from practice.records.bookings import Appointment, SlotHold
from practice.records.practices import Practice


def booking_of(practice: Practice, made: Appointment) -> dict[str, Any]:
    """Write an appointment as the protocol's ``booking``; practitioners and services are loaded."""
    booking: dict[str, Any] = {
        "id": made.id,
        "status": made.status,
        "start_at": utc(made.start_at),
        "end_at": utc(made.end_at),
        "customer": {"phone": made.customer_phone, "name": made.customer_name},
        "location": {"name": practice.name},
        "practitioner": practitioner_of(practice, made.practitioner_number),
        "created_at": utc(made.created_at),
    }
    if practice.address is not None:
        booking["location"]["address"] = practice.address
    if (service := service_of(practice, made.service_id)) is not None:
        booking["service"] = service
    if made.notes is not None:
        booking["notes"] = made.notes
    if made.updated_at is not None:
        booking["updated_at"] = utc(made.updated_at)
    if made.cancelled_at is not None:
        booking["cancelled_at"] = utc(made.cancelled_at)
    if made.cancellation_reason is not None:
        booking["cancellation_reason"] = made.cancellation_reason
    return booking


def next_appointment_of(practice: Practice, coming: Appointment) -> dict[str, Any]:
    """Write an appointment as a look-up's ``existing_appointment``.

    Returns:
        The protocol's fields, and with them the id to change it by, with whom and for what it is.
    """
    shown = {
        "id": coming.id,
        "start_at": utc(coming.start_at),
        "end_at": utc(coming.end_at),
        "status": coming.status,
        "practitioner": practitioner_of(practice, coming.practitioner_number),
    }
    if (service := service_of(practice, coming.service_id)) is not None:
        shown["service"] = service
    return shown


def hold_of(practice: Practice, held: SlotHold) -> dict[str, Any]:
    """Write a hold."""
    shown = {
        "id": held.id,
        "start_at": utc(held.start_at),
        "end_at": utc(held.end_at),
        "expires_at": utc(held.expires_at),
        "practitioner": practitioner_of(practice, held.practitioner_number),
    }
    if (service := service_of(practice, held.service_id)) is not None:
        shown["service"] = service
    return shown


def practitioner_of(practice: Practice, number: int) -> dict[str, str]:
    """Name a practitioner by their number."""
    found = next(one for one in practice.practitioners if one.number == number)
    return {"id": found.id, "name": found.name}


def service_of(practice: Practice, service_id: str | None) -> dict[str, str] | None:
    """Name a service by its id, if there is one."""
    found = next((one for one in practice.services if one.id == service_id), None)
    return None if found is None else {"id": found.id, "name": found.name}


def utc(moment: datetime) -> str:
    """Write a moment as the protocol does: UTC, whole seconds, ``Z``."""
    return timestamp(moment.replace(microsecond=0))
