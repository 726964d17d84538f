"""The wire models of the Partner API: availability, bookings, and the two extensions of the same door.

Fields that a platform adds are kept and passed on untouched.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Minutes = Annotated[int, Field(ge=1)]


class Wire(BaseModel):
    """A body of the contract; unknown fields are kept."""

    model_config = ConfigDict(extra="allow")


class StartAtRange(Wire):
    """The span that an availability search asks about.

    The contract wants RFC 3339 moments; bare dates occur and are passed on as they are.
    """

    start_at: datetime | date | str
    end_at: datetime | date | str


class AvailabilityFilter(Wire):
    """What an availability search asks for; the last three are extensions that a platform may ignore."""

    start_at_range: StartAtRange
    service_id: str | None = None
    duration_minutes: Minutes | None = None
    practitioner_id: str | None = None


class AvailabilityQuery(Wire):
    """The query of an availability search."""

    filter: AvailabilityFilter


class AvailabilitySearch(Wire):
    """The body of ``POST /v1/availability/search``."""

    bot_id: str
    query: AvailabilityQuery


class Availability(Wire):
    """A free window: any appointment that fits in it may start in it."""

    start_at: AwareDatetime
    duration_minutes: int

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

    availabilities: list[Availability]


class Customer(Wire):
    """Who an appointment is for; the phone number is E.164."""

    phone: str
    name: str
    email: str | None = None


class BookingDetails(Wire):
    """The appointment that is asked for; the ids are extensions that a platform may ignore."""

    start_at: AwareDatetime
    duration_minutes: Minutes
    customer: Customer
    notes: str | None = None
    service_id: str | None = None
    practitioner_id: str | None = None


class BookingRequest(Wire):
    """The body of ``POST /v1/bookings``."""

    bot_id: str
    booking: BookingDetails


class Booking(Wire):
    """An appointment as the platform holds it; ``status`` is passed through unchanged."""

    id: str
    status: str
    start_at: AwareDatetime
    end_at: AwareDatetime | None = None
    customer: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    notes: str | None = None
    created_at: AwareDatetime | None = None


class BookingAnswer(Wire):
    """The answer to a booking."""

    booking: Booking


class ErrorDetail(Wire):
    """What went wrong, for machines and for people."""

    code: str
    message: str = ""


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
    aliases: list[str] = []


class PractitionerFacts(Wire):
    """Somebody who can be seen."""

    id: str
    name: str


class PracticeFacts(Wire):
    """What a bot may know and say about its practice."""

    name: str
    phone: str | None = None
    address: str | None = None
    timezone: str = "UTC"
    """IANA name."""
    hours: list[DayHours] = []
    closures: list[Closure] = []
    services: list[ServiceFacts] = []
    practitioners: list[PractitionerFacts] = []
    horizon_days: Annotated[int, Field(ge=1)] = 90
    min_notice_minutes: Annotated[int, Field(ge=0)] = 0


class BotProfile(Wire):
    """A bot as its partner registered it: ``GET /v1/bots/{bot_id}``."""

    id: str
    name: str = ""
    account_id: str = ""
    site_id: int | None = None
    assistant_id: int | None = None
    phone_numbers: list[str] = []
    language: str = "en"
    timezone: str = "UTC"
    transfer_number: str | None = None
    practice: PracticeFacts | None = None

    def facts(self) -> PracticeFacts:
        """Give the practice's facts, or as much of them as the bot itself says."""
        return self.practice or PracticeFacts(name=self.name or "the practice", timezone=self.timezone)


class BotAnswer(Wire):
    """The answer of ``GET /v1/bots/{bot_id}``."""

    bot: BotProfile


class MessageCustomer(Wire):
    """Who left a message, as far as they said."""

    name: str | None = None
    phone: str | None = None


class StaffMessage(Wire):
    """A message for the practice's staff."""

    customer: MessageCustomer = MessageCustomer()
    text: str


class StaffMessageRequest(Wire):
    """The body of ``POST /v1/messages``."""

    bot_id: str
    message: StaffMessage


class StaffMessageReceipt(Wire):
    """That a message for staff was kept."""

    id: str
    created_at: AwareDatetime | None = None


class StaffMessageAnswer(Wire):
    """The answer to a message for staff."""

    message: StaffMessageReceipt


BookingState = Literal["booked", "pending", "taken", "refused", "unknown"]
"""``unknown``: the request went out and no clear answer came back."""
