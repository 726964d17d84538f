"""The incoming texts' SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.partners.views import BotView
from practice.records.bookings import BookingIntent
from practice.records.follow_ups import FollowUp

LOOKED_AT = 200
"""How many of a bot's latest texts are looked through for the one that is answered."""


async def list_sent(session: AsyncSession, bot_id: str, kinds: Sequence[str]) -> list[FollowUp]:
    """List the texts about appointments that were sent for a bot, the latest first."""
    query = (
        select(FollowUp)
        .where(FollowUp.bot_id == bot_id, FollowUp.kind.in_(kinds), FollowUp.state == "done")
        .order_by(FollowUp.updated_at.desc(), FollowUp.id.desc())
        .limit(LOOKED_AT)
    )
    return list(await session.scalars(query))


async def confirm(session: AsyncSession, bot: BotView, booking_id: str, now: datetime) -> bool:
    """Note that the patient confirms a booking that stands; False when it does not."""
    statement = (
        update(BookingIntent)
        .where(
            BookingIntent.account_id == bot.account_id,
            BookingIntent.booking_id == booking_id,
            BookingIntent.operation == "book",
            BookingIntent.state == "succeeded",
            BookingIntent.booking_status.in_(("confirmed", "accepted")),
        )
        .values(patient_confirmed_at=now)
        .returning(BookingIntent.id)
    )
    return (await session.scalars(statement)).first() is not None
