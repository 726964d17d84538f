"""The wire models by which partners keep their bots."""

from typing import Annotated, Any

from pydantic import Field

from contracts.partner import BotProfile
from contracts.types import Wire

AccountId = Annotated[str, Field(pattern=r"^acct_[0-9A-Za-z]{1,64}$")]
E164 = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Secret = Annotated[str, Field(min_length=16, max_length=255)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,6}$")]


def _never_null(schema: dict[str, Any]) -> None:
    """Have a field that may be left out say that null is nothing to change it to."""
    (said,) = (one for one in schema.pop("anyOf") if one.get("type") != "null")
    schema.pop("default")
    schema.update(said)


class NewScheduling(Wire):
    """The booking platform that a bot brings along."""

    webhook_url: str
    """Its base URL, `https://…`; `/bookings` and so on follow it."""
    webhook_secret: Secret | None = None
    """What requests to it are signed with; without it one is made. Printable ASCII."""


class ChangedScheduling(Wire):
    """What changes about a bot's booking platform."""

    webhook_url: Annotated[str | None, Field(json_schema_extra=_never_null)] = None
    """Its base URL."""
    webhook_secret: Secret | None = None
    """As at the registration."""
    rotate_secret: bool | None = None
    """Make a new secret. The old one is tried for some hours more where the platform refuses the new one."""


class _BotSettings(Wire):
    site_id: Number | None = None
    """The site whose assistant answers."""
    assistant_id: Number | None = None
    phone_numbers: Annotated[list[E164], Field(max_length=100)] | None = None
    """The numbers that it answers; each belongs to one bot."""
    language: Language | None = None
    """BCP 47, for example `en-US`."""
    timezone: str | None = None
    """IANA name; the practice's when not said."""
    transfer_number: E164 | None = None
    """A person, for callers who want one."""
    guards_slots: bool | None = None
    """Refuse a second booking of a time that is known to be taken. Null is yes for the embedded calendar, and
    no for other platforms."""
    confirmation_sms: bool | None = None
    """Send patients a text message when they are booked."""
    reminder_sms: bool | None = None
    """Send patients a text message before their appointment."""


class BotRegistration(_BotSettings):
    """The body of ``POST /v1/bots``."""

    name: Name
    account_id: AccountId
    """The account that it answers for. Without ``scheduling`` its own calendar or platform is used."""
    scheduling: NewScheduling | None = None


class BotChanges(_BotSettings):
    """The body of ``PATCH /v1/bots/{bot_id}``: what is in it changes, null clears what is optional."""

    name: Annotated[Name | None, Field(json_schema_extra=_never_null)] = None
    scheduling: ChangedScheduling | None = None


class BotPage(Wire):
    """A page of ``GET /v1/bots``."""

    bots: list[BotProfile]
    """Newest first, without the facts about their practices."""
    next_page: str | None
    """To be given as `page`; null after the last."""
