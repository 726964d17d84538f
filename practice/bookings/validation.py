"""What the requests' bodies must say before they are relayed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kit.text import is_text
from practice.bookings.command import BookingCommand, fingerprint
from practice.bookings.phones import find_e164, region_of
from practice.errors import BookingNotFound, InvalidRequest
from practice.payload import Fields

LONGEST_DURATION_MINUTES = 24 * 60
LONGEST_HOLD_SECONDS = 24 * 3600
LONGEST_ID = 255
PAST_GRACE = timedelta(minutes=5)
"""How late a request for a moment may come: calls take a while, and clocks differ."""

_MAY_BE_LEFT_OUT = frozenset({"duration_minutes", "notes", "service_id", "practitioner_id", "hold_id"})
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def check_search(body: Any) -> Mapping[str, Any]:
    """Check an availability search.

    Dates may be bare; times carry an offset. What the contract does not know is left for the platform.

    Returns:
        Its ``query``, untouched.

    Raises:
        InvalidRequest: It names the first field that does not fit.
    """
    query = Fields.of(body, InvalidRequest).object("query")
    wanted = query.object("filter")
    wanted.find_text("service_id", LONGEST_ID)
    wanted.find_text("practitioner_id", LONGEST_ID)
    wanted.find_whole_number("duration_minutes", 1, LONGEST_DURATION_MINUTES)
    span = wanted.object("start_at_range")
    start, end = span.instant_or_day("start_at"), span.instant_or_day("end_at")
    both_moments = isinstance(start, datetime) and isinstance(end, datetime)
    neither = not isinstance(start, datetime) and not isinstance(end, datetime)
    # A bare end day is included, so it may be the start day; a moment as the end is not.
    if (both_moments and start >= end) or (neither and start > end):
        raise InvalidRequest("query.filter.start_at_range.start_at must be before end_at.")
    return query.values


def check_booking(body: Any, language: str = "") -> BookingCommand:
    """Check a booking request.

    Args:
        language: The bot's, whose country a national phone number belongs to.

    Returns:
        The wish; its content is ``booking`` with the phone number as E.164, the length as an integer, and
        without what may be left out and is null or a blank e-mail address; otherwise untouched.

    Raises:
        InvalidRequest: It names the first field that does not fit.
    """
    booking = Fields.of(body, InvalidRequest).object("booking")
    start, end = _span(booking)
    booking.find_text("notes")
    booking.find_text("hold_id", LONGEST_ID)
    booking.find_text("service_id", LONGEST_ID)
    practitioner_id = booking.find_text("practitioner_id", LONGEST_ID)
    customer = booking.object("customer")
    customer.text("phone", 40)
    customer.text("name", 200)
    content = {**_said(booking), "customer": _with_email(customer)}
    content["customer"]["phone"] = _phone(customer, language)
    return BookingCommand("book", content, fingerprint(content), None, start, end, practitioner_id or None)


def check_cancellation(body: Any, booking_id: str) -> BookingCommand:
    """Check the request to cancel a booking.

    Returns:
        The wish; its content is ``cancellation``, untouched, or empty.

    Raises:
        BookingNotFound: No booking can have such an id.
        InvalidRequest: It names the first field that does not fit.
    """
    whole = Fields.of(body, InvalidRequest)
    content: Mapping[str, Any] = {}
    if whole.values.get("cancellation") is not None:
        cancellation = whole.object("cancellation")
        cancellation.find_text("reason")
        content = cancellation.values
    return BookingCommand("cancel", content, fingerprint(content), check_id(booking_id))


def check_reschedule(body: Any, booking_id: str) -> BookingCommand:
    """Check the request to move a booking.

    Returns:
        The wish; its content is ``booking``, the length as an integer and without what may be left out and
        is null; otherwise untouched.

    Raises:
        BookingNotFound: No booking can have such an id.
        InvalidRequest: It names the first field that does not fit.
    """
    booking = Fields.of(body, InvalidRequest).object("booking")
    start, end = _span(booking, length_required=False)
    practitioner_id = booking.find_text("practitioner_id", LONGEST_ID)
    content = _said(booking)
    return BookingCommand(
        "reschedule", content, fingerprint(content), check_id(booking_id), start, end, practitioner_id or None
    )


def check_lookup(body: Any, language: str = "") -> Mapping[str, Any]:
    """Check a customer lookup.

    Args:
        language: The bot's, whose country a national phone number belongs to.

    Returns:
        Its ``customer`` with the phone number as E.164, otherwise untouched.

    Raises:
        InvalidRequest: It names the first field that does not fit.
    """
    customer = Fields.of(body, InvalidRequest).object("customer")
    return {**customer.values, "phone": _phone(customer, language)}


def check_hold(body: Any) -> tuple[Mapping[str, Any], float | None, datetime]:
    """Check the request to keep a time for a while.

    Returns:
        Its ``slot``, untouched; for how many seconds, or None; and when the slot begins, in UTC.

    Raises:
        InvalidRequest: It names the first field that does not fit.
    """
    whole = Fields.of(body, InvalidRequest)
    slot = whole.object("slot")
    start, _ = _span(slot)
    slot.find_text("service_id", LONGEST_ID)
    slot.find_text("practitioner_id", LONGEST_ID)
    return slot.values, whole.find_whole_number("hold_seconds", 1, LONGEST_HOLD_SECONDS), start


def check_id(booking_id: str) -> str:
    """Let an id through that a platform may have given.

    Raises:
        BookingNotFound: It is blank, too long, or cannot be a segment of a path.
    """
    if not booking_id.strip(". ") or len(booking_id) > LONGEST_ID or not is_text(booking_id):
        raise BookingNotFound
    return booking_id


def _span(fields: Fields, *, length_required: bool = True) -> tuple[datetime, datetime | None]:
    start = fields.instant("start_at")
    read = fields.whole_number if length_required else fields.find_whole_number
    minutes = read("duration_minutes", 1, LONGEST_DURATION_MINUTES)
    return start, None if minutes is None else start + timedelta(minutes=minutes)


def _said(booking: Fields) -> dict[str, Any]:
    """Copy a booking as strict platforms want it: what may be left out is no null, and 30.0 is 30."""
    values = {
        name: value
        for name, value in booking.values.items()
        if value is not None or name not in _MAY_BE_LEFT_OUT
    }
    if "duration_minutes" in values:
        values["duration_minutes"] = int(values["duration_minutes"])
    return values


def _with_email(customer: Fields) -> dict[str, Any]:
    """Copy the customer; an address is plausible or not there at all, as platforms want it."""
    values = dict(customer.values)
    email = (customer.find_text("email", 320) or "").strip()
    values.pop("email", None)
    if email:
        if not _EMAIL.fullmatch(email):
            raise InvalidRequest(f"{customer.path}email must be an e-mail address.")
        values["email"] = email
    return values


def _phone(customer: Fields, language: str) -> str:
    number = find_e164(customer.text("phone", 40), region_of(language))
    if number is None:
        message = "must be a phone number with its country code, such as +12025550142"
        raise InvalidRequest(f"{customer.path}phone {message}.")
    return number
