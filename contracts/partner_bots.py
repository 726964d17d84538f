"""The wire models by which partners keep their bots."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from contracts.partner import BotProfile
from contracts.types import Between, Flag, Matching, NotBlank, Wire, examples

LONGEST_NAME = 200
MOST_NUMBERS = 100
LARGEST_PAGE = 100
ACCOUNT = "acct_01h2xcejqtf2nbrexx3vqjhp41"


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError("one_line", "must be on one line")
    return value


def _time_zone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (LookupError, ValueError, OSError) as error:
        # A folder of zones, such as "America", is an OSError.
        raise PydanticCustomError("time_zone", "must be an IANA time zone") from error


def _texts(value: Any) -> Any:
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        raise PydanticCustomError("list_type", "must be a list of strings")
    return value


def _page_size(text: Any) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= LARGEST_PAGE:
        raise PydanticCustomError("page_size", "must be a whole number", {"most": LARGEST_PAGE})
    return int(text)


def _not_nullable(schema: dict[str, Any]) -> None:
    """Describe a field that may be left out and not be null: it has no default that could be sent."""
    schema.pop("default")


AccountId = Annotated[str, NotBlank(), Matching("account_id", "acct_[0-9A-Za-z]{1,64}")]
E164_PATTERN = r"\+[1-9][0-9]{6,14}"
E164 = Annotated[str, Matching("phone_number", E164_PATTERN)]
Name = Annotated[str, Field(max_length=LONGEST_NAME), NotBlank(), AfterValidator(_one_line)]
Number = Annotated[int, Between(1, 2**31 - 1)]
"""A site's or an assistant's; the bound is the database's."""
Secret = Annotated[
    str,
    Matching("webhook_secret", "[ -~]{16,255}"),
    Field(json_schema_extra={"minLength": 16, "maxLength": 255}),
]
Language = Annotated[str, Matching("language_tag", "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,6}")]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
PhoneNumbers = Annotated[list[E164], Field(max_length=MOST_NUMBERS), BeforeValidator(_texts)]
Url = Annotated[str, NotBlank()]
PageSize = Annotated[
    int,
    BeforeValidator(_page_size),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
]
"""Of a query, whose values are texts."""


class NewScheduling(Wire):
    """The booking platform that a bot brings along."""

    webhook_url: Url
    """Its base URL, `https://…`; `/bookings` and so on follow it."""
    webhook_secret: Secret | None = None
    """What requests to it are signed with; without it one is made. Printable ASCII."""


class ChangedScheduling(Wire):
    """What changes about a bot's booking platform."""

    webhook_url: Annotated[Url, Field(json_schema_extra=_not_nullable)] = ""
    """Its base URL."""
    webhook_secret: Secret | None = None
    """As at the registration."""
    rotate_secret: Flag | None = None
    """Make a new secret. The old one is tried for some hours more where the platform refuses the new one."""

    @field_validator("rotate_secret")
    @classmethod
    def _made_or_given(cls, rotate: bool | None, info: ValidationInfo) -> bool | None:
        if rotate and info.data.get("webhook_secret") is not None:
            raise PydanticCustomError("secret_given", "makes a new secret")
        return rotate


class BotSettings(Wire):
    """What a registration and a change have in common."""

    name: Name
    account_id: AccountId
    """The account that it answers for. Without ``scheduling`` its own calendar or platform is used."""
    site_id: Number | None = None
    """The site whose assistant answers."""
    assistant_id: Number | None = None
    phone_numbers: PhoneNumbers | None = None
    """The numbers that it answers; each belongs to one bot."""
    language: Language | None = None
    """BCP 47, for example `en-US`."""
    timezone: TimeZone | None = None
    """IANA name; the practice's when not said."""
    transfer_number: E164 | None = None
    """A person, for callers who want one."""
    guards_slots: Flag | None = None
    """Refuse a second booking of a time that is known to be taken. Null is yes for the embedded calendar, and
    no for other platforms."""
    confirmation_sms: Flag | None = None
    """Send patients a text message when they are booked; for accounts that the operator has granted."""
    reminder_sms: Flag | None = None
    """Send patients a text message before their appointment."""


class BotRegistration(BotSettings):
    """The body of ``POST /v1/bots``."""

    model_config = examples(
        {
            "name": "Main Office",
            "account_id": ACCOUNT,
            "phone_numbers": ["+15551230000"],
            "timezone": "America/New_York",
            "scheduling": {"webhook_url": "https://platform.example.com/dialstack"},
        }
    )

    scheduling: NewScheduling | None = None


class BotChanges(BotSettings):
    """The body of ``PATCH /v1/bots/{bot_id}``: what is in it changes, null clears what is optional."""

    model_config = examples({"scheduling": {"rotate_secret": True}})

    name: Annotated[Name, Field(json_schema_extra=_not_nullable)] = ""
    account_id: Annotated[AccountId, Field(json_schema_extra=_not_nullable)] = ""
    """May be repeated, but not changed."""
    scheduling: ChangedScheduling | None = None
    """Null takes the bot's own platform away."""


class BotPage(Wire):
    """A page of ``GET /v1/bots``."""

    bots: list[BotProfile]
    """Newest first, without the facts about their practices."""
    next_page: str | None
    """To be given as `page`; null after the last."""
