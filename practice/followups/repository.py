"""The follow-ups' SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.bookings import BookingIntent
from practice.records.follow_ups import FollowUp
from practice.records.insert_once import insert_once
from practice.records.partners import Bot, Partner
from practice.records.practices import Practice, Service


async def insert_follow_up(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a follow-up unless its fact has one."""
    return await insert_once(session, FollowUp, values, ["workflow_id"])


async def find_partner(session: AsyncSession, partner_id: str) -> Partner | None:
    """Find a partner."""
    return await session.get(Partner, partner_id)


async def find_practice(session: AsyncSession, practice_id: str | None) -> Practice | None:
    """Find a practice, without what its calendar is made of."""
    return await session.get(Practice, practice_id) if practice_id else None


async def find_service_name(session: AsyncSession, practice_id: str | None, service_id: str) -> str | None:
    """Find what a practice calls a service."""
    query = select(Service.name).where(Service.id == service_id, Service.practice_id == practice_id)
    return await session.scalar(query)


async def find_booked(session: AsyncSession, account_id: str | None, booking_id: str) -> BookingIntent | None:
    """Find the record of a booking: the request of this account that succeeded in making it."""
    query = select(BookingIntent).where(
        BookingIntent.account_id == account_id,
        BookingIntent.booking_id == booking_id,
        BookingIntent.operation == "book",
        BookingIntent.state == "succeeded",
    )
    return (await session.scalars(query.order_by(BookingIntent.created_at.desc()).limit(1))).one_or_none()


async def has_live_resolve(session: AsyncSession, intent_id: str) -> bool:
    """Tell whether someone is on the way to find out about a booking in doubt."""
    query = select(FollowUp.id).where(
        FollowUp.intent_id == intent_id,
        FollowUp.kind == "resolve",
        FollowUp.state.in_(["waiting", "running"]),
    )
    return await session.scalar(query.limit(1)) is not None


async def cancel_text_messages(
    session: AsyncSession, account_id: str | None, booking_id: str, kinds: Sequence[str], now: datetime
) -> None:
    """Cancel what has not been sent yet of a booking, whichever of the account's bots planned it."""
    bots = select(Bot.id).where(Bot.account_id == account_id)
    conditions: list[ColumnElement[bool]] = [
        FollowUp.bot_id.in_(bots),
        FollowUp.booking_id == booking_id,
        FollowUp.kind.in_(kinds),
        FollowUp.state.in_(["waiting", "running"]),
    ]
    await session.execute(update(FollowUp).where(*conditions).values(state="cancelled", updated_at=now))
