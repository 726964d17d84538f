"""The bodies of the platform protocol, by which a booking platform is asked: those that a platform receives.

The embedded calendar is such a platform. A platform need not know the fields that are extensions.
"""

from typing import Annotated, Any

from pydantic import Field

from contracts.partner import LONGEST_NAME, LONGEST_PHONE, Length, StartAtRange, Text
from contracts.types import Between, NotBlank, Timestamp, Wire

LONGEST_KEY = 100
ANYONE = "any"
"""In place of a practitioner's id: whoever is free."""
MOST_FOUND = 100
"""Most bookings that one search gives."""

Phone = Annotated[str, Field(max_length=LONGEST_PHONE), NotBlank()]
HoldId = Annotated[str, Field(max_length=64)]


class PlatformRequest(Wire):
    """Any body of the protocol."""

    account_id: str
    """The account whose platform is asked."""


class _Keyed(PlatformRequest):
    idempotency_key: Annotated[str, Field(max_length=LONGEST_KEY), NotBlank()]


class WantedTimes(Wire):
    """What free windows are asked for."""

    start_at_range: StartAtRange
    service_id: Text | None = None
    practitioner_id: Text | None = None
    duration_minutes: Length | None = None


class SearchQuery(Wire):
    """The query of a search for free windows."""

    filter: WantedTimes


class SearchRequest(PlatformRequest):
    """The body of ``POST /availability/search``."""

    query: SearchQuery


class Patient(Wire):
    """Who an appointment is for."""

    name: Annotated[str, Field(max_length=LONGEST_NAME), NotBlank()]
    phone: Phone
    email: Annotated[str, Field(max_length=320)] | None = None


class WantedBooking(Wire):
    """The appointment that is asked for."""

    start_at: Timestamp
    duration_minutes: Length
    customer: Patient
    service_id: Text | None = None
    practitioner_id: Text | None = None
    notes: Text | None = None
    hold_id: HoldId | None = None


class BookRequest(_Keyed):
    """The body of ``POST /bookings``."""

    booking: WantedBooking


class CancelRequest(_Keyed):
    """The body of ``POST /bookings/{booking_id}/cancel``; what is said besides the key hinders nobody."""

    cancellation: Any = None


class WantedMove(Wire):
    """Where a booking is moved to; what is None stays as it is."""

    start_at: Timestamp
    duration_minutes: Length | None = None
    service_id: Text | None = None
    practitioner_id: Text | None = None
    hold_id: HoldId | None = None


class MoveRequest(_Keyed):
    """The body of ``POST /bookings/{booking_id}/reschedule``."""

    booking: WantedMove


class WantedHold(Wire):
    """The time that is to be held."""

    start_at: Timestamp
    duration_minutes: Length
    service_id: Text | None = None
    practitioner_id: Text | None = None


class HoldRequest(_Keyed):
    """The body of ``POST /slots/hold``."""

    slot: WantedHold
    hold_seconds: Annotated[int, Between(1, 24 * 3600)] | None = None


class PatientPhone(Wire):
    """Whom a look-up asks about."""

    phone: Phone


class LookupRequest(PlatformRequest):
    """The body of ``POST /customers/lookup``."""

    customer: PatientPhone


class FindRequest(LookupRequest):
    """The body of ``POST /bookings/search``."""

    limit: Annotated[int, Between(1, MOST_FOUND)] = MOST_FOUND
