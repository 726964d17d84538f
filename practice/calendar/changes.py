"""Cancelling and moving appointments, once per key."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.platform import ANYONE, CancelRequest, MoveRequest, WantedMove
from kit.ids import new_id
from practice.calendar import repository
from practice.calendar.holds import find_hold
from practice.calendar.placing import Wanted, find_place
from practice.calendar.plan import Plan
from practice.calendar.shapes import booking_of
from practice.errors import (
    BookingCancelled,
    BookingNotFound,
    BookingPast,
    IdempotencyKeyReused,
    SlotUnavailable,
)
from practice.records.bookings import Appointment, AppointmentChange, SlotHold
from practice.records.finding import find_by
from practice.records.practices import Practice, Practitioner, Service
from practice.service import RecordsService

LONGEST_REASON = 1000
"""Characters of a cancellation's reason; what is longer is cut."""


class Changes(RecordsService):
    """Changes of the embedded calendar's appointments. Bodies are those of the webhook protocol, whole."""

    async def get(self, account_id: str, booking_id: str) -> dict[str, Any]:
        """Get a booking as it is now."""
        async with self._database.reading() as session:
            practice = await repository.get_practice(session, account_id)
            return {"booking": booking_of(practice, await _get(session, account_id, booking_id))}

    async def cancel(self, account_id: str, booking_id: str, body: CancelRequest) -> dict[str, Any]:
        """Cancel a booking, and keep the reason. Its time is free at once; one that is cancelled stays so."""
        key = body.idempotency_key
        async with self._database.session() as session:
            practice = await repository.lock_practice(session, account_id)
            if (answer := await _answered(session, account_id, key, "cancel", booking_id)) is not None:
                return answer
            appointment, now = await _get(session, account_id, booking_id), self._clock()
            if appointment.status != "cancelled":
                if appointment.start_at <= now:
                    raise BookingPast
                appointment.status, appointment.cancelled_at = "cancelled", now
                appointment.cancellation_reason = reason_of(body.cancellation)
            return _keep(session, practice, appointment, key, "cancel", now)

    async def reschedule(self, account_id: str, booking_id: str, body: MoveRequest) -> dict[str, Any]:
        """Move a booking to another time; SlotUnavailable where that is not free. What is left out stays.

        It stays with its practitioner, unless the body names one or anyone, or uses up another's hold.
        """
        key = body.idempotency_key
        try:
            async with self._database.session() as session:
                practice = await repository.lock_practice(session, account_id)
                if (
                    answer := await _answered(session, account_id, key, "reschedule", booking_id)
                ) is not None:
                    return answer
                appointment, now = await _get(session, account_id, booking_id), self._clock()
                await _move(session, Plan(practice, now), appointment, body.booking)
                return _keep(session, practice, appointment, key, "reschedule", now)
        except IntegrityError as error:
            # The database's own guard: something else took the time, or the key, between look and write.
            async with self._database.reading() as session:
                answer = await _answered(session, account_id, key, "reschedule", booking_id)
            if answer is None:
                raise SlotUnavailable from error
            return answer


async def _move(session: AsyncSession, plan: Plan, appointment: Appointment, wanted: WantedMove) -> None:
    if appointment.status == "cancelled":
        raise BookingCancelled
    if appointment.start_at <= plan.now:
        raise BookingPast
    await repository.sweep_holds(session, appointment.account_id, plan.now)
    hold = await find_hold(session, plan, wanted)
    service = _service(plan, appointment, wanted)
    minutes = wanted.duration_minutes
    place_wanted = Wanted(
        start=wanted.start_at,
        duration=timedelta(minutes=minutes) if minutes else _own_length(appointment, service),
        service=service,
        practitioners=_practitioners(plan, appointment, service, wanted, hold),
        moved_id=appointment.id,
        hold_id=hold.id if hold else None,
    )
    place = await find_place(session, plan, place_wanted)
    if hold is not None:
        await session.delete(hold)
    for name, value in asdict(place).items():
        setattr(appointment, name, value)
    appointment.service_id = service.id if service else None
    appointment.updated_at = plan.now
    # Here, so that a refusal of the database is seen before an answer is made of it.
    await session.flush()


def reason_of(cancellation: Any) -> str | None:
    """Read why a booking is cancelled, of whatever was said."""
    reason = cancellation.get("reason") if isinstance(cancellation, dict) else None
    return reason.strip()[:LONGEST_REASON] or None if isinstance(reason, str) else None


def _service(plan: Plan, appointment: Appointment, wanted: WantedMove) -> Service | None:
    """Find what it is for: what is newly wanted, or as before, though it may no longer be offered."""
    if wanted.service_id is not None and wanted.service_id != appointment.service_id:
        return plan.find_service(wanted.service_id)
    return next((one for one in plan.practice.services if one.id == appointment.service_id), None)


def _own_length(appointment: Appointment, service: Service | None) -> timedelta:
    if service is not None and service.id != appointment.service_id:
        return timedelta(minutes=service.duration_minutes)
    return appointment.end_at - appointment.start_at


def _practitioners(
    plan: Plan, appointment: Appointment, service: Service | None, wanted: WantedMove, hold: SlotHold | None
) -> Sequence[Practitioner]:
    number = hold.practitioner_number if hold else appointment.practitioner_number
    if wanted.practitioner_id == ANYONE:
        # With whom it is held, or whom the patient knows, comes first.
        return sorted(plan.list_practitioners(None, service), key=lambda one: one.number != number)
    if wanted.practitioner_id is not None:
        return plan.list_practitioners(wanted.practitioner_id, service)
    return [one for one in plan.list_practitioners(None, service) if one.number == number]


async def _get(session: AsyncSession, account_id: str, booking_id: str) -> Appointment:
    found = await find_by(session, Appointment, account_id=account_id, id=booking_id)
    if found is None:
        raise BookingNotFound
    return found


async def _answered(
    session: AsyncSession, account_id: str, key: str, kind: str, booking_id: str
) -> dict[str, Any] | None:
    """Find what a key was answered before."""
    change = await find_by(session, AppointmentChange, account_id=account_id, idempotency_key=key)
    if change is None:
        return None
    if change.kind != kind or change.appointment_id != booking_id:
        # Another booking's answer would tell the caller that theirs was changed.
        raise IdempotencyKeyReused
    return change.answer


def _keep(
    session: AsyncSession, practice: Practice, appointment: Appointment, key: str, kind: str, now: datetime
) -> dict[str, Any]:
    answer = {"booking": booking_of(practice, appointment)}
    session.add(
        AppointmentChange(
            id=new_id("chg", now),
            account_id=appointment.account_id,
            appointment_id=appointment.id,
            idempotency_key=key,
            kind=kind,
            answer=answer,
            created_at=now,
        )
    )
    return answer
