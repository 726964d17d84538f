"""The record of a booking follows the cancellations and reschedules of it."""

from sqlalchemy.ext.asyncio import AsyncSession

from practice.bookings import repository
from practice.bookings.intent_status import IntentStatus
from practice.bookings.record import NOT_TAKING_TIME, record_of
from practice.partners.views import BotView
from practice.platforms.booking_ids import id_of
from practice.platforms.routing import is_embedded
from practice.records.bookings import BookingIntent

TIMES = ("start_at", "end_at", "duration_minutes")
"""Fields of a booking that another time makes untrue."""


async def list_booked_of(
    session: AsyncSession, bot: BotView, booking_id: str, *, lock: bool = False
) -> list[BookingIntent]:
    """List the rows of a booking that a bot speaks of.

    The embedded calendar's ids are one of a kind, whoever booked. Of other platforms', the bot's own come
    first: two bots of a partner may share a platform, and two platforms may both have a booking ``1``.
    """
    if is_embedded(bot):
        found = await repository.list_booked(session, booking_id, account_id=bot.account_id, lock=lock)
        return list(found)
    found = await repository.list_booked(
        session, booking_id, partner_id=bot.partner_id, account_id=bot.account_id, lock=lock
    )
    own = [one for one in found if one.bot_id == bot.id]
    return own or list(found)


async def follow(session: AsyncSession, bot: BotView, asked: IntentStatus, change: BookingIntent) -> None:
    """Have the record of the booking follow a cancellation or a reschedule that was made."""
    assert change.booking_id is not None  # noqa: S101 - a change is of a booking
    answered = change.booking or {}
    # A platform that moves by booking anew gives what it moved another id, and knows it by that from now on.
    booking_id = id_of(answered) or change.booking_id
    for made in await list_booked_of(session, bot, change.booking_id, lock=True):
        cancelled = made.booking_status in NOT_TAKING_TIME
        if change.operation == "reschedule" and cancelled and made.updated_at >= change.created_at:
            # It was cancelled after the reschedule was asked for: that is the later word.
            continue
        kept = dict(made.booking or {})
        if change.operation == "reschedule":
            kept = {name: value for name, value in kept.items() if name not in TIMES}
        values = record_of({**kept, **answered}, asked)
        values["slot_start"] = values["slot_start"] or made.slot_start
        values["slot_end"] = values["slot_end"] or made.slot_end
        values["practitioner_id"] = values["practitioner_id"] or made.practitioner_id
        for name, value in values.items():
            setattr(made, name, value)
            setattr(change, name, value)
        made.booking_id = booking_id
        made.updated_at = change.updated_at
