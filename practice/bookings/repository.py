"""The ledger's SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.bookings.command import BookingCommand
from practice.bookings.record import NOT_TAKING_TIME
from practice.records.bookings import BookingIntent
from practice.records.insert_once import insert_once

_UNIQUE = ["partner_id", "bot_id", "idempotency_key"]
_UNSYNCHRONISED = {"synchronize_session": False}
_UPDATE_OWNED = (
    update(BookingIntent)
    .where(
        BookingIntent.id == bindparam("of_id"),
        BookingIntent.owner == bindparam("of_owner"),
        BookingIntent.state == "pending",
    )
    .returning(BookingIntent)
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def insert_intent(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert an intent; the unique index lets one of several through."""
    return await insert_once(session, BookingIntent, values, _UNIQUE)


async def lock_key(session: AsyncSession, partner_id: str, bot_id: str, key: str) -> BookingIntent | None:
    """Find an intent by its key, and hold it until the transaction ends."""
    query = select(BookingIntent).where(*_has_key(partner_id, bot_id, key))
    return (await session.scalars(query.with_for_update())).one_or_none()


async def find_by_key(session: AsyncSession, partner_id: str, bot_id: str, key: str) -> BookingIntent | None:
    """Find an intent by its key."""
    return (await session.scalars(select(BookingIntent).where(*_has_key(partner_id, bot_id, key)))).first()


async def lock_intent(session: AsyncSession, intent_id: str) -> BookingIntent | None:
    """Find an intent by its id, and hold it until the transaction ends."""
    query = select(BookingIntent).where(BookingIntent.id == intent_id).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def update_owned(
    session: AsyncSession, intent_id: str, owner: str, values: dict[str, Any]
) -> BookingIntent | None:
    """Change an intent that its owner still works on; None when it is no longer theirs."""
    found = await session.scalars(
        _UPDATE_OWNED, {"of_id": intent_id, "of_owner": owner, **values}, execution_options=_UNSYNCHRONISED
    )
    return found.one_or_none()


