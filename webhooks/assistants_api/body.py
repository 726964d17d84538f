"""Bodies of the Assistants Admin API, read field by field, with the sentences of its vendor's framework."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from kit.text import is_text
from webhooks.assistants_api.errors import invalid
from webhooks.http_errors import HttpError
from webhooks.json_body import JsonInvalid, parse_json

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
REQUIRED = "This field is required."
NULL = "This field may not be null."
BLANK = "This field may not be blank."
HUNDRED = 100

_TRUE = {True, "true", "True", "TRUE", "1", "on", "yes"}
_FALSE = {False, "false", "False", "FALSE", "0", "off", "no"}

Read = Callable[[Any], Any]
"""Turns a given value into what is kept; raises ``Misfit`` when it does not fit."""


class Misfit(Exception):
    """A value does not fit; the message is the sentence of the answer."""


async def admin_body(request: Request) -> dict[str, Any]:
    """Read a body: a JSON object, or a form.

    Raises:
        HttpError: Another content type (415), or no such thing (400).
    """
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if kind in FORMS:
        return await _form(request)
    if kind != "application/json":
        raise HttpError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unsupported media type."
        )
    try:
        value = parse_json(await request.body() or b"{}")
    except JsonInvalid as error:
        raise HttpError(HTTPStatus.BAD_REQUEST, "parse_error", f"JSON parse error - {error}") from error
    if not isinstance(value, dict):
        sentence = f"Invalid data. Expected a dictionary, but got {type(value).__name__}."
        raise invalid({"non_field_errors": [sentence]})
    return value


async def _form(request: Request) -> dict[str, Any]:
    try:
        form = await request.form(max_files=0, max_fields=50)
    except (HTTPException, MultiPartException, ValueError) as error:
        message = "Multipart form parse error - the form cannot be read"
        raise HttpError(HTTPStatus.BAD_REQUEST, "parse_error", message) from error
    return dict(form.items())


Body = Annotated[dict[str, Any], Depends(admin_body)]
"""The request's fields, as a parameter of an endpoint; after the token, which is checked first."""


def read_fields(
    body: Mapping[str, Any], readers: Mapping[str, Read], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Read fields, and find everything that is wrong with them.

    Args:
        body: What was given; fields without a reader are ignored.

    Raises:
        HttpError: Some do not fit; all of them are named (400).
    """
    found: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    for name, read in readers.items():
        if name not in body:
            if name in required:
                found[name] = [REQUIRED]
            continue
        try:
            given[name] = read(body[name])
        except Misfit as error:
            found[name] = [str(error)]
    if found:
        raise invalid(found)
    return given


def text(*, least: int = 0, most: int | None = None, blank: bool = False, null: bool = False) -> Read:
    """Make the reader of a text.

    Args:
        blank: It may be empty.
    """

    def read(value: Any) -> str | None:
        if value is None:
            if null:
                return None
            raise Misfit(NULL)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Misfit("Not a valid string.")
        kept = str(value)
        if not kept.strip() and not blank:
            raise Misfit(BLANK)
        if not is_text(kept):
            raise Misfit("Null characters are not allowed.")
        if len(kept) < least:
            raise Misfit(f"Ensure this field has at least {least} characters.")
        if most is not None and len(kept) > most:
            raise Misfit(f"Ensure this field has no more than {most} characters.")
        return kept

    return read


def flag(value: Any) -> bool:
    """Read true or false."""
    if value is None:
        raise Misfit(NULL)
    if isinstance(value, str | int) and value in _TRUE:
        return True
    if isinstance(value, str | int) and value in _FALSE:
        return False
    raise Misfit("Must be a valid boolean.")


def hundredths(value: Any) -> int:
    """Read a decimal from 0 to 1 with at most two places; gives hundredths."""
    if value is None:
        raise Misfit(NULL)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Misfit("A valid number is required.")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Misfit("A valid number is required.") from error
    if not number.is_finite():
        raise Misfit("A valid number is required.")
    if number < 0:
        raise Misfit("Ensure this value is greater than or equal to 0.")
    if number > 1:
        raise Misfit("Ensure this value is less than or equal to 1.")
    if number * HUNDRED != int(number * HUNDRED):
        raise Misfit("Ensure that there are no more than 2 decimal places.")
    return int(number * HUNDRED)


def choice(*allowed: str) -> Read:
    """Make the reader of one of several words."""

    def read(value: Any) -> str:
        if value is None:
            raise Misfit(NULL)
        if not isinstance(value, str) or value not in allowed:
            raise Misfit(f'"{str(value)[:100]}" is not a valid choice.')
        return value

    return read


def numbers(value: Any) -> list[int]:
    """Read a list of numbers of records."""
    if value is None:
        raise Misfit(NULL)
    if not isinstance(value, list):
        raise Misfit(f'Expected a list of items but got type "{type(value).__name__}".')
    for one in value:
        if isinstance(one, bool) or not isinstance(one, int):
            raise Misfit(f"Incorrect type. Expected pk value, received {type(one).__name__}.")
    return value


def mapping(value: Any) -> dict[str, Any]:
    """Read an object."""
    if value is None:
        raise Misfit(NULL)
    if not isinstance(value, dict):
        raise Misfit(f'Expected a dictionary of items but got type "{type(value).__name__}".')
    return value
