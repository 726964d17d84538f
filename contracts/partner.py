"""The bodies of the Partner API: availability, bookings, holds, customers, bots, messages for staff.

Fields that a partner or a platform adds are kept and passed on untouched.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts.emergencies import MOST_RULES, EmergencyRule
from contracts.practice_rules import PracticeRules, SpecialHours
from contracts.types import Between, NotBlank, Relayed, Timestamp, TimestampOrDate, Wire, examples

LONGEST_ID = 255
LONGEST_NAME = 200
LONGEST_PHONE = 40
LONGEST_APPOINTMENT_MINUTES = 24 * 60
LONGEST_HOLD_SECONDS = 24 * 3600

BOT = "bot_01h2xcejqtf2nbrexx3vqjhp41"
"""A bot's id, for examples."""

Minutes = Annotated[int, Field(ge=1)]
Length = Annotated[int, Between(1, LONGEST_APPOINTMENT_MINUTES)]
"""Of an appointment, in minutes."""
Id = Annotated[str, Field(max_length=LONGEST_ID)]
BotId = Annotated[str, NotBlank(), Field(description="The bot that asks.")]
Phone = Annotated[str, Field(max_length=LONGEST_PHONE), NotBlank()]
Text = Annotated[str, Field(max_length=10_000)]
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class StartAtRange(Wire):
    """The span that an availability search asks about.

    The contract wants RFC 3339 moments; bare dates occur and are passed on as they are.
    """

    start_at: TimestampOrDate
    """Earliest start of an appointment."""
    end_at: TimestampOrDate
    """Appointments start before it; a bare date is included."""


class AvailabilityFilter(Wire):
    """What an availability search asks for; a platform may ignore all but the span."""

    start_at_range: StartAtRange
    service_id: Id | None = None
    """Only windows for this service."""
    duration_minutes: Length | None = None
    """Only windows at least this long."""
    practitioner_id: Id | None = None
    """Only windows of this practitioner."""


class AvailabilityQuery(Relayed):
    """The query of an availability search."""

    filter: AvailabilityFilter


_SPAN = {"start_at": "2024-01-15T09:00:00Z", "end_at": "2024-01-15T17:00:00Z"}


class AvailabilitySearch(Wire):
    """The body of ``POST /v1/availability/search``."""

    model_config = examples({"bot_id": BOT, "query": {"filter": {"start_at_range": _SPAN}}})

    bot_id: BotId
    query: AvailabilityQuery


