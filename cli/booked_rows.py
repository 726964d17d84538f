"""What the calendar holds, read from the database for showing."""

from dataclasses import dataclass
from datetime import datetime

from cli.data_folder import open_database
from config.settings import Settings
from practice.calendar.repository import find_practice, list_appointments


@dataclass(frozen=True)
class BookedRow:
    """An appointment as the database has it."""

    id: str
    start: datetime
    end: datetime
    service: str
    practitioner: str
    patient: str
    phone: str
    status: str


async def list_bookings(settings: Settings, account_id: str) -> list[BookedRow]:
    """List an account's appointments by start.

    Args:
        account_id: ``acct_…``.

    Returns:
        The appointments, cancelled ones too; none for an account without a practice here.
    """
    async with open_database(settings) as database, database.reading() as session:
        practice = await find_practice(session, account_id)
        if practice is None:
            return []
        services = {service.id: service.name for service in practice.services}
        people = {person.number: person.name for person in practice.practitioners}
        return [
            BookedRow(
                id=made.id,
                start=made.start_at,
                end=made.end_at,
                service=services.get(made.service_id or "", ""),
                practitioner=people.get(made.practitioner_number, ""),
                patient=made.customer_name,
                phone=made.customer_phone,
                status=made.status,
            )
            for made in await list_appointments(session, account_id)
        ]
