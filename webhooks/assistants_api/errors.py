"""The errors of the Assistants Admin API, in the words of the frameworks that its vendor uses."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.assistants import Detail, HTTPValidationError, Invalid
from practice.errors import AssistantNotFound, PracticeError
from webhooks.api_documents import ErrorShape, Responses
from webhooks.http_errors import UNAVAILABLE, HttpError, payload_too_large

NOT_AUTHENTICATED = "Authentication credentials were not provided."
FORBIDDEN = "You do not have permission to perform this action."
REQUIRED = "This field is required."
NULL = "This field may not be null."
_MATCHES = {
    "assistant_not_found": "No Assistant matches the given query.",
    "api_not_found": "No Api matches the given query.",
    "tool_not_found": "No AssistantTool matches the given query.",
    "route_not_found": "No AssistantRoute matches the given query.",
    "thread_not_found": "No AssistantThread matches the given query.",
    "version_not_found": "No AssistantVersion matches the given query.",
}
_DICTIONARY = 'Expected a dictionary of items but got type "{kind}".'
_NUMBER = "A valid number is required."
_BOOLEAN = "Must be a valid boolean."
_TEXT = "{name} is required and must be a string."
SENTENCES = {
    "missing": REQUIRED,
    "null": NULL,
    "blank": "This field may not be blank.",
    "string_type": "Not a valid string.",
    "string_too_short": "Ensure this field has at least {min_length} characters.",
    "string_too_long": "Ensure this field has no more than {max_length} characters.",
    "string_pattern_mismatch": "This value does not match the required pattern {pattern}.",
    "too_many_bytes": "Ensure this field has no more than {most} bytes.",
    "literal_error": '"{given:.100}" is not a valid choice.',
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than_equal": "Ensure this value is greater than or equal to {ge}.",
    "less_than_equal": "Ensure this value is less than or equal to {le}.",
    "decimal_max_places": "Ensure that there are no more than {decimal_places} decimal places.",
    "list_type": 'Expected a list of items but got type "{kind}".',
    "too_long": "Ensure this field has no more than {max_length} elements.",
    "dict_type": _DICTIONARY,
    "model_attributes_type": _DICTIONARY,
    # At an item of any list.
    "[].int_type": "Incorrect type. Expected pk value, received {kind}.",
    # At a field within a field, whatever is wrong with it but its length.
    ".token_url": _TEXT,
    ".client_id": _TEXT,
    ".client_secret": _TEXT,
    ".scope": _TEXT,
}
"""What Django REST Framework says, by pydantic's error type; rules of the contract say it themselves."""


def admin_error(request: Request, error: HttpError) -> Response:
    """Shape an error as Django REST Framework does; a body that it has maps fields to what is wrong."""
    body: dict[str, Any] = (
        {error.field: [error.message]} if error.field else {"detail": _detail(error, request)}
    )
    return JSONResponse(error.body or body, error.status)


def evaluation_error(_request: Request, error: HttpError) -> Response:
    """Shape an error as FastAPI does (`error`: its body, where it has one, is passed on)."""
    return JSONResponse(_evaluation_body(error), error.status)


def invalid(findings: Mapping[str, Sequence[str]]) -> HttpError:
    """Make the error of fields that do not fit (400)."""
    return HttpError(HTTPStatus.BAD_REQUEST, "invalid", "The request is not valid.", body=dict(findings))


def invalid_fields(error: RequestValidationError) -> HttpError:
    """Name every field that does not fit, with what is wrong with it first (400)."""
    findings: dict[str, list[str]] = {}
    for finding in error.errors():
        place = finding["loc"][1:]
        findings.setdefault(place[0], [_sentence(place, finding)])
    return invalid(findings)


def unprocessable(error: RequestValidationError) -> HttpError:
    """Name everything that does not fit, as FastAPI does, without what was given (422)."""
    return _unprocessable([{name: one[name] for name in ("loc", "msg", "type")} for one in error.errors()])


