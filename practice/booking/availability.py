"""What the two endpoints' bodies must say before they are relayed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from practice.errors import InvalidRequest
from practice.payload import Fields

LONGEST_DURATION_MINUTES = 24 * 60


def check_search(body: Any) -> Mapping[str, Any]:
    """Check an availability search.

    Dates may be bare; times carry an offset. What the contract does not know is left for the platform.

    Args:
        body: The whole request body.

    Returns:
        Its ``query``, untouched.

    Raises:
        InvalidRequest: It names the first field that does not fit.
    """
    query = Fields.of(body, InvalidRequest).object("query")
    span = query.object("filter").object("start_at_range")
    start, end = span.instant_or_day("start_at"), span.instant_or_day("end_at")
    both_moments = isinstance(start, datetime) and isinstance(end, datetime)
    neither = not isinstance(start, datetime) and not isinstance(end, datetime)
    # A bare end day is included, so it may be the start day; a moment as the end is not.
    if (both_moments and start >= end) or (neither and start > end):
        raise InvalidRequest("query.filter.start_at_range.start_at must be before end_at.")
    return query.values


def check_booking(body: Any) -> Mapping[str, Any]:
    """Check a booking request.

    Args:
        body: The whole request body.

    Returns:
        Its ``booking``, untouched.

    Raises:
        InvalidRequest: It names the first field that does not fit.
    """
    booking = Fields.of(body, InvalidRequest).object("booking")
    booking.instant("start_at")
    booking.whole_number("duration_minutes", 1, LONGEST_DURATION_MINUTES)
    booking.find_text("notes")
    customer = booking.object("customer")
    customer.text("phone", 40)
    customer.text("name", 200)
    customer.find_text("email", 320)
    return booking.values


def fingerprint(booking: Mapping[str, Any]) -> str:
    """Hash a booking request, whatever the order of its fields.

    Args:
        booking: As ``check_booking`` gives it.

    Returns:
        SHA-256, 64 hex digits.
    """
    text = json.dumps(booking, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
