"""How appointments and holds look on the wire."""

from datetime import datetime
from typing import Any

from contracts.timestamps import timestamp
from practice.records.bookings import Appointment, SlotHold
from practice.records.practices import Practice


def booking_of(practice: Practice, made: Appointment) -> dict[str, Any]:
    """Write an appointment as the protocol's ``booking``; practitioners and services are loaded."""
    location = {"name": practice.name, "address": practice.address}
    optional = {
        "notes": made.notes,
        "updated_at": made.updated_at and utc(made.updated_at),
        "cancelled_at": made.cancelled_at and utc(made.cancelled_at),
        "cancellation_reason": made.cancellation_reason,
    }
    return {
        **_time_of(practice, made),
        "status": made.status,
        "customer": {"phone": made.customer_phone, "name": made.customer_name},
        "location": _said(location),
        "created_at": utc(made.created_at),
        **_said(optional),
    }


def next_appointment_of(practice: Practice, coming: Appointment) -> dict[str, Any]:
    """Write an appointment as a look-up's ``existing_appointment``, and what it takes to change it."""
    return {**_time_of(practice, coming), "status": coming.status}


def hold_of(practice: Practice, held: SlotHold) -> dict[str, Any]:
    """Write a hold."""
    return {**_time_of(practice, held), "expires_at": utc(held.expires_at)}


def _time_of(practice: Practice, taken: Appointment | SlotHold) -> dict[str, Any]:
    person = next(one for one in practice.practitioners if one.number == taken.practitioner_number)
    service = next((one for one in practice.services if one.id == taken.service_id), None)
    return {
        "id": taken.id,
        "start_at": utc(taken.start_at),
        "end_at": utc(taken.end_at),
        "practitioner": {"id": person.id, "name": person.name},
        **({} if service is None else {"service": {"id": service.id, "name": service.name}}),
    }


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def utc(moment: datetime) -> str:
    """Write a moment as the protocol does: UTC, whole seconds, ``Z``."""
    return timestamp(moment.replace(microsecond=0))