def unprocessable_body(message: str, kind: str) -> HttpError:
    """Make the error of a body that cannot be read, as FastAPI does (422)."""
    return _unprocessable([{"loc": ["body"], "msg": message, "type": kind}])


def _unprocessable(detail: list[dict[str, Any]]) -> HttpError:
    return HttpError(422, "unprocessable", "The request is not valid.", body={"detail": detail})


def _sentence(place: Sequence[str | int], finding: Mapping[str, Any]) -> str:
    error, given, within = finding["type"], finding["input"], len(place) > 1
    if given is None and not within:
        return NULL
    name = "[]" if isinstance(place[-1], int) else place[-1]
    keys = [f"{name}.{error}", error]
    if within and error not in ("blank", "string_too_long"):
        keys.insert(1, f".{name}")
    known = next((SENTENCES[key] for key in keys if key in SENTENCES), None)
    if known is None:
        return str(finding["msg"])
    return known.format(kind=type(given).__name__, given=str(given), name=name, **finding.get("ctx", {}))


def missing(*errors: type[PracticeError]) -> Responses:
    """Describe the responses of operations whose path names what may not be there."""
    return _ADMIN.responses(*errors)


def _evaluation_body(error: HttpError) -> dict[str, Any]:
    detail = error.message
    if error.status == HTTPStatus.UNAUTHORIZED:
        detail = "Not authenticated"
    elif error.status == HTTPStatus.NOT_FOUND:
        detail = "Not Found" if error.route else "Not found."
    elif error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = "Method Not Allowed"
    return error.body or {"detail": detail}


def _detail(error: HttpError, request: Request | None = None) -> str:
    if error.status == HTTPStatus.UNAUTHORIZED:
        return NOT_AUTHENTICATED
    if error.status == HTTPStatus.FORBIDDEN:
        return FORBIDDEN
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED and request is not None:
        return f'Method "{request.method}" not allowed.'
    if error.status == HTTPStatus.NOT_FOUND:
        return _MATCHES.get(error.code, "Not found.")
    if error.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        kind = "text/plain" if request is None else request.headers.get("content-type", "")
        return f'Unsupported media type "{kind[:100]}" in request.'
    return error.message


_ADMIN = ErrorShape(Detail, lambda error: {"detail": _detail(error)}, _detail)
_UNAUTHORIZED = HttpError(401, "unauthorized", NOT_AUTHENTICATED, headers={"WWW-Authenticate": "Bearer"})
_FORBIDDEN = HttpError(403, "forbidden", FORBIDDEN)
_TOO_LARGE = payload_too_large(262_144)
COMMON = _ADMIN.responses(_UNAUTHORIZED, _FORBIDDEN, UNAVAILABLE)
"""Responses of every operation but the evaluation."""
_INVALID = ErrorShape(Invalid, lambda error: error.body or {"detail": error.message})
_MISSING = invalid({"code": [REQUIRED]})
INVALID = _INVALID.responses(_MISSING)
"""The response of an operation without a body whose effect is refused."""
BODY: Responses = {
    **_INVALID.responses(_MISSING, HttpError(400, "parse_error", "JSON parse error - …")),
    **_ADMIN.responses(_TOO_LARGE, HttpError(415, "unsupported_media_type", "Unsupported media type.")),
}
"""Responses of operations with a body."""
EVALUATION: Responses = {
    **ErrorShape(Detail, _evaluation_body).responses(
        _UNAUTHORIZED,
        HttpError(403, "forbidden", "The token lacks a scope."),
        AssistantNotFound,
        _TOO_LARGE,
        HttpError(502, "no_answer", "The assistant gave no answer."),
        UNAVAILABLE,
    ),
    **ErrorShape(HTTPValidationError, lambda error: error.body).responses(
        _unprocessable([{"loc": ["body", "input"], "msg": "Field required", "type": "missing"}])
    ),
}
"""Responses of the evaluation."""
