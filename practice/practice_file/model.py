"""What ``practice.toml`` may say; a key that is left out keeps its default."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from contracts.practice_rules import Weekday
from practice.practice_file.fields import (
    Code,
    Country,
    DateRange,
    Email,
    Emails,
    EmergencyNumber,
    Intervals,
    Languages,
    Line,
    Name,
    Names,
    PhoneNumber,
    PhoneNumbers,
    PracticeName,
    Section,
    TimeZone,
    WeekHours,
    check_unique,
    wrong,
)

LONGEST_DAY_MINUTES = 24 * 60
MOST_CONTACTS = 20
Minutes = Annotated[int, Field(ge=0, le=LONGEST_DAY_MINUTES)]
TAG = "~"
"""Begins the names of choices; no key does."""
_NOT_IN_A_CODE = re.compile(r"[^a-z0-9]+")


def _word_or_table(value: Any) -> str:
    return f"{TAG}word" if isinstance(value, str) else f"{TAG}hours"


def _path_or_table(value: Any) -> str:
    return f"{TAG}word" if isinstance(value, str) else f"{TAG}table"


class PracticeSection(Section):
    """Who the practice is. The first of ``languages`` is the bot's."""

    name: PracticeName
    say_as: Line | None = None
    address: Line | None = None
    timezone: TimeZone
    country: Country = "US"
    languages: Languages = Field(default_factory=lambda: ["en"])
    website: Line | None = None
    phone_numbers: PhoneNumbers = Field(default_factory=list)
    emergency_number: EmergencyNumber | None = None
    greeting: Line | None = None
    persona: Name | None = None
    kind: Literal["dental", "medical"] = "dental"


class SpecialDay(DateRange):
    """Days on which the practice is closed, or has other hours."""

    closed: bool = False
    hours: Intervals = Field(default_factory=list)
    reason: Line | None = None

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if self.closed == bool(self.hours):
            raise wrong("say closed = true, or the hours of that day")
        return self


class Absence(DateRange):
    """Days on which somebody is away."""

    reason: Line | None = None


class ServiceSection(Section):
    """Something that the practice does. One that is not ``bookable`` gets a message taken for it."""

    name: Name
    minutes: Annotated[int, Field(ge=1, le=LONGEST_DAY_MINUTES)] = 30
    buffer_minutes: Minutes = 0
    buffer_before_minutes: Minutes = 0
    also: Names = Field(default_factory=list)
    say_as: Line | None = None
    price: Line | None = None
    new_patients: bool = True
    bookable: bool = True


class PractitionerSection(Section):
    """Somebody who is seen; without ``services`` they do all, without ``hours`` they have the practice's."""

    name: Name
    say_as: Line | None = None
    services: Names | None = None
    languages: Languages = Field(default_factory=list)
    hours: WeekHours | None = None
    absences: list[Absence] = Field(default_factory=list)


class BookingSection(Section):
    """How it books."""

    notice_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 30)] = 60
    horizon_days: Annotated[int, Field(ge=1, le=730)] = 90
    offers: Annotated[int, Field(ge=1, le=5)] = 3
    confirmation_sms: bool = True
    reminder_hours: Annotated[list[Annotated[int, Field(ge=1, le=24 * 14)]], Field(max_length=5)] = Field(
        default_factory=lambda: [24]
    )


class NeverBookRule(Section):
    """What is not booked: of an empty list, all."""

    days: list[Weekday] = Field(default_factory=list)
    services: Names = Field(default_factory=list)
    say: Line | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if not self.days and not self.services:
            raise wrong("say which days or which services are never booked")
        return self


class AskRule(Section):
    """A question before every booking; the answer goes into its notes."""

    key: Code
    ask: Line


class EmergencyRule(Section):
    """Words of callers that this practice takes for an emergency, and whom to ring."""

    signs: Annotated[Names, Field(min_length=1, max_length=50)]
    say: Line
    ring: Name | None = None


class CancellingSection(Section):
    """How patients cancel."""

    allowed: bool = True
    notice_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 0
    say: Line | None = None


