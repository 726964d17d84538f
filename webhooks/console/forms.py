"""Forms: read, shown to be ours, and their fields taken out."""

import contextlib
from collections.abc import AsyncIterator
from datetime import date, datetime, time
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from kit.keyring import Keyring
from kit.text import is_text
from webhooks.console import cookies
from webhooks.console.errors import FormRefused, NotOurForm
from webhooks.http_errors import HttpError

MOST_FIELDS = 600
MOST_FILES = 10
LONGEST_LINE = 500
Model = TypeVar("Model", bound=BaseModel)


class Fields:
    """A form's fields, each read as what it has to be."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def __contains__(self, name: str) -> bool:
        return name in self._form

    def names(self) -> list[str]:
        """List the names of the fields that hold text, each once."""
        return list(dict.fromkeys(name for name, one in self._form.multi_items() if isinstance(one, str)))

    def text(self, name: str, longest: int = LONGEST_LINE, *, called: str | None = None) -> str:
        """Read a text, with the line ends that files have; empty when it is not there.

        FormRefused, by what the person calls the field, when it is too long or cannot be stored.
        """
        value = self._form.get(name, "")
        text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
        if len(text) > longest:
            raise FormRefused(f"{called or name}: at most {longest} characters.")
        if not is_text(text):
            raise FormRefused(f"{called or name} holds characters that cannot be stored.")
        return text

    def texts(self, name: str, longest: int = LONGEST_LINE) -> list[str]:
        """Read a field that occurs several times; each as ``text`` does, in the order of the page."""
        values = [one for one in self._form.getlist(name) if isinstance(one, str)]
        return [Fields(FormData([(name, one)])).text(name, longest) for one in values]

    def needed(self, name: str, called: str, longest: int = LONGEST_LINE) -> str:
        """Read a text that has to be there."""
        text = self.text(name, longest, called=called)
        if not text:
            raise FormRefused(f"{called} is missing.")
        return text

    def whole(self, name: str, called: str) -> int:
        """Read a whole number, or raise `FormRefused`."""
        text = self.text(name, 20)
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):  # noqa: PLR2004 - a row's number
            raise FormRefused(f"{called} must be a whole number.")
        return int(text)

    def day(self, name: str, called: str) -> date:
        """Read a date as browsers send it, or raise `FormRefused`."""
        try:
            return date.fromisoformat(self.text(name, 20))
        except ValueError as error:
            raise FormRefused(f"{called} must be a date.") from error

    def clock(self, name: str, called: str) -> time:
        """Read a time of day as browsers send it, or raise `FormRefused`."""
        try:
            return time.fromisoformat(self.text(name, 20)).replace(tzinfo=None)
        except ValueError as error:
            raise FormRefused(f"{called} must be a time of day.") from error

    def files(self, name: str) -> list[UploadFile]:
        """List the files of a field; a field that was left empty has none."""
        return [one for one in self._form.getlist(name) if isinstance(one, UploadFile) and one.filename]


@contextlib.asynccontextmanager
async def posted(request: Request, keyring: Keyring, subject: str) -> AsyncIterator[Fields]:
    """Read a form, if it is one of ours; files lie on disk until the block ends.

    Args:
        subject: What its token was made for: the session, or the log-in form's cookie.

    Raises:
        NotOurForm: Another site sent it, or it carries no token of ours.
        HttpError: It cannot be read, or is too large.
    """
    _check_origin(request)
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    except (HTTPException, MultiPartException) as error:
        raise HttpError(400, "invalid_request", "The form cannot be read.") from error
    try:
        given = form.get(cookies.CSRF_FIELD) or request.headers.get(cookies.CSRF_HEADER, "")
        if not isinstance(given, str) or not cookies.is_form_token(keyring, subject, given):
            raise NotOurForm
        yield Fields(form)
    finally:
        await form.close()


def checked(model: type[Model], values: object) -> Model:
    """Make a body of what a form says; FormRefused names the first thing that does not fit."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join(str(one).replace("_", " ") for one in first["loc"] if not isinstance(one, int))
        raise FormRefused(f"{place.capitalize() or 'That'}: {first['msg'][:300]}.") from error


def local_moment(day: date, at: time, zone: object) -> datetime:
    """Put a date and a time of the practice's clock together."""
    return datetime.combine(day, at, tzinfo=zone)  # type: ignore[arg-type] # a ZoneInfo


def _check_origin(request: Request) -> None:
    """Refuse what another site has sent, where the browser says who did."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotOurForm
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        raise NotOurForm
