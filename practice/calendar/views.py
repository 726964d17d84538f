"""What other rooms see of the embedded calendar."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from practice.records.bookings import Appointment
from practice.records.practices import Practice


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment; its service's name is empty where none was booked or it is gone."""

    id: str
    start: datetime
    end: datetime
    service: str
    practitioner: str
    patient: str
    phone: str
    status: str
    notes: str | None = None


def told_of(practice: Practice, made: Appointment) -> dict[str, Any]:
    """Give the fields of a view of an appointment."""
    services = {one.id: one.name for one in practice.services}
    people = {one.number: one.name for one in practice.practitioners}
    return {
        "id": made.id,
        "start": made.start_at,
        "end": made.end_at,
        "service": services.get(made.service_id or "", ""),
        "practitioner": people.get(made.practitioner_number, ""),
        "patient": made.customer_name,
        "phone": made.customer_phone,
        "status": made.status,
        "notes": made.notes,
    }
