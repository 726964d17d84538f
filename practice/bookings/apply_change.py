"""The record of a booking follows the cancellations and reschedules of it."""

from sqlalchemy.ext.asyncio import AsyncSession

from practice.bookings import repository
from practice.bookings.record import NOT_TAKING_TIME, record_of
from practice.partners.views import BotView
from practice.platforms.booking_ids import id_of
from practice.records.bookings import BookingIntent

TIMES = ("start_at", "end_at", "duration_minutes")
"""Fields of a booking that another time makes untrue."""


async def apply_change(session: AsyncSession, bot: BotView, change: BookingIntent) -> None:
    """Apply a cancellation or a reschedule that succeeded to the record of its booking."""
    assert change.booking_id is not None  # noqa: S101 - a change is of a booking
    answered = change.booking or {}
    # A platform that moves by booking anew gives what it moved another id, and knows it by that from now on.
    booking_id = id_of(answered) or change.booking_id
    for made in await repository.list_booked_of(session, bot, change.booking_id, lock=True):
        cancelled = made.booking_status in NOT_TAKING_TIME
        if change.operation == "reschedule" and cancelled and made.updated_at >= change.created_at:
            # It was cancelled after the reschedule was asked for: that is the later word.
            continue
        kept = dict(made.booking or {})
        if change.operation == "reschedule":
            kept = {name: value for name, value in kept.items() if name not in TIMES}
        values = record_of({**kept, **answered}, change)
        for name in ("slot_start", "slot_end", "practitioner_id"):
            values[name] = values[name] or getattr(made, name)
        for name, value in values.items():
            setattr(made, name, value)
            setattr(change, name, value)
        made.booking_id = booking_id
        made.updated_at = change.updated_at