async def lock_slots(session: AsyncSession, partner_id: str, account_id: str) -> None:
    """Let nobody else look at the slots of a partner's account before the transaction ends.

    On SQLite a writing transaction is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        name = f"slots {partner_id} {account_id}"
        await session.execute(_LOCK, {"name": name})


async def is_taken(
    session: AsyncSession, partner_id: str, account_id: str, own_id: str, wish: BookingCommand, *, exact: bool
) -> bool:
    """Tell whether a wish overlaps a booking that is made, or that may be.

    Args:
        wish: It has a start and an end.
        exact: The platform knows its practitioners and always says with whom it booked: only bookings with
            the very practitioner count. Otherwise only known different practitioners do not.
    """
    made = and_(
        BookingIntent.state == "succeeded",
        BookingIntent.operation == "book",
        or_(
            BookingIntent.booking_status.is_(None),
            BookingIntent.booking_status.not_in(NOT_TAKING_TIME),
        ),
    )
    conditions: list[ColumnElement[bool]] = [
        BookingIntent.partner_id == partner_id,
        BookingIntent.account_id == account_id,
        BookingIntent.slot_start < wish.end,
        BookingIntent.slot_end > wish.start,
        BookingIntent.id != own_id,
        or_(made, BookingIntent.state.in_(["pending", "unknown"])),
    ]
    if wish.booking_id is not None:
        conditions.append(
            or_(BookingIntent.booking_id.is_(None), BookingIntent.booking_id != wish.booking_id)
        )
    same = BookingIntent.practitioner_id == wish.practitioner_id
    if exact:
        conditions.append(same)
    elif wish.practitioner_id is not None:
        conditions.append(or_(BookingIntent.practitioner_id.is_(None), same))
    return (await session.execute(select(BookingIntent.id).where(*conditions).limit(1))).first() is not None


async def list_booked(
    session: AsyncSession,
    booking_id: str,
    *,
    partner_id: str | None = None,
    account_id: str | None = None,
    bot_id: str | None = None,
    lock: bool = False,
) -> Sequence[BookingIntent]:
    """List the rows that made a booking, newest first; ids are unique only within one platform."""
    query = select(BookingIntent).where(
        BookingIntent.booking_id == booking_id,
        BookingIntent.operation == "book",
        BookingIntent.state == "succeeded",
    )
    if partner_id is not None:
        query = query.where(BookingIntent.partner_id == partner_id)
    if account_id is not None:
        query = query.where(BookingIntent.account_id == account_id)
    if bot_id is not None:
        query = query.where(BookingIntent.bot_id == bot_id)
    query = query.order_by(BookingIntent.created_at.desc(), BookingIntent.id.desc())
    return (await session.scalars(query.with_for_update() if lock else query)).all()


async def list_coming(
    session: AsyncSession, partner_id: str, bot_id: str, phone: str, now: datetime, limit: int
) -> Sequence[BookingIntent]:
    """List the rows of a customer's bookings that are to come and stand, soonest first."""
    query = (
        select(BookingIntent)
        .where(
            BookingIntent.partner_id == partner_id,
            BookingIntent.bot_id == bot_id,
            BookingIntent.operation == "book",
            BookingIntent.state == "succeeded",
            BookingIntent.booking_id.is_not(None),
            BookingIntent.slot_start > now,
            BookingIntent.request["customer"]["phone"].as_string() == phone,
            or_(
                BookingIntent.booking_status.is_(None),
                BookingIntent.booking_status.not_in(NOT_TAKING_TIME),
            ),
        )
        .order_by(BookingIntent.slot_start, BookingIntent.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def find_intent(session: AsyncSession, partner_id: str, intent_id: str) -> BookingIntent | None:
    """Find a partner's intent by its id."""
    query = select(BookingIntent).where(BookingIntent.id == intent_id, BookingIntent.partner_id == partner_id)
    return (await session.scalars(query)).one_or_none()


async def list_abandoned(
    session: AsyncSession, silent_since: datetime, latest: datetime, limit: int
) -> list[tuple[str, str]]:
    """List (intent, bot) that nobody has found out about, those that nobody ever will by themselves first.

    Leases that ended before the one moment have run out; those that end after the other are none.
    """
    lease = BookingIntent.lease_until
    query = (
        select(BookingIntent.id, BookingIntent.bot_id)
        .where(
            BookingIntent.given_up_at.is_(None),
            or_(
                and_(BookingIntent.state == "pending", or_(lease < silent_since, lease > latest)),
                BookingIntent.state == "unknown",
            ),
        )
        .order_by(BookingIntent.state, BookingIntent.updated_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def delete_old(session: AsyncSession, before: datetime, now: datetime, limit: int) -> int:
    """Delete what was settled or given up before a moment, except records of bookings still to come."""
    settled = BookingIntent.state.in_(["succeeded", "refused"])
    to_come = and_(
        BookingIntent.state == "succeeded",
        BookingIntent.operation == "book",
        func.coalesce(BookingIntent.slot_end, before) > now,
        or_(
            BookingIntent.booking_status.is_(None),
            BookingIntent.booking_status.not_in(NOT_TAKING_TIME),
        ),
    )
    old = (
        select(BookingIntent.id)
        .where(
            BookingIntent.updated_at < before,
            or_(settled, BookingIntent.given_up_at.is_not(None)),
            ~to_come,
        )
        .limit(limit)
    )
    statement = delete(BookingIntent).where(BookingIntent.id.in_(old)).returning(BookingIntent.id)
    return len((await session.scalars(statement, execution_options=_UNSYNCHRONISED)).all())


def _has_key(partner_id: str, bot_id: str, key: str) -> list[ColumnElement[bool]]:
    return [
        BookingIntent.partner_id == partner_id,
        BookingIntent.bot_id == bot_id,
        BookingIntent.idempotency_key == key,
    ]
