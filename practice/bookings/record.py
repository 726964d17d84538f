"""What the ledger keeps of a booking as a platform describes it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracts.timestamps import find_timestamp
from practice.platforms.booking_ids import text_of
from practice.records.bookings import BookingIntent

NOT_TAKING_TIME = ("cancelled", "canceled", "declined", "no_show")
"""Statuses of a booking whose time is free for others."""

LONGEST_STATUS = 100


def record_of(booking: Mapping[str, Any], asked: BookingIntent) -> dict[str, Any]:
    """Take out of a booking the columns that the ledger searches by.

    Platforms differ in what they say and how; what cannot be read is taken from what was asked for.
    """
    start = find_timestamp(booking.get("start_at")) or asked.slot_start
    end = find_timestamp(booking.get("end_at"))
    if start is not None and (end is None or end <= start):
        minutes = booking.get("duration_minutes")
        if isinstance(minutes, int) and 0 < minutes <= 24 * 60:
            end = start + timedelta(minutes=minutes)
        elif asked.slot_start is not None and asked.slot_end is not None:
            end = start + (asked.slot_end - asked.slot_start)
        else:
            end = None
    return {
        "booking": dict(booking),
        "booking_status": _status(booking, asked),
        "slot_start": start,
        "slot_end": end,
        "practitioner_id": _practitioner(booking) or _practitioner(asked.request),
    }


def _status(booking: Mapping[str, Any], asked: BookingIntent) -> str | None:
    status = booking.get("status")
    if asked.operation == "cancel" and status not in NOT_TAKING_TIME:
        # The platform agreed to cancel, whatever it calls the state that follows.
        return "cancelled"
    return text_of(status)[:LONGEST_STATUS] if isinstance(status, str) else None


def _practitioner(booking: Mapping[str, Any]) -> str | None:
    inner = booking.get("practitioner")
    named = inner.get("id") if isinstance(inner, Mapping) else booking.get("practitioner_id")
    return text_of(named) if isinstance(named, str) and named else None
