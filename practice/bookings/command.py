"""What a partner asks the ledger for, made of the request's body."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from contracts.partner import (
    LONGEST_ID,
    AvailabilityQuery,
    BookingDetails,
    Cancellation,
    Customer,
    CustomerPhone,
    RescheduleDetails,
)
from kit.text import is_text
from language.phone import find_e164, find_region_of_language
from practice.errors import BookingNotFound, InvalidRequest

Operation = Literal["book", "cancel", "reschedule"]

_MAY_BE_LEFT_OUT = frozenset({"duration_minutes", "notes", "service_id", "practitioner_id", "hold_id"})


@dataclass(frozen=True, slots=True)
class BookingCommand:
    """A checked request of one of the operations that need an Idempotency-Key.

    Attributes:
        content: What the platform is sent: the contract's ``booking`` or ``cancellation``.
        start: UTC; the time that the appointment is to take, when one is asked for.
        end: UTC; None also when a reschedule keeps the length.
    """

    operation: Operation
    content: Mapping[str, Any]
    sha256: str
    booking_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    practitioner_id: str | None = None


def fingerprint(content: Mapping[str, Any]) -> str:
    """Hash a request, whatever the order of its fields."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def booking_command(booking: BookingDetails, language: str = "") -> BookingCommand:
    """Ask for a new booking.

    Args:
        language: The bot's, whose country a national phone number belongs to.

    Returns:
        The command; its content is the booking as it was given, but with the phone number as E.164, the
        length as an integer, and without what may be left out and is null or a blank e-mail address.
    """
    content = {**_content(booking), "customer": _customer(booking.customer, language)}
    start, end = _span(booking)
    practitioner_id = booking.practitioner_id or None
    return BookingCommand("book", content, fingerprint(content), None, start, end, practitioner_id)


def cancel_command(cancellation: Cancellation | None, booking_id: str) -> BookingCommand:
    """Ask for a booking to be cancelled."""
    content = cancellation.given if cancellation else {}
    return BookingCommand("cancel", content, fingerprint(content), check_id(booking_id))


def reschedule_command(booking: RescheduleDetails, booking_id: str) -> BookingCommand:
    """Ask for a booking to be moved; what is not said stays as it is."""
    content, (start, end) = _content(booking), _span(booking)
    practitioner_id = booking.practitioner_id or None
    return BookingCommand(
        "reschedule", content, fingerprint(content), check_id(booking_id), start, end, practitioner_id
    )


def check_query(query: AvailabilityQuery) -> Mapping[str, Any]:
    """Make sure that an availability search asks about a span."""
    wanted = query.filter.start_at_range
    start, end = wanted.start_at, wanted.end_at
    if isinstance(start, datetime) and isinstance(end, datetime):
        in_order = start < end
    else:
        # A bare end day is included, so it may be the start day; days and moments are not compared.
        in_order = isinstance(start, datetime) or isinstance(end, datetime) or start <= end
    if not in_order:
        raise InvalidRequest("query.filter.start_at_range.start_at must be before end_at.")
    return query.given


def customer_with_e164(
    customer: Customer | CustomerPhone, language: str = "", path: str = "customer"
) -> dict[str, Any]:
    """Copy a customer as given, but with the phone number as E.164."""
    number = find_e164(customer.phone, find_region_of_language(language))
    if number is None:
        message = "must be a phone number with its country code, such as +12025550142"
        raise InvalidRequest(f"{path}.phone {message}.")
    return {**customer.given, "phone": number}


def check_id(booking_id: str) -> str:
    """Let an id through that a platform may have given: not blank or too long, and fit for a path."""
    if not booking_id.strip(". ") or len(booking_id) > LONGEST_ID or not is_text(booking_id):
        raise BookingNotFound
    return booking_id


def _span(booking: BookingDetails | RescheduleDetails) -> tuple[datetime, datetime | None]:
    start, minutes = booking.start_at.astimezone(UTC), booking.duration_minutes
    return start, None if minutes is None else start + timedelta(minutes=minutes)


def _content(booking: BookingDetails | RescheduleDetails) -> dict[str, Any]:
    """Copy a booking as strict platforms want it: what may be left out is no null, and 30.0 is 30."""
    values = {
        name: value
        for name, value in booking.given.items()
        if value is not None or name not in _MAY_BE_LEFT_OUT
    }
    if booking.duration_minutes is not None:
        values["duration_minutes"] = booking.duration_minutes
    return values


def _customer(customer: Customer, language: str) -> dict[str, Any]:
    values = customer_with_e164(customer, language, "booking.customer")
    values.pop("email", None)
    return {**values, "email": customer.email} if customer.email else values