class RulesSection(Section):
    """Obeyed with a model and without."""

    never_book: list[NeverBookRule] = Field(default_factory=list)
    always_ask: list[AskRule] = Field(default_factory=list)
    to_a_person: Names = Field(default_factory=list)
    emergencies: list[EmergencyRule] = Field(default_factory=list)
    cancelling: CancellingSection = CancellingSection()
    ask_date_of_birth: bool = False


class HandOffSection(Section):
    """Somebody who is rung when a caller wants a person, in the order of the file."""

    name: Name
    to: PhoneNumber
    when: Annotated[
        Annotated[Literal["open", "closed", "always"], Tag(f"{TAG}word")]
        | Annotated[WeekHours, Tag(f"{TAG}hours")],
        Discriminator(_word_or_table),
    ] = "always"
    ring_seconds: Annotated[int, Field(ge=5, le=120)] = 20


class MessagesSection(Section):
    """Where what callers leave is sent, beside the inbox."""

    email: Emails = Field(default_factory=list)
    sms: PhoneNumbers = Field(default_factory=list)


class PrivacySection(Section):
    """How long what was said is kept, and what callers are told."""

    keep_transcripts_days: Annotated[int, Field(ge=1, le=3650)] = 365
    keep_recordings_days: Annotated[int, Field(ge=1, le=3650)] = 30
    keep_messages_days: Annotated[int | None, Field(ge=1, le=3650)] = None
    keep_memories_days: Annotated[int | None, Field(ge=1, le=3650)] = None
    keep_appointments_days: Annotated[int | None, Field(ge=1, le=36500)] = None
    record_calls: bool = False
    announce_assistant: bool = True


class FileEntry(Section):
    """A file with what it is about."""

    path: Line
    about: Line


class AssistantSection(Section):
    """How the bot is to behave, and what it answers from; paths and patterns are relative to the folder."""

    code: Code | None = None
    instructions: Line | None = None
    files: list[
        Annotated[
            Annotated[Line, Tag(f"{TAG}word")] | Annotated[FileEntry, Tag(f"{TAG}table")],
            Discriminator(_path_or_table),
        ]
    ] = Field(default_factory=list)


class StaffSection(Section):
    """Somebody who logs in. The file adds and changes them; ``chairside staff`` takes them away."""

    email: Email
    name: Name
    role: Literal["admin", "desk"] = "desk"


class PracticeFile(Section):
    """The whole of ``practice.toml``."""

    model_config = ConfigDict(serialize_by_alias=True)

    practice: PracticeSection
    hours: WeekHours = WeekHours()
    special_days: list[SpecialDay] = Field(default_factory=list)
    services: list[ServiceSection] = Field(default_factory=list)
    practitioners: list[PractitionerSection] = Field(default_factory=list)
    booking: BookingSection = BookingSection()
    rules: RulesSection = RulesSection()
    hand_off: Annotated[list[HandOffSection], Field(max_length=MOST_CONTACTS)] = Field(default_factory=list)
    messages: MessagesSection = MessagesSection()
    privacy: PrivacySection = PrivacySection()
    assistant: AssistantSection = AssistantSection()
    staff: list[StaffSection] = Field(default_factory=list)

    @property
    def code(self) -> str:
        """The assistant's code, by which the practice is found again: the file's, or made of the name."""
        made = _NOT_IN_A_CODE.sub("-", self.practice.name.lower()).strip("-")[:80].strip("-")
        return self.assistant.code or made or "practice"

    @property
    def language(self) -> str:
        """The bot's language as a BCP 47 tag."""
        first = self.practice.languages[0] if self.practice.languages else "en"
        return first if "-" in first else f"{first}-{self.practice.country}"

    def services_of(self, one: PractitionerSection) -> list[str]:
        """Name the services that somebody does."""
        return [service.name for service in self.services] if one.services is None else one.services

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        check_unique("services", [one.name for one in self.services])
        check_unique("practitioners", [one.name for one in self.practitioners])
        check_unique("hand-off contacts", [one.name for one in self.hand_off])
        check_unique("members of staff", [one.email for one in self.staff])
        check_unique("questions", [one.key for one in self.rules.always_ask])
        return self
