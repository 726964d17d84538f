"""The error shape of the Chat Sessions API, that of the framework its vendor uses (Feathers)."""

import re
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.chat_sessions import ChatSessionError
from webhooks.api_documents import ErrorShape
from webhooks.http_errors import HttpError, unauthorized

NAMES = {
    400: "BadRequest",
    401: "NotAuthenticated",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    408: "Timeout",
    409: "Conflict",
    413: "PayloadTooLarge",
    415: "BadRequest",
    429: "TooManyRequests",
    500: "GeneralError",
    503: "Unavailable",
}
SENTENCES = {
    "missing": "is required",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "list_type": "must be an array",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} entries",
    "bool_type": "must be a boolean",
    "int_type": "must be a number",
    "float_type": "must be a number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of: {expected}",
    "int_parsing": "must be a whole number",
}
"""What is wrong with a field, by pydantic's error type."""
_UNIONS = {"reject": "must be a boolean or a string", "finish": "must be a boolean or a string"}


def chat_session_error(request: Request, error: HttpError) -> Response:
    """Shape an error as Feathers does: ``name``, ``message``, ``code``, ``className``."""
    body = _body(error)
    if error.route and error.status == 404:  # noqa: PLR2004 - not found
        body["message"] = f"Page not found: {request.url.path}"
    elif error.route:
        body["message"] = f"Method {request.method} is not supported by this endpoint."
    return JSONResponse(body, body["code"])


def _body(error: HttpError) -> dict[str, Any]:
    status = 400 if error.status == 415 else error.status  # noqa: PLR2004 - Feathers knows no 415
    name = NAMES.get(status, "GeneralError")
    body: dict[str, Any] = {
        "name": name,
        "message": error.message,
        "code": status,
        "className": re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(),
    }
    return body | {"data": {}, "errors": error.body or {}} if name == "BadRequest" else body


NOT_AUTHENTICATED = unauthorized("Not authenticated")
NOT_FOUND = HttpError(404, "chat_session_not_found", "No record found for id 'x'")
NOT_FITTING = HttpError(
    400, "invalid_request", "room must be a string", body={"room": "room must be a string"}
)
TAKEN = HttpError(409, "conflict", "The session is accepted by somebody else.")
FINISHED = HttpError(409, "conflict", "The session is finished.")
errors = ErrorShape(ChatSessionError, _body).responses
"""Describes errors for the document: of single errors, since their sentences name ids and fields."""


def invalid(error: RequestValidationError) -> HttpError:
    """Say of each field that does not fit what is wrong with it (400)."""
    errors: dict[str, str] = {}
    for finding in error.errors():
        place = [str(one) for one in finding["loc"][1:]]
        field = place[0] if place else "body"
        sentence = SENTENCES.get(finding["type"], "is not valid").format(**finding.get("ctx", {}))
        where = "".join(f"[{one}]" for one in place[1:] if one.isdecimal())
        errors.setdefault(field, f"{field}{where} {_UNIONS.get(field, sentence)}")
    return HttpError(400, "invalid_request", "; ".join(errors.values()), body=errors)
