"""The ledger's SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.bookings import BookingIntent
from practice.records.insert_once import insert_once

UNIQUE = ["partner_id", "bot_id", "idempotency_key"]


async def insert_intent(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert an intent; the unique index lets one of several through."""
    return await insert_once(session, BookingIntent, values, UNIQUE)


async def lock_intent(session: AsyncSession, partner_id: str, bot_id: str, key: str) -> BookingIntent:
    """Get an intent that is known to be there, and hold it until the transaction ends."""
    query = (
        select(BookingIntent)
        .where(
            BookingIntent.partner_id == partner_id,
            BookingIntent.bot_id == bot_id,
            BookingIntent.idempotency_key == key,
        )
        .with_for_update()
    )
    return (await session.scalars(query)).one()


async def renew_lease(session: AsyncSession, intent_id: str, owner: str, until: datetime) -> bool:
    """Hold on to an intent; False when it is no longer this owner's."""
    statement = (
        update(BookingIntent)
        .where(BookingIntent.id == intent_id, BookingIntent.owner == owner, BookingIntent.state == "pending")
        .values(lease_until=until)
        .returning(BookingIntent.id)
    )
    return (await session.execute(statement)).first() is not None


async def get_intent(session: AsyncSession, intent_id: str) -> BookingIntent:
    """Get an intent by its id, and hold it until the transaction ends."""
    query = select(BookingIntent).where(BookingIntent.id == intent_id).with_for_update()
    return (await session.scalars(query)).one()
