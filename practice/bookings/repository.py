"""The ledger's SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.bookings.record import NOT_TAKING_TIME
from practice.partners.views import BotView
from practice.platforms.routing import is_embedded
from practice.records.bookings import BookingIntent
from practice.records.insert_once import insert_once

_MADE = {"operation": "book", "state": "succeeded"}
_UNIQUE = ["partner_id", "bot_id", "idempotency_key"]
_UNSYNCHRONISED = {"synchronize_session": False}
_UPDATE_CLAIMED = (
    update(BookingIntent)
    .where(
        BookingIntent.id == bindparam("of_id"),
        BookingIntent.owner == bindparam("of_owner"),
        BookingIntent.state == "pending",
    )
    .returning(BookingIntent)
)
_TAKES_TIME = or_(
    BookingIntent.booking_status.is_(None), BookingIntent.booking_status.not_in(NOT_TAKING_TIME)
)


async def insert_intent(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert an intent; the unique index lets one of several through."""
    return await insert_once(session, BookingIntent, values, _UNIQUE)


async def update_claimed(
    session: AsyncSession, claimed: BookingIntent, values: dict[str, Any]
) -> BookingIntent | None:
    """Change an intent that its owner still works on; None when someone else has taken it over."""
    whose = {"of_id": claimed.id, "of_owner": claimed.owner}
    found = await session.scalars(_UPDATE_CLAIMED, {**whose, **values}, execution_options=_UNSYNCHRONISED)
    return found.one_or_none()


async def is_taken(session: AsyncSession, asked: BookingIntent, *, exact: bool) -> bool:
    """Tell whether a request overlaps a booking that is made, or that may be.

    Args:
        exact: The platform knows its practitioners and always says with whom it booked: only bookings with
            the very practitioner count. Otherwise only known different practitioners do not.
    """
    made = and_(BookingIntent.state == "succeeded", BookingIntent.operation == "book", _TAKES_TIME)
    conditions: list[ColumnElement[bool]] = [
        BookingIntent.partner_id == asked.partner_id,
        BookingIntent.account_id == asked.account_id,
        BookingIntent.slot_start < asked.slot_end,
        BookingIntent.slot_end > asked.slot_start,
        BookingIntent.id != asked.id,
        or_(made, BookingIntent.state.in_(["pending", "unknown"])),
    ]
    if asked.booking_id is not None:
        conditions.append(
            or_(BookingIntent.booking_id.is_(None), BookingIntent.booking_id != asked.booking_id)
        )
    same = BookingIntent.practitioner_id == asked.practitioner_id
    if exact:
        conditions.append(same)
    elif asked.practitioner_id is not None:
        conditions.append(or_(BookingIntent.practitioner_id.is_(None), same))
    return (await session.execute(select(BookingIntent.id).where(*conditions).limit(1))).first() is not None


async def list_booked(
    session: AsyncSession,
    booking_id: str,
    *,
    partner_id: str | None = None,
    account_id: str | None = None,
    lock: bool = False,
) -> list[BookingIntent]:
    """List the rows that made a booking, newest first; ids are unique only within one platform."""
    whose = {"partner_id": partner_id, "account_id": account_id}
    made = {name: value for name, value in whose.items() if value is not None} | _MADE
    query = select(BookingIntent).filter_by(booking_id=booking_id, **made)
    query = query.order_by(BookingIntent.created_at.desc(), BookingIntent.id.desc())
    return list(await session.scalars(query.with_for_update() if lock else query))


async def list_booked_of(
    session: AsyncSession, bot: BotView, booking_id: str, *, lock: bool = False
) -> list[BookingIntent]:
    """List the rows of a booking that a bot speaks of.

    The embedded calendar's ids are one of a kind, whoever booked. Of other platforms', the bot's own come
    first: two bots of a partner may share a platform, and two platforms may both have a booking ``1``.
    """
    if is_embedded(bot):
        return await list_booked(session, booking_id, account_id=bot.account_id, lock=lock)
    found = await list_booked(
        session, booking_id, partner_id=bot.partner_id, account_id=bot.account_id, lock=lock
    )
    return [one for one in found if one.bot_id == bot.id] or found


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
            BookingIntent.is_for(phone),
            _TAKES_TIME,
        )
        .order_by(BookingIntent.slot_start, BookingIntent.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def find_intent(
    session: AsyncSession, intent_id: str, partner_id: str | None = None
) -> BookingIntent | None:
    """Find an intent by its id, a partner's or anybody's."""
    intent = await session.get(BookingIntent, intent_id)
    return intent if intent is not None and partner_id in {None, intent.partner_id} else None


async def list_requests(
    session: AsyncSession, limit: int, *, leases: tuple[datetime, datetime] | None = None
) -> list[BookingIntent]:
    """List requests, newest first; with the bounds of running leases, only those whose outcome is unknown."""
    query = select(BookingIntent).order_by(BookingIntent.created_at.desc(), BookingIntent.id.desc())
    if leases is not None:
        query = query.where(_is_unknown(*leases))
    return list(await session.scalars(query.limit(limit)))


async def list_abandoned(
    session: AsyncSession, silent_since: datetime, latest: datetime, limit: int
) -> list[tuple[str, str]]:
    """List (intent, bot) of unknown outcome, the pending ones first: nobody else ever finds those."""
    query = (
        select(BookingIntent.id, BookingIntent.bot_id)
        .where(BookingIntent.given_up_at.is_(None), _is_unknown(silent_since, latest))
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
        _TAKES_TIME,
    )
    old = (
        select(BookingIntent.id)
        .where(
            BookingIntent.updated_at < before, or_(settled, BookingIntent.given_up_at.is_not(None)), ~to_come
        )
        .limit(limit)
    )
    statement = delete(BookingIntent).where(BookingIntent.id.in_(old)).returning(BookingIntent.id)
    return len((await session.scalars(statement, execution_options=_UNSYNCHRONISED)).all())


def _is_unknown(silent_since: datetime, latest: datetime) -> ColumnElement[bool]:
    """Tell by the bounds of running leases what nobody works on and nobody knows the outcome of."""
    lease = BookingIntent.lease_until
    silent = and_(BookingIntent.state == "pending", or_(lease <= silent_since, lease > latest))
    return or_(BookingIntent.state == "unknown", silent)
