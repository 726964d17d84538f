"""The embedded calendar: a platform like any other, behind the signed protocol."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import CalendarSettings
from contracts.partner import StartAtRange
from contracts.platform import BookRequest, FindRequest, LookupRequest, SearchRequest, WantedBooking
from kit.clock import Clock, midnight
from kit.db.database import Database
from kit.ids import new_id
from practice.calendar import repository
from practice.calendar.changes import Changes
from practice.calendar.holds import Holds, find_hold
from practice.calendar.hours import Interval
from practice.calendar.placing import Place, Wanted, find_place, list_busy
from practice.calendar.plan import Plan
from practice.calendar.shapes import booking_of, next_appointment_of
from practice.calendar.views import AppointmentView, told_of
from practice.errors import SlotUnavailable
from practice.records.bookings import Appointment
from practice.records.finding import find_by
from practice.records.practices import Practice, Service
from practice.service import RecordsService

CREATED, REPEATED = 201, 200
LONGEST_RANGE = timedelta(days=400)


class EmbeddedCalendar(RecordsService):
    """Keeps practices' own calendars. Bodies are those of the webhook protocol, whole."""

    def __init__(self, database: Database, clock: Clock, settings: CalendarSettings | None = None) -> None:
        super().__init__(database, clock)
        self.changes = Changes(database, clock)
        self.holds = Holds(database, clock, settings or CalendarSettings())

    async def list_appointments(self, account_id: str) -> list[AppointmentView]:
        """List an account's appointments by start, cancelled ones too; none if no practice is kept here."""
        async with self._database.reading() as session:
            practice = await repository.find_practice(session, account_id)
            if practice is None:
                return []
            made = await repository.list_appointments(session, account_id)
            return [AppointmentView(**told_of(practice, one)) for one in made]

    async def lookup(self, account_id: str, body: LookupRequest) -> dict[str, Any]:
        """Look a customer up by phone number.

        Returns:
            ``{"found": bool, "customer"?: {"name", "phone", "existing_appointment"?}}``; the existing
            appointment is the next one to come, with the ``id`` to change it by.
        """
        phone = body.customer.phone.strip()
        async with self._database.reading() as session:
            practice = await repository.get_practice(session, account_id)
            appointments = await repository.list_by_phone(session, account_id, phone)
        if not appointments:
            return {"found": False}
        customer: dict[str, Any] = {"name": appointments[0].customer_name, "phone": phone}
        now = self._clock()
        coming = [one for one in appointments if one.status != "cancelled" and one.start_at > now]
        if coming:
            customer["existing_appointment"] = next_appointment_of(practice, coming[-1])
        return {"found": True, "customer": customer}

    async def find_bookings(self, account_id: str, body: FindRequest) -> dict[str, Any]:
        """Find a customer's appointments to come: ``{"bookings": […]}``, soonest first."""
        phone = body.customer.phone.strip()
        async with self._database.reading() as session:
            practice = await repository.get_practice(session, account_id)
            found = await repository.list_coming(session, account_id, phone, self._clock(), body.limit)
        return {"bookings": [booking_of(practice, one) for one in found]}

    async def search(self, account_id: str, body: SearchRequest) -> dict[str, Any]:
        """Search free windows.

        Returns:
            ``{"availabilities": [{"start_at", "duration_minutes", "practitioner"}]}``, windows by start in
            the practice's local offset; when there is none also ``"reason"``.
        """
        wanted = body.query.filter
        async with self._database.reading() as session:
            plan = Plan(await repository.get_practice(session, account_id), self._clock())
            service = plan.find_service(wanted.service_id)
            practitioners = plan.list_practitioners(wanted.practitioner_id, service)
            need = plan.need(service, _minutes(wanted.duration_minutes))
            span = _span(wanted.start_at_range, plan.zone)
            within = plan.bookable(span)
            busy = await list_busy(session, plan, practitioners, within, need)
        found = [
            (window, practitioner)
            for practitioner in practitioners
            for window in plan.windows(practitioner, within, busy[practitioner.number], need, service)
        ]
        found.sort(key=lambda pair: (pair[0].start, pair[1].number))
        answer: dict[str, Any] = {
            "availabilities": [
                {
                    "start_at": window.start.astimezone(plan.zone).isoformat(),
                    "duration_minutes": int(window.length.total_seconds() // 60),
                    "practitioner": {"id": practitioner.id, "name": practitioner.name},
                }
                for window, practitioner in found
            ]
        }
        if not found:
            answer["reason"] = plan.why_none(practitioners, span, service)
        return answer

    async def book(self, account_id: str, body: BookRequest) -> tuple[int, dict[str, Any]]:
        """Book an appointment, once per key: 201, or 200 with what the key made; else SlotUnavailable."""
        key = body.idempotency_key
        try:
            async with self._database.session() as session:
                practice = await repository.lock_practice(session, account_id)
                made = await find_by(session, Appointment, account_id=account_id, idempotency_key=key)
                if made is None:
                    made, status = await self._book(session, practice, key, body.booking), CREATED
                else:
                    status = REPEATED
                return status, {"booking": booking_of(practice, made)}
        except IntegrityError as error:
            # The database's own guard: something else wrote between our look and our insert.
            async with self._database.reading() as session:
                made = await find_by(session, Appointment, account_id=account_id, idempotency_key=key)
                if made is None:
                    raise SlotUnavailable from error
                practice = await repository.get_practice(session, account_id)
                return REPEATED, {"booking": booking_of(practice, made)}

    async def _book(
        self, session: AsyncSession, practice: Practice, key: str, booking: WantedBooking
    ) -> Appointment:
        plan = Plan(practice, self._clock())
        await repository.sweep_holds(session, practice.account_id, plan.now)
        hold = await find_hold(session, plan, booking)
        service = plan.find_service(booking.service_id or (hold.service_id if hold else None))
        practitioners = plan.list_practitioners(booking.practitioner_id, service)
        if hold is not None:
            practitioners.sort(key=lambda one: one.number != hold.practitioner_number)
        wanted = Wanted(
            booking.start_at,
            timedelta(minutes=booking.duration_minutes),
            service,
            practitioners,
            hold_id=hold.id if hold else None,
        )
        place = await find_place(session, plan, wanted)
        if hold is not None:
            await session.delete(hold)
        appointment = _appointment(practice, key, booking, service, place, plan.now)
        await repository.add_appointment(session, appointment)
        return appointment


def _appointment(
    practice: Practice, key: str, booking: WantedBooking, service: Service | None, place: Place, now: datetime
) -> Appointment:
    return Appointment(
        id=new_id("bkg", now),
        account_id=practice.account_id,
        practice_id=practice.id,
        **asdict(place),
        service_id=service.id if service else None,
        status="confirmed",
        customer_name=booking.customer.name.strip(),
        customer_phone=booking.customer.phone.strip(),
        customer_email=booking.customer.email,
        notes=booking.notes,
        idempotency_key=key,
        created_at=now,
    )


def _span(wanted: StartAtRange, zone: ZoneInfo) -> Interval:
    """Give a range in UTC; it may be empty. A bare date is a whole day of the practice's."""
    start, end = _moment(wanted.start_at, zone), _moment(wanted.end_at, zone, after=1)
    return Interval(start, min(end, start + LONGEST_RANGE))


def _moment(given: datetime | date, zone: ZoneInfo, after: int = 0) -> datetime:
    if isinstance(given, datetime):
        return given.astimezone(UTC)
    return midnight(given + timedelta(days=after), zone)


def _minutes(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)
