"""The calendar's SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from practice.records.bookings import Appointment
from practice.records.practices import Practice, Practitioner


async def find_practice(session: AsyncSession, account_id: str) -> Practice | None:
    """Find an account's practice with everything its calendar is made of."""
    query = (
        select(Practice)
        .where(Practice.account_id == account_id)
        .options(
            selectinload(Practice.hours),
            selectinload(Practice.closures),
            selectinload(Practice.services),
            selectinload(Practice.practitioners).selectinload(Practitioner.performs),
        )
    )
    return (await session.scalars(query)).one_or_none()


async def lock_practice(session: AsyncSession, account_id: str) -> None:
    """Let one booking of a practice be decided at a time (SQLite's write lock does so already)."""
    await session.execute(select(Practice.id).where(Practice.account_id == account_id).with_for_update())


async def list_busy(
    session: AsyncSession, numbers: Sequence[int], start: datetime, end: datetime
) -> list[tuple[int, datetime, datetime]]:
    """List (practitioner number, busy from, busy until) of all that touches a span."""
    query = select(Appointment.practitioner_number, Appointment.busy_from, Appointment.busy_until).where(
        Appointment.practitioner_number.in_(numbers),
        Appointment.status != "cancelled",
        Appointment.busy_from < end,
        Appointment.busy_until > start,
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(query)]


async def find_by_key(session: AsyncSession, account_id: str, idempotency_key: str) -> Appointment | None:
    """Find the appointment that a key made."""
    query = select(Appointment).where(
        Appointment.account_id == account_id, Appointment.idempotency_key == idempotency_key
    )
    return (await session.scalars(query)).one_or_none()


async def list_by_phone(session: AsyncSession, account_id: str, phone: str) -> list[Appointment]:
    """List a customer's appointments, latest start first."""
    query = (
        select(Appointment)
        .where(Appointment.account_id == account_id, Appointment.customer_phone == phone)
        .order_by(Appointment.start_at.desc())
        .limit(100)
    )
    return list(await session.scalars(query))


async def list_appointments(session: AsyncSession, account_id: str) -> list[Appointment]:
    """List an account's appointments by start."""
    query = select(Appointment).where(Appointment.account_id == account_id).order_by(Appointment.start_at)
    return list(await session.scalars(query))


async def add_appointment(session: AsyncSession, appointment: Appointment) -> None:
    """Add an appointment; the database refuses an overlap with IntegrityError."""
    session.add(appointment)
    await session.flush()


async def next_practitioner_number(session: AsyncSession) -> int:
    """Give the first number that no practitioner has."""
    return (await session.scalar(select(func.max(Practitioner.number))) or 0) + 1