class Availability(Wire):
    """A free window: any appointment that fits in it may start in it."""

    start_at: AwareDatetime
    duration_minutes: Annotated[int, Field(ge=1)]

    @model_validator(mode="before")
    @classmethod
    def _length_from_its_end(cls, window: Any) -> Any:
        """Work out the length of a window that says when it ends instead."""
        if (
            not isinstance(window, dict)
            or window.get("duration_minutes") is not None
            or "end_at" not in window
        ):
            return window
        try:
            start, end = (datetime.fromisoformat(str(window[name])) for name in ("start_at", "end_at"))
            return {**window, "duration_minutes": int((end - start).total_seconds() // 60)}
        except (KeyError, ValueError, TypeError):  # told by the field that is wrong
            return window

    @property
    def practitioner_id(self) -> str | None:
        """The practitioner's id where the platform names one."""
        return self._practitioner("id")

    @property
    def practitioner_name(self) -> str | None:
        """The practitioner's name where the platform names one."""
        return self._practitioner("name")

    def _practitioner(self, field: str) -> str | None:
        practitioner = (self.model_extra or {}).get("practitioner")
        value = practitioner.get(field) if isinstance(practitioner, dict) else None
        return str(value) if value is not None else None


class AvailabilityAnswer(Wire):
    """The answer of an availability search."""

    model_config = examples(
        {
            "availabilities": [
                {"start_at": "2024-01-15T10:00:00Z", "duration_minutes": 30},
                {"start_at": "2024-01-15T10:30:00Z", "duration_minutes": 30},
            ]
        }
    )

    availabilities: list[Availability]


def _email(value: str) -> str:
    stripped = value.strip()
    if stripped and not _EMAIL.fullmatch(stripped):
        raise PydanticCustomError("email", "must be an e-mail address")
    return stripped


def _birth_day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise PydanticCustomError("birth_day", "must be a date")
    return value


BirthDay = Annotated[str, AfterValidator(_birth_day), Field(json_schema_extra={"format": "date"})]


class Customer(Relayed):
    """Who an appointment is for."""

    phone: Phone
    """E.164, for example +15551234567; a national number is taken for one of the country in the bot's
    language. The platform is sent E.164."""
    name: Annotated[str, Field(max_length=LONGEST_NAME), NotBlank()]
    email: Annotated[str, Field(max_length=320), AfterValidator(_email)] | None = None
    """Not sent to the platform when it is null or blank."""
    date_of_birth: BirthDay | None = None
    """An extension: kept here, so that they can show who they are later, and not sent to the platform."""


class BookingDetails(Relayed):
    """The appointment that is asked for; the ids are extensions that a platform may ignore."""

    start_at: Timestamp
    """RFC 3339 with an offset. Whether it may be past, the platform decides."""
    duration_minutes: Length
    """At most a day."""
    customer: Customer
    notes: Text | None = None
    """For the practice's people."""
    service_id: Id | None = None
    """What is booked, by the platform's id; the bot's profile lists those of the embedded calendar."""
    practitioner_id: Id | None = None
    """With whom, by the platform's id; windows name theirs."""
    hold_id: Id | None = None
    """The hold that keeps this time, from `POST /v1/slots/hold`; the booking uses it up."""


class BookingRequest(Wire):
    """The body of ``POST /v1/bookings``."""

    model_config = examples(
        {
            "bot_id": BOT,
            "booking": {
                "start_at": "2024-01-15T10:00:00Z",
                "duration_minutes": 30,
                "customer": {"phone": "+15551234567", "name": "John Doe", "email": "john@example.com"},
                "notes": "Initial consultation - referred by AI assistant",
            },
        }
    )

    bot_id: BotId
    booking: BookingDetails


class Booking(Wire):
    """An appointment as the platform holds it; ``status`` is passed through unchanged."""

    id: str
    status: str
    """Of the platform, for example `confirmed`, `accepted`, `pending`, `cancelled`, `declined`, `no_show`."""
    start_at: AwareDatetime
    end_at: AwareDatetime | None = None
    customer: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    notes: str | None = None
    created_at: AwareDatetime | None = None


_BOOKED = {
    "id": "bkg_01h2xcejqtf2nbrexx3vqjhp41",
    "status": "confirmed",
    "start_at": "2024-01-15T10:00:00Z",
    "end_at": "2024-01-15T10:30:00Z",
    "customer": {"phone": "+15551234567", "name": "John Doe"},
    "location": {"name": "Main Office", "address": "123 Main St, City, ST 12345"},
    "created_at": "2024-01-10T14:30:00Z",
}


class BookingAnswer(Wire):
    """The answer to a booking."""

    model_config = examples({"booking": _BOOKED})

    booking: Booking


class FoundBookings(Wire):
    """The bookings that a customer still has, soonest first."""

    model_config = examples({"bookings": [_BOOKED]}, {"bookings": []})

    bookings: list[Booking]


class Cancellation(Relayed):
    """Why a booking is cancelled."""

    reason: Text | None = None


class CancelRequest(Wire):
    """The body of ``POST /v1/bookings/{booking_id}/cancel``."""

    model_config = examples({"bot_id": BOT, "cancellation": {"reason": "The patient is travelling."}})

    bot_id: BotId
    cancellation: Cancellation | None = None


class RescheduleDetails(Relayed):
    """Where a booking is moved to; what is not said stays as it is."""

    start_at: Timestamp
    """RFC 3339 with an offset."""
    duration_minutes: Length | None = None
    """As long as it was, when not said."""
    practitioner_id: Id | None = None
    """With whom it is to be, where the platform knows its practitioners."""


class RescheduleRequest(Wire):
    """The body of ``POST /v1/bookings/{booking_id}/reschedule``."""

    model_config = examples(
        {"bot_id": BOT, "booking": {"start_at": "2024-01-16T11:00:00Z", "duration_minutes": 30}}
    )

    bot_id: BotId
    booking: RescheduleDetails


class CustomerPhone(Relayed):
    """Whom a look-up asks about."""

    phone: Phone
    """E.164, for example +15551234567."""


class LookupRequest(Wire):
    """The body of ``POST /v1/customers/lookup``."""

    model_config = examples({"bot_id": BOT, "customer": {"phone": "+15551234567"}})

    bot_id: BotId
    customer: CustomerPhone


class ExistingAppointment(Wire):
    """The next appointment that a customer has."""

    start_at: AwareDatetime
    end_at: AwareDatetime | None = None
    status: str = ""


class KnownCustomer(Wire):
    """A customer whom the platform knows."""

    name: str
    phone: str = ""
    existing_appointment: ExistingAppointment | None = None


class LookupAnswer(Wire):
    """The answer of a customer look-up."""

    model_config = examples(
        {
            "found": True,
            "customer": {
                "name": "John Doe",
                "phone": "+15551234567",
                "existing_appointment": {
                    "start_at": "2024-01-15T10:00:00Z",
                    "end_at": "2024-01-15T10:30:00Z",
                    "status": "confirmed",
                },
            },
        },
        {"found": False},
    )

    found: bool
    customer: KnownCustomer | None = None


class ErrorDetail(Wire):
    """What went wrong."""

    code: str
    """For machines; does not change."""
    message: str = ""
    """For people."""


class ErrorBody(Wire):
    """The error envelope of the contract."""

    error: ErrorDetail


class DayHours(Wire):
    """Opening hours of one weekday, as wall-clock times of the practice."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    """0 is Monday."""
    opens: str
    """For example ``"09:00"``."""
    closes: str


class Closure(Wire):
    """A day on which the practice is closed."""

    date: date
    name: str = ""


class ServiceFacts(Wire):
    """Something that can be booked."""

    id: str
    name: str
    duration_minutes: Minutes
    aliases: list[str] = Field(default_factory=list)
    say_as: str | None = None
    """How the voice says the name."""
    price: str | None = None
    """Told when asked."""
    new_patients: bool = True


class PractitionerFacts(Wire):
    """Somebody who can be seen."""

    id: str
    name: str
    say_as: str | None = None
    service_ids: list[str] | None = None
    """What they do; null is not known."""
    languages: list[str] = Field(default_factory=list)
    hours: list[DayHours] = Field(default_factory=list)
    """When they are there, within the practice's hours; empty is all of these."""
    closures: list[Closure] = Field(default_factory=list)
    """Days on which they are away."""
    special_hours: list[SpecialHours] = Field(default_factory=list)
    """Of days on which they are there at other times."""


class PracticeFacts(Wire):
    """What a bot may know and say about its practice."""

    name: str
    phone: str | None = None
    address: str | None = None
    timezone: str = "UTC"
    """IANA name."""
    hours: list[DayHours] = Field(default_factory=list)
    closures: list[Closure] = Field(default_factory=list)
    services: list[ServiceFacts] = Field(default_factory=list)
    practitioners: list[PractitionerFacts] = Field(default_factory=list)
    horizon_days: Annotated[int, Field(ge=1)] = 90
    min_notice_minutes: Annotated[int, Field(ge=0)] = 0
    emergency_number: Annotated[str, Field(pattern=r"^\d{2,6}$")] | None = None
    """Digits as they are dialled, "911"; null is the number of the country that the time zone lies in."""
    emergency_rules: list[EmergencyRule] = Field(default_factory=list, max_length=MOST_RULES)
    """The practice's own, beside what means danger everywhere."""
    say_as: str | None = None
    website: str | None = None
    kind: Literal["dental", "medical"] = "dental"
    languages: list[str] = Field(default_factory=list)
    """That the team speaks."""
    greeting: str | None = None
    assistant_name: str | None = None
    announce_assistant: bool = True
    """Callers are told that no human answers."""
    special_hours: list[SpecialHours] = Field(default_factory=list)
    """Of days with other hours than their weekday's."""
    other_services: list[ServiceFacts] = Field(default_factory=list)
    """What is done and not booked by the bot."""
    rules: PracticeRules = Field(default_factory=PracticeRules)
    offers: Annotated[int, Field(ge=1)] | None = None
    """How many times are offered at once."""
    identity: list[Literal["date_of_birth", "code"]] = Field(default_factory=list)
    """How callers whose number proves nothing can show who they are; the same for every patient."""


class BotScheduling(Wire):
    """The booking platform that a bot brings along."""

    webhook_url: str
    webhook_secret: str | None = None
    """Shown in the answer that makes it, and never again."""


class BotProfile(Wire):
    """A bot as its partner registered it: ``GET /v1/bots/{bot_id}``."""

    id: str
    name: str = ""
    account_id: str = ""
    site_id: int | None = None
    assistant_id: int | None = None
    phone_numbers: list[str] = Field(default_factory=list)
    language: str = "en"
    timezone: str = "UTC"
    transfer_number: str | None = None
    scheduling: BotScheduling | None = None
    """Null when the bot books at its account's own calendar or platform."""
    guards_slots: bool | None = None
    confirmation_sms: bool = False
    reminder_sms: bool = False
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    practice: PracticeFacts | None = None

    def facts(self) -> PracticeFacts:
        """Give the practice's facts, or as much of them as the bot itself says."""
        return self.practice or PracticeFacts(name=self.name or "the practice", timezone=self.timezone)


class BotAnswer(Wire):
    """The answer of ``GET /v1/bots/{bot_id}``."""

    bot: BotProfile


NOTHING_DONE = "Chairside-Nothing-Done"
"""Header of an error: ``true`` where this request was not taken, and will not be carried out later."""

BookingState = Literal["booked", "pending", "taken", "refused", "unknown"]
"""``unknown``: the request went out and no clear answer came back."""

ChangeState = Literal["done", "pending", "taken", "not_found", "unsupported", "refused", "unknown"]
"""Of a cancellation or a move; ``unsupported``: the platform has no such thing."""
