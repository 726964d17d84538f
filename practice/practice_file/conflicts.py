"""Appointments that a change of the practice leaves where nobody is: they stand, and are told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from practice.calendar import repository
from practice.calendar.hours import Interval, open_intervals
from practice.calendar.plan import Plan
from practice.records.practices import Practitioner


@dataclass(frozen=True, slots=True)
class AppointmentConflict:
    """An appointment that stands and does not fit any more."""

    booking_id: str
    start: datetime
    patient: str
    practitioner: str
    why: str


async def list_conflicts(session: AsyncSession, account_id: str, now: datetime) -> list[AppointmentConflict]:
    """List what is to come and does not fit a practice as it is in this transaction."""
    practice = await repository.find_practice(session, account_id)
    if practice is None:
        return []
    plan = Plan(practice, now)
    people = {one.number: one for one in practice.practitioners}
    services = {one.id: one for one in practice.services}
    found = []
    for made in await repository.list_appointments(session, account_id):
        if made.status == "cancelled" or made.start_at <= now:
            continue
        person = people[made.practitioner_number]
        service = services.get(made.service_id or "")
        span = Interval(made.start_at, made.end_at)
        if not person.active:
            why = f"{person.name} is no longer there"
        elif service is not None and not service.active:
            why = f"{service.name} is no longer done"
        elif service is not None and all(link.service_id != service.id for link in person.performs):
            why = f"{person.name} does no {service.name}"
        elif not _is_open(plan, person, span):
            why = f"{person.name} is not there then"
        else:
            continue
        start = made.start_at.astimezone(plan.zone)
        found.append(AppointmentConflict(made.id, start, made.customer_name, person.name, why))
    return found


def _is_open(plan: Plan, person: Practitioner, span: Interval) -> bool:
    return any(
        one.start <= span.start and span.end <= one.end for one in open_intervals(plan.week(person), span)
    )
