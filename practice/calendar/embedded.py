"""The embedded calendar: a platform like any other, behind the signed protocol."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from config.clock import Clock
from config.database import Database
from practice.calendar import repository
from practice.calendar.hours import Interval, Need, fits
from practice.calendar.plan import Plan
from practice.calendar.requests import BookingWish, read_booking, read_lookup, read_search
from practice.errors import AccountNotFound, InvalidPayload, SlotUnavailable
from practice.ids import new_id
from practice.records.bookings import Appointment
from practice.records.practices import Practice, Practitioner

CREATED, REPEATED = 201, 200
OFFER_GRACE = timedelta(minutes=30)
"""How much of the minimum notice may pass between an offer and its booking."""


class EmbeddedCalendar:
    """Keeps practices' own calendars. Bodies are those of the webhook protocol, whole."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def lookup(self, account_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Look a customer up by phone number.

        Args:
            account_id: ``acct_…``.
            body: A customers/lookup body.

        Returns:
            ``{"found": bool, "customer"?: {"name", "phone", "existing_appointment"?}}``; the existing
            appointment is the next one to come.

        Raises:
            InvalidPayload: The body does not fit.
            AccountNotFound: No such account here.
        """
        phone = read_lookup(body)
        async with self._database.reading() as session:
            await _get_practice(session, account_id)
            appointments = await repository.list_by_phone(session, account_id, phone)
        if not appointments:
            return {"found": False}
        customer: dict[str, Any] = {"name": appointments[0].customer_name, "phone": phone}
        now = self._clock()
        coming = [one for one in appointments if one.status != "cancelled" and one.start_at > now]
        if coming:
            following = coming[-1]
            customer["existing_appointment"] = {
                "start_at": _utc(following.start_at),
                "end_at": _utc(following.end_at),
                "status": following.status,
            }
        return {"found": True, "customer": customer}

    async def search(self, account_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Search free windows.

        Args:
            account_id: ``acct_…``.
            body: An availability/search body; the filter may name ``service_id``, ``practitioner_id``
                and ``duration_minutes``.

        Returns:
            ``{"availabilities": [{"start_at", "duration_minutes", "practitioner"}]}``, windows by start in
            the practice's local offset; when there is none also ``"reason"``.

        Raises:
            InvalidPayload: The body does not fit.
            AccountNotFound: No such account here.
        """
        wanted = read_search(body)
        async with self._database.reading() as session:
            plan = Plan(await _get_practice(session, account_id), self._clock())
            service = plan.find_service(wanted.service_id)
            practitioners = plan.list_practitioners(wanted.practitioner_id, service)
            need = plan.need(service, _minutes(wanted.duration_minutes))
            span = wanted.span(plan.zone)
            within = plan.bookable(span)
            busy = await _busy(session, practitioners, within, need)
        found = [
            (window, practitioner)
            for practitioner in practitioners
            for window in plan.windows(practitioner, within, busy[practitioner.number], need)
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
            answer["reason"] = plan.why_none(practitioners, span)
        return answer

    async def book(self, account_id: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Book an appointment, once per key.

        Args:
            account_id: ``acct_…``.
            body: A bookings body; the booking may name ``service_id`` and ``practitioner_id``.

        Returns:
            201 with ``{"booking": …}``, or 200 with the booking that the same key made before.

        Raises:
            InvalidPayload: The body does not fit.
            AccountNotFound: No such account here.
            SlotUnavailable: The time is taken, closed, past, too soon or too far away.
        """
        wish = read_booking(body)
        try:
            async with self._database.session() as session:
                await repository.lock_practice(session, account_id)
                practice = await _get_practice(session, account_id)
                made = await repository.find_by_key(session, account_id, wish.idempotency_key)
                if made is not None:
                    return REPEATED, {"booking": _booking(practice, made)}
                appointment = await self._place(session, practice, wish)
                await repository.add_appointment(session, appointment)
                return CREATED, {"booking": _booking(practice, appointment)}
        except IntegrityError as error:
            # The database's own guard: something else wrote between our look and our insert.
            async with self._database.reading() as session:
                made = await repository.find_by_key(session, account_id, wish.idempotency_key)
                if made is None:
                    raise SlotUnavailable from error
                return REPEATED, {"booking": _booking(await _get_practice(session, account_id), made)}

    async def _place(self, session: AsyncSession, practice: Practice, wish: BookingWish) -> Appointment:
        now = self._clock()
        plan = Plan(practice, now)
        service = plan.find_service(wish.service_id)
        need = plan.need(service, wish.duration)
        if need.duration != wish.duration:
            raise InvalidPayload("booking.duration_minutes is shorter than the service takes.")
        end = wish.start + wish.duration
        # Whoever was offered a time a while ago may still have it, as long as it is to come.
        earliest = max(now, plan.earliest - OFFER_GRACE)
        span = Interval(max(wish.start, earliest), min(end, plan.latest))
        practitioners = plan.list_practitioners(wish.practitioner_id, service)
        busy = await _busy(session, practitioners, span, need)
        for practitioner in practitioners:
            windows = plan.windows(practitioner, span, busy[practitioner.number], need)
            if fits(windows, wish.start, wish.duration):
                return Appointment(
                    id=new_id("bkg", now),
                    account_id=practice.account_id,
                    practice_id=practice.id,
                    practitioner_number=practitioner.number,
                    service_id=service.id if service else None,
                    status="confirmed",
                    start_at=wish.start,
                    end_at=end,
                    busy_from=wish.start - need.before,
                    busy_until=end + need.after,
                    customer_name=wish.name,
                    customer_phone=wish.phone,
                    customer_email=wish.email,
                    notes=wish.notes,
                    idempotency_key=wish.idempotency_key,
                    created_at=now,
                )
        raise SlotUnavailable


async def _get_practice(session: AsyncSession, account_id: str) -> Practice:
    practice = await repository.find_practice(session, account_id)
    if practice is None:
        raise AccountNotFound
    return practice


async def _busy(
    session: AsyncSession, practitioners: list[Practitioner], span: Interval, need: Need
) -> dict[int, list[Interval]]:
    busy: dict[int, list[Interval]] = {one.number: [] for one in practitioners}
    if busy and span.start < span.end:
        start, end = span.start - need.before, span.end + need.after
        rows = await repository.list_busy(session, list(busy), start, end)
        for number, busy_from, busy_until in rows:
            busy[number].append(Interval(busy_from, busy_until))
    return busy


def _booking(practice: Practice, made: Appointment) -> dict[str, Any]:
    practitioner = next(one for one in practice.practitioners if one.number == made.practitioner_number)
    service = next((one for one in practice.services if one.id == made.service_id), None)
    booking: dict[str, Any] = {
        "id": made.id,
        "status": made.status,
        "start_at": _utc(made.start_at),
        "end_at": _utc(made.end_at),
        "customer": {"phone": made.customer_phone, "name": made.customer_name},
        "location": {"name": practice.name, "address": practice.address},
        "practitioner": {"id": practitioner.id, "name": practitioner.name},
        "created_at": _utc(made.created_at),
    }
    if practice.address is None:
        del booking["location"]["address"]
    if service is not None:
        booking["service"] = {"id": service.id, "name": service.name}
    if made.notes is not None:
        booking["notes"] = made.notes
    return booking


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _minutes(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)
