"""What other rooms see of the embedded calendar."""

from dataclasses import dataclass
from datetime import datetime


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
