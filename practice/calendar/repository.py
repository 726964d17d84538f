"""The calendar's SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.errors import AccountNotFound
from practice.records.bookings import Appointment, AppointmentChange, SlotHold, TimeBlock
from practice.records.practices import WHOLE, Practice, Practitioner

Busy = tuple[int, datetime, datetime]
"""Practitioner number, busy from, busy until."""


async def find_practice(session: AsyncSession, account_id: str) -> Practice | None:
    """Find an account's practice with everything its calendar is made of."""
    query = select(Practice).where(Practice.account_id == account_id).options(*WHOLE)
    return (await session.scalars(query)).one_or_none()


async def get_practice(session: AsyncSession, account_id: str) -> Practice:
    """Get an account's practice; AccountNotFound when it has none."""
    practice = await find_practice(session, account_id)
    if practice is None:
        raise AccountNotFound
    return practice


async def lock_practice(session: AsyncSession, account_id: str) -> Practice:
    """Let one change of a practice's calendar be decided at a time (SQLite's write lock does so already).

    AccountNotFound when the account has no practice.
    """
    await session.execute(select(Practice.id).where(Practice.account_id == account_id).with_for_update())
    return await get_practice(session, account_id)


async def list_taken(
    session: AsyncSession, numbers: Sequence[int], start: datetime, end: datetime, without: str | None = None
) -> list[Busy]:
    """List the appointments that touch a span, except one."""
    stands = Appointment.status != "cancelled"
    return await _list_busy(
        session, Appointment, numbers, start, end, stands, Appointment.id != (without or "")
    )


async def list_blocks(
    session: AsyncSession, numbers: Sequence[int], start: datetime, end: datetime
) -> list[TimeBlock]:
    """List the blocked time that touches a span, by start."""
    query = (
        select(TimeBlock)
        .where(TimeBlock.practitioner_number.in_(numbers), TimeBlock.start_at < end, TimeBlock.end_at > start)
        .order_by(TimeBlock.start_at)
    )
    return list(await session.scalars(query))


async def list_held(
    session: AsyncSession,
    numbers: Sequence[int],
    start: datetime,
    end: datetime,
    now: datetime,
    without: str | None = None,
) -> list[Busy]:
    """List the holds that touch a span and have not run out, except one."""
    runs = (SlotHold.expires_at > now, SlotHold.id != (without or ""))
    return await _list_busy(session, SlotHold, numbers, start, end, *runs)


async def _list_busy(
    session: AsyncSession,
    kind: type[Appointment | SlotHold],
    numbers: Sequence[int],
    start: datetime,
    end: datetime,
    *conditions: ColumnElement[bool],
) -> list[Busy]:
    query = select(kind.practitioner_number, kind.busy_from, kind.busy_until).where(
        kind.practitioner_number.in_(numbers), kind.busy_from < end, kind.busy_until > start, *conditions
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def list_by_phone(session: AsyncSession, account_id: str, phone: str) -> list[Appointment]:
    """List a customer's appointments, latest start first."""
    query = (
        select(Appointment)
        .where(Appointment.account_id == account_id, Appointment.is_of(phone))
        .order_by(Appointment.start_at.desc())
        .limit(100)
    )
    return list(await session.scalars(query))


async def list_coming(
    session: AsyncSession, account_id: str, phone: str, now: datetime, limit: int
) -> list[Appointment]:
    """List a customer's appointments that are to come and stand, soonest first."""
    query = (
        select(Appointment)
        .where(
            Appointment.account_id == account_id,
            Appointment.is_of(phone),
            Appointment.status != "cancelled",
            Appointment.start_at > now,
        )
        .order_by(Appointment.start_at, Appointment.id)
        .limit(limit)
    )
    return list(await session.scalars(query))


async def list_appointments(session: AsyncSession, account_id: str) -> list[Appointment]:
    """List an account's appointments by start."""
    query = select(Appointment).where(Appointment.account_id == account_id).order_by(Appointment.start_at)
    return list(await session.scalars(query))


async def list_between(
    session: AsyncSession, account_id: str, start: datetime, end: datetime
) -> list[Appointment]:
    """List an account's appointments that touch a span and stand, by start."""
    query = (
        select(Appointment)
        .where(
            Appointment.account_id == account_id,
            Appointment.status != "cancelled",
            Appointment.start_at < end,
            Appointment.end_at > start,
        )
        .order_by(Appointment.start_at, Appointment.id)
    )
    return list(await session.scalars(query))


async def add_appointment(session: AsyncSession, appointment: Appointment) -> None:
    """Add an appointment; the database refuses an overlap with IntegrityError."""
    session.add(appointment)
    await session.flush()


async def delete_changes(session: AsyncSession, before: datetime, limit: int) -> int:
    """Delete changes made before a moment; gives how many."""
    old = select(AppointmentChange.id).where(AppointmentChange.created_at < before).limit(limit)
    statement = delete(AppointmentChange).where(AppointmentChange.id.in_(old))
    return len((await session.scalars(statement.returning(AppointmentChange.id))).all())


async def clear_reasons(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget why appointments were cancelled before a moment; gives how many had a reason."""
    old = (
        select(Appointment.id)
        .where(Appointment.cancellation_reason.is_not(None), Appointment.cancelled_at < before)
        .limit(limit)
    )
    statement = update(Appointment).where(Appointment.id.in_(old)).values(cancellation_reason=None)
    return len((await session.scalars(statement.returning(Appointment.id))).all())


async def sweep_holds(session: AsyncSession, account_id: str, now: datetime) -> None:
    """Remove an account's holds that have run out."""
    await session.execute(
        delete(SlotHold).where(SlotHold.account_id == account_id, SlotHold.expires_at <= now)
    )


async def next_practitioner_number(session: AsyncSession) -> int:
    """Give the first number that no practitioner has."""
    return (await session.scalar(select(func.max(Practitioner.number))) or 0) + 1
