"""Bodies of the Assistants Admin API, which are JSON or forms, as in Django REST Framework."""

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from kit.text import is_text
from webhooks.assistants_api.errors import invalid
from webhooks.body_route import BodyRoute
from webhooks.http_errors import HttpError
from webhooks.json_body import JsonInvalid, parse_json

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def read_json_or_form(request: Request) -> dict[str, Any]:
    """Read a body: a JSON object, a form, or nothing, as an empty object; else HttpError (415, 400)."""
    value = await read_value(request)
    if not isinstance(value, dict):
        sentence = f"Invalid data. Expected a dictionary, but got {type(value).__name__}."
        raise invalid({"non_field_errors": [sentence]})
    return value


async def read_value(request: Request) -> Any:
    """Read a body that may be any JSON, as ``read_json_or_form`` reads an object."""
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if kind in FORMS:
        return await _form(request)
    if kind != "application/json":
        raise HttpError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Unsupported media type."
        )
    try:
        return parse_json(await request.body() or b"{}")
    except JsonInvalid as error:
        raise HttpError(HTTPStatus.BAD_REQUEST, "parse_error", f"JSON parse error - {error}") from error


async def _form(request: Request) -> dict[str, Any]:
    try:
        form = dict((await request.form(max_files=0, max_fields=50)).items())
    except (HTTPException, MultiPartException, ValueError) as error:
        message = "Multipart form parse error - the form cannot be read"
        raise HttpError(HTTPStatus.BAD_REQUEST, "parse_error", message) from error
    unstorable = [name for name, value in form.items() if not is_text(str(value))]
    if unstorable:
        raise invalid({name: ["Null characters are not allowed."] for name in unstorable})
    return form


class AdminRoute(BodyRoute):
    """A route whose body may be JSON or a form."""

    read = staticmethod(read_json_or_form)
