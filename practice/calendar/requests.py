"""What the platform protocol's bodies say, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import CalendarSettings
from practice.calendar.hours import Interval
from practice.errors import InvalidPayload
from practice.payload import Fields

LONGEST_DURATION_MINUTES = 24 * 60
LONGEST_KEY = 100
LONGEST_ID = 64
LONGEST_REASON = 1000
"""Characters of a cancellation's reason; what is longer is cut."""
MOST_FOUND = 100
"""Most bookings that one search gives."""
LONGEST_RANGE = timedelta(days=400)
ANYONE = "any"
"""In place of a practitioner's id: whoever is free."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A checked availability/search.

    Attributes:
        start: A moment, or a local day from its midnight on.
        end: A moment, not included, or a local day, included.
        service_id: Wanted service, or None.
        practitioner_id: Wanted practitioner, or None.
        duration_minutes: Wanted length, or None for the service's own.
    """

    start: datetime | date
    end: datetime | date
    service_id: str | None
    practitioner_id: str | None
    duration_minutes: int | None

    def span(self, zone: ZoneInfo) -> Interval:
        """Give the range in UTC; it may be empty."""
        start, end = _moment(self.start, zone), _moment(self.end, zone, after=1)
        return Interval(start, min(end, start + LONGEST_RANGE))


@dataclass(frozen=True, slots=True)
class BookingWish:
    """A checked booking request."""

    idempotency_key: str
    start: datetime
    duration: timedelta
    service_id: str | None
    practitioner_id: str | None
    name: str
    phone: str
    email: str | None
    notes: str | None
    hold_id: str | None


@dataclass(frozen=True, slots=True)
class CancelWish:
    """A checked cancellation; the reason is what the caller said, or None."""

    idempotency_key: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class MoveWish:
    """A checked reschedule; what is None stays as it is."""

    idempotency_key: str
    start: datetime
    duration: timedelta | None
    service_id: str | None
    practitioner_id: str | None
    hold_id: str | None


@dataclass(frozen=True, slots=True)
class HoldWish:
    """A checked hold."""

    idempotency_key: str
    start: datetime
    duration: timedelta
    service_id: str | None
    practitioner_id: str | None
    seconds: float


def read_search(body: Any) -> SearchRequest:
    """Check an availability/search body.

    Raises:
        InvalidPayload: It names the first field that does not fit.
    """
    wanted = Fields.of(body, InvalidPayload).object("query").object("filter")
    span = wanted.object("start_at_range")
    return SearchRequest(
        start=span.instant_or_day("start_at"),
        end=span.instant_or_day("end_at"),
        service_id=wanted.find_text("service_id"),
        practitioner_id=_practitioner_id(wanted),
        duration_minutes=wanted.find_whole_number("duration_minutes", 1, LONGEST_DURATION_MINUTES),
    )


def read_booking(body: Any) -> BookingWish:
    """Check a bookings body.

    Raises:
        InvalidPayload: It names the first field that does not fit.
    """
    whole = Fields.of(body, InvalidPayload)
    booking = whole.object("booking")
    customer = booking.object("customer")
    return BookingWish(
        idempotency_key=whole.text("idempotency_key", LONGEST_KEY),
        start=booking.instant("start_at"),
        duration=timedelta(minutes=booking.whole_number("duration_minutes", 1, LONGEST_DURATION_MINUTES)),
        service_id=booking.find_text("service_id"),
        practitioner_id=_practitioner_id(booking),
        name=customer.text("name", 200).strip(),
        phone=customer.text("phone", 40).strip(),
        email=customer.find_text("email", 320),
        notes=booking.find_text("notes"),
        hold_id=booking.find_text("hold_id", LONGEST_ID),
    )


def read_cancellation(body: Any) -> CancelWish:
    """Check a cancel body. What is said besides the key keeps nobody from cancelling.

    Raises:
        InvalidPayload: It has no fitting key.
    """
    whole = Fields.of(body, InvalidPayload)
    said = whole.values.get("cancellation")
    reason = said.get("reason") if isinstance(said, Mapping) else None
    reason = reason.strip()[:LONGEST_REASON] if isinstance(reason, str) else None
    return CancelWish(whole.text("idempotency_key", LONGEST_KEY), reason or None)


def read_move(body: Any) -> MoveWish:
    """Check a reschedule body.

    Raises:
        InvalidPayload: It names the first field that does not fit.
    """
    whole = Fields.of(body, InvalidPayload)
    booking = whole.object("booking")
    minutes = booking.find_whole_number("duration_minutes", 1, LONGEST_DURATION_MINUTES)
    return MoveWish(
        idempotency_key=whole.text("idempotency_key", LONGEST_KEY),
        start=booking.instant("start_at"),
        duration=None if minutes is None else timedelta(minutes=minutes),
        service_id=booking.find_text("service_id"),
        practitioner_id=booking.find_text("practitioner_id"),
        hold_id=booking.find_text("hold_id", LONGEST_ID),
    )


def read_hold(body: Any, settings: CalendarSettings) -> HoldWish:
    """Check a hold body.

    Raises:
        InvalidPayload: It names the first field that does not fit.
    """
    whole = Fields.of(body, InvalidPayload)
    slot = whole.object("slot")
    longest = int(settings.longest_hold_seconds)
    return HoldWish(
        idempotency_key=whole.text("idempotency_key", LONGEST_KEY),
        start=slot.instant("start_at"),
        duration=timedelta(minutes=slot.whole_number("duration_minutes", 1, LONGEST_DURATION_MINUTES)),
        service_id=slot.find_text("service_id"),
        practitioner_id=_practitioner_id(slot),
        seconds=whole.find_whole_number("hold_seconds", 1, longest) or settings.hold_seconds,
    )


def read_lookup(body: Any) -> str:
    """Check a customers/lookup body; gives the phone number.

    Raises:
        InvalidPayload: It names the first field that does not fit.
    """
    return Fields.of(body, InvalidPayload).object("customer").text("phone", 40).strip()


def read_upcoming(body: Any) -> tuple[str, int]:
    """Check a bookings/search body; gives the phone number, and how many are wanted at most.

    Raises:
        InvalidPayload: It names the first field that does not fit.
    """
    limit = Fields.of(body, InvalidPayload).find_whole_number("limit", 1, MOST_FOUND)
    return read_lookup(body), limit or MOST_FOUND


def _practitioner_id(wanted: Fields) -> str | None:
    named = wanted.find_text("practitioner_id")
    return None if named == ANYONE else named


def _moment(given: datetime | date, zone: ZoneInfo, after: int = 0) -> datetime:
    if isinstance(given, datetime):
        return given
    day = given + timedelta(days=after)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
