"""The caller's own appointments, as a conversation knows them: found, booked, moved or cancelled in it.

A booking's id that the model passes counts only when a function of this very conversation gave it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.conversation import Message, results_of
from contracts.partner import Booking, PractitionerFacts, ServiceFacts
from language import speak
from tools.context import ToolContext
from tools.handles import HANDLE, id_of

FIND = "find_appointments"
CANCEL = "cancel_appointment"
MOVE = "reschedule_appointment"
_STANDING = {"book_appointment": "booked", FIND: "found", MOVE: "moved"}
"""The status with which each function's result names an appointment that stands."""


@dataclass(frozen=True)
class Appointment:
    """An appointment that the caller may hear of.

    Attributes:
        start: Aware, in the practice's zone.
        minutes: How long it is, None where the platform does not say.
        service: What it is for, as it is named, or empty.
        practitioner: With whom, or empty.
        phone: The number that it was booked with (E.164).
        changes: How often it was moved in this conversation.
        whose: What stands before it: "your", or "Noah's" where a number has those of several people.
    """

    booking_id: str
    start: datetime
    minutes: int | None
    service: str
    practitioner: str
    name: str
    phone: str
    changes: int = 0
    cancelled: bool = False
    whose: str = "your"

    @property
    def what(self) -> str:
        """For example "cleaning with Dr. Lee", to be said after ``whose``."""
        return self.with_article.partition(" ")[2]

    @property
    def noun(self) -> str:
        """For example "cleaning"."""
        return speak.article(self.service or "appointment").partition(" ")[2]

    @property
    def with_article(self) -> str:
        """For example "a cleaning with Dr. Lee"."""
        what = speak.article(self.service or "appointment")
        return f"{what} with {self.practitioner}" if self.practitioner else what

    @property
    def named(self) -> str:
        """For example "cleaning with Dr. Lee on Tuesday the first of December at two p.m."."""
        return f"{self.what} on {speak.moment(self.start)}"

    @property
    def owned(self) -> str:
        """For example "your cleaning with Dr. Lee on Tuesday the first of December at two p.m."."""
        return f"{self.whose} {self.named}"

    def written(self) -> dict[str, Any]:
        """Write it as a function result holds it."""
        return {
            "booking_id": self.booking_id,
            "start": self.start.isoformat(),
            "spoken": speak.moment(self.start),
            "what": self.what,
            "minutes": self.minutes,
            "service": self.service,
            "practitioner": self.practitioner,
            "name": self.name,
            "phone": self.phone,
            "whose": self.whose,
        }


def with_owners(found: Sequence[Appointment]) -> list[Appointment]:
    """Say whose each is, by the first name where that tells them apart, if they are of several people."""
    people = {one.name for one in found if one.name}
    if len(people) < 2:  # noqa: PLR2004 - nobody to be told from
        return list(found)
    first = Counter(name.split()[0] for name in people)

    def owner(name: str) -> str:
        called = name.split(maxsplit=1)[0]
        return f"{called if first[called] == 1 else name}'s"

    return [replace(one, whose=owner(one.name)) if one.name else one for one in found]


def appointment_of(ctx: ToolContext, booking: Booking, phone: str) -> Appointment:
    """Read an appointment, found by a number (E.164), out of a booking as the endpoint returned it."""
    fields: Mapping[str, Any] = booking.model_extra or {}
    service_id, service = _named(fields, "service")
    practitioner_id, practitioner = _named(fields, "practitioner")
    known = next((one for one in ctx.facts.services if one.id == service_id), None)
    person = next((one for one in ctx.facts.practitioners if one.id == practitioner_id), None)
    length = booking.end_at - booking.start_at if booking.end_at else timedelta()
    return Appointment(
        booking_id=booking.id,
        start=booking.start_at.astimezone(ctx.zone),
        minutes=int(length.total_seconds() // 60) or None,
        service=known.name if known else service,
        practitioner=person.name if person else practitioner,
        name=str((booking.customer or {}).get("name") or ""),
        phone=phone,
    )


def appointments_in(result: Mapping[str, Any]) -> list[Appointment]:
    """Read the appointments of a function result; whatever is none is passed over."""
    listed = result.get("appointments") or [result.get("appointment")]
    read = [_read(one) for one in listed] if isinstance(listed, list) else []
    return [one for one in read if one is not None]


def known_appointments(messages: Sequence[Message]) -> dict[str, Appointment]:
    """List what a conversation knows of the caller's appointments.

    Returns:
        Appointments by booking id, as they are after the changes made in it; those that were cancelled in it
        are among them.
    """
    known: dict[str, Appointment] = {}
    for found in results_of(messages):
        if found.name == CANCEL and found.status == "cancelled":
            booking_id = str(found.result.get("booking_id", ""))
            if booking_id in known:
                known[booking_id] = replace(known[booking_id], cancelled=True)
        if found.status != _STANDING.get(found.name):
            continue
        for appointment in appointments_in(found.result):
            before = known.get(appointment.booking_id)
            changes = (before.changes if before else 0) + (found.name == MOVE)
            known[appointment.booking_id] = replace(appointment, changes=changes)
    return known


def appointment_called(given: str, messages: Sequence[Message]) -> Appointment | None:
    """Find the appointment that a handle or an id stands for, among those that the conversation knows."""
    return known_appointments(messages).get(id_of(given, messages))


def with_handle(ctx: ToolContext, appointment: Appointment) -> dict[str, Any]:
    """Write an appointment as a function result holds it, with its handle."""
    handle = ctx.handles.give("a", appointment.booking_id, ctx.messages())
    return {**appointment.written(), HANDLE: handle}


def service_of(ctx: ToolContext, appointment: Appointment) -> ServiceFacts | None:
    """Find the service of an appointment among those that can be booked."""
    return next((one for one in ctx.facts.services if one.name == appointment.service), None)


def practitioner_of(ctx: ToolContext, appointment: Appointment) -> PractitionerFacts | None:
    """Find the practitioner of an appointment among those who can be seen."""
    return next((one for one in ctx.facts.practitioners if one.name == appointment.practitioner), None)


def _named(fields: Mapping[str, Any], what: str) -> tuple[str, str]:
    """Give id and name of a service or practitioner, however the platform writes them."""
    inner = fields.get(what)
    if isinstance(inner, Mapping):
        return str(inner.get("id") or ""), str(inner.get("name") or "")
    return str(fields.get(f"{what}_id") or ""), inner if isinstance(inner, str) else ""


def _read(written: Any) -> Appointment | None:
    if not isinstance(written, Mapping) or not written.get("booking_id"):
        return None
    try:
        start = datetime.fromisoformat(str(written.get("start")))
    except ValueError:
        return None
    minutes = written.get("minutes")
    if start.tzinfo is None:
        return None
    return Appointment(
        booking_id=str(written["booking_id"]),
        start=start,
        minutes=minutes if isinstance(minutes, int) else None,
        service=str(written.get("service") or ""),
        practitioner=str(written.get("practitioner") or ""),
        name=str(written.get("name") or ""),
        phone=str(written.get("phone") or ""),
        whose=str(written.get("whose") or "your"),
    )
