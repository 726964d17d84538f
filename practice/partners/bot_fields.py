"""What a partner says of a bot, read from a request's body."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast
from zoneinfo import ZoneInfo

from config.settings import RelaySettings
from kit.http.addresses import Networks, UrlRefused, check_url
from practice.errors import InvalidRequest
from practice.partners.webhooks import LENGTHS, is_platform_secret
from practice.payload import Fields

LONGEST_NAME = 200
MOST_NUMBERS = 100
LARGEST_NUMBER = 2**31 - 1
"""What the database can hold as the number of a site or an assistant."""
DEFAULT_LANGUAGE = "en-US"

_ACCOUNT = re.compile(r"acct_[0-9A-Za-z]{1,64}", re.ASCII)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,6}", re.ASCII)


class BotFields(TypedDict, total=False):
    """What may be said of a bot; what is not said stays as it is, or as is usual.

    ``timezone`` of None is the practice's. ``webhook_url`` of None is the embedded calendar.
    ``webhook_secret`` of None wants a new one made.
    """

    name: str
    account_id: str
    site_id: int | None
    assistant_id: int | None
    phone_numbers: tuple[str, ...]
    language: str
    timezone: str | None
    transfer_number: str | None
    guards_slots: bool | None
    confirmation_sms: bool
    reminder_sms: bool
    webhook_url: str | None
    webhook_secret: str | None


def read_new_bot(body: Any, settings: RelaySettings) -> BotFields:
    """Read the body of a registration.

    Args:
        body: ``{"name", "account_id", …, "scheduling"?: {"webhook_url", "webhook_secret"?}}``; fields that
            are not known are passed over.

    Raises:
        InvalidRequest: Something does not fit; the message names the field.
    """
    fields = Fields.of(body, InvalidRequest)
    for name in ("name", "account_id"):
        fields.text(name)
    said = {name: read(fields, name) for name, read in _READERS.items() if name in fields.values}
    if fields.values.get("scheduling") is not None:
        scheduling = fields.object("scheduling")
        said["webhook_url"] = _url(scheduling, settings)
        said["webhook_secret"] = _secret(scheduling)
    return cast("BotFields", said)


def read_changes(body: Any, settings: RelaySettings) -> BotFields:
    """Read the body of a change: what is in it changes, null clears what is optional.

    Args:
        body: As for a registration, but nothing is required; ``"scheduling": null`` removes the webhook,
            ``"scheduling": {"rotate_secret": true}`` makes a new secret.

    Raises:
        InvalidRequest: Something does not fit; the message names the field.
    """
    fields = Fields.of(body, InvalidRequest)
    said = {name: read(fields, name) for name, read in _READERS.items() if name in fields.values}
    if "scheduling" in fields.values:
        said.update(_changed_scheduling(fields, settings))
    return cast("BotFields", said)


def _changed_scheduling(fields: Fields, settings: RelaySettings) -> dict[str, Any]:
    if fields.values["scheduling"] is None:
        return {"webhook_url": None}
    scheduling = fields.object("scheduling")
    said: dict[str, Any] = {}
    if "webhook_url" in scheduling.values:
        said["webhook_url"] = _url(scheduling, settings)
    rotate = scheduling.find_flag("rotate_secret")
    given = _secret(scheduling)
    if rotate and given is not None:
        raise scheduling.refusal("rotate_secret", "makes a new secret: leave webhook_secret out")
    if rotate or given is not None:
        said["webhook_secret"] = given
    return said


def _name(fields: Fields, name: str) -> str:
    value = fields.text(name, LONGEST_NAME)
    if not value.isprintable():
        raise fields.refusal(name, "must be on one line")
    return value


def _account(fields: Fields, name: str) -> str:
    value = fields.text(name)
    if not _ACCOUNT.fullmatch(value):
        raise fields.refusal(name, "must be an account's id such as acct_01h2xcejqtf2nbrexx3vqjhp41")
    return value


def _id(fields: Fields, name: str) -> int | None:
    return fields.find_whole_number(name, 1, LARGEST_NUMBER)


def _number(fields: Fields, name: str) -> str | None:
    value = fields.find_text(name)
    if value is not None and not _E164.fullmatch(value):
        raise fields.refusal(name, "must be a phone number in E.164 form such as +12025550142")
    return value


def _numbers(fields: Fields, name: str) -> tuple[str, ...]:
    values = fields.find_texts(name, MOST_NUMBERS)
    for place, value in enumerate(values):
        if not _E164.fullmatch(value):
            raise fields.refusal(
                f"{name}[{place}]", "must be a phone number in E.164 form such as +12025550142"
            )
    return tuple(dict.fromkeys(values))


def _language(fields: Fields, name: str) -> str:
    value = fields.find_text(name)
    if value is not None and not _LANGUAGE.fullmatch(value):
        raise fields.refusal(name, "must be a BCP 47 tag such as en-US")
    return value or DEFAULT_LANGUAGE


def _timezone(fields: Fields, name: str) -> str | None:
    value = fields.find_text(name)
    if value is None:
        return None
    try:
        return ZoneInfo(value).key
    except (LookupError, ValueError, OSError) as error:
        # A folder of zones, such as "America", is an OSError.
        raise fields.refusal(name, "must be an IANA time zone such as America/New_York") from error


def _flag(fields: Fields, name: str) -> bool:
    return fields.find_flag(name) or False


def _url(scheduling: Fields, settings: RelaySettings) -> str:
    url = scheduling.text("webhook_url")
    try:
        check_url(url, Networks.parse(settings.allowed_networks), allow_http=settings.allow_http)
    except UrlRefused as error:
        raise scheduling.refusal("webhook_url", str(error).removesuffix(".")) from error
    return url


def _secret(scheduling: Fields) -> str | None:
    value = scheduling.find_text("webhook_secret")
    if value is not None and not is_platform_secret(value):
        what = f"must be {LENGTHS.start} to {LENGTHS.stop - 1} printable ASCII characters"
        raise scheduling.refusal("webhook_secret", what)
    return value


_READERS: Mapping[str, Callable[[Fields, str], Any]] = {
    "name": _name,
    "account_id": _account,
    "site_id": _id,
    "assistant_id": _id,
    "phone_numbers": _numbers,
    "language": _language,
    "timezone": _timezone,
    "transfer_number": _number,
    "guards_slots": Fields.find_flag,
    "confirmation_sms": _flag,
    "reminder_sms": _flag,
}
