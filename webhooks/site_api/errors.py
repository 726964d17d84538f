"""The errors of the Site Assistants API, as the framework tells of them that its vendor uses (NestJS)."""

from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.site import LONGEST_KEY, Error, Unauthorized
from practice.errors import PracticeError
from webhooks.api_documents import ErrorShape, Responses, reply
from webhooks.http_errors import UNAVAILABLE, HttpError, invalid_request, unauthorized

_NUMBER = "{field} must be a number conforming to the specified constraints"
_TEXT = "{field} must be a string"
_FILLED = "{field} should not be empty"
SENTENCES = {
    # A field whose sentence is the same whatever is wrong with it, or one finding at a field.
    "siteId": _NUMBER,
    "id": _NUMBER,
    "email": _TEXT,
    "password": _TEXT,
    "key": f"{{field}} must be a string of 1 to {LONGEST_KEY} characters",
    "data.missing": "{field} is required",
    # Elsewhere pydantic's error type has the sentence.
    "missing": _TEXT,
    "string_type": _TEXT,
    "dict_type": "{field} must be an object",
    "string_too_short": _FILLED,
    "blank": _FILLED,
    "string_too_long": "{field} must be shorter than or equal to {max_length} characters",
    "too_many_bytes": "{field} must be shorter than or equal to {most} bytes",
    "too_much_json": "{field} must be shorter than or equal to {most} characters of JSON",
    "too_long": "{field}: A route has at most {max_length} tags.",
}
"""The framework's sentence for what pydantic finds in a body."""

NO_NUMBER = invalid_request("Validation failed (numeric string is expected)")
TOO_LARGE = HttpError(413, "payload_too_large", "request entity too large")
FILE_TOO_LARGE = HttpError(413, "payload_too_large", "File too large")
UNREADABLE = (
    TOO_LARGE,
    HttpError(415, "unsupported_media_type", "The content type must be application/json."),
)
BODY = (invalid_request("Fields do not fit.", _NUMBER.format(field="siteId")), *UNREADABLE)
"""Errors of every operation that takes JSON."""


class ForbiddenSite(PracticeError, code="forbidden", status=403, says="Forbidden resource"):
    """The site is not the caller's, whether it exists or not."""


class AdminsOnly(PracticeError, code="forbidden", status=403, says="Forbidden resource"):
    """The person is at the desk: they read, and change no assistant."""


class NumberNotYours(
    PracticeError, code="forbidden", status=403, says="Only the server's own runtime may give a fromNumber"
):
    """A number stands for the person who calls from it: only the runtime may say whose message it is."""


class NoBot(PracticeError, code="no_bot", status=422, says="No bot is registered for this site"):
    """Nothing of the site answers."""


class NoAssistant(
    PracticeError,
    code="no_assistant",
    status=422,
    says="No route chooses an assistant, and the site's bot has none of its own",
):
    """No route chooses an assistant, and the site's bot has none of its own."""


def site_error(request: Request, error: HttpError) -> Response:
    """Answer with an error; its details, where it has some, become the list under ``message``."""
    if error.route:
        # The framework answers a wrong method as it does an unknown path.
        error = HttpError(404, "not_found", f"Cannot {request.method} {request.url.path}")
    elif error.code == "payload_too_large":
        error = FILE_TOO_LARGE if request.url.path.endswith("/files") else TOO_LARGE
    return JSONResponse(error_body(error), error.status)


def error_body(error: HttpError) -> dict[str, Any]:
    """Give an error's body. That of a 401 and of a 500 has no ``error``."""
    if error.status == HTTPStatus.UNAUTHORIZED:
        return Unauthorized().model_dump()
    if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return {"statusCode": 500, "message": "Internal server error"}
    message = list(error.details) or error.message
    too_large = error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    phrase = "Payload Too Large" if too_large else HTTPStatus(error.status).phrase
    return Error(message=message, error=phrase, status_code=error.status).model_dump()


def invalid(error: RequestValidationError) -> HttpError:
    """Tell of a request that does not fit: all findings of a body, or the first outside of it."""
    findings = error.errors()
    for finding in findings:
        if finding["loc"][0] == "path":
            return NO_NUMBER
        if finding["loc"][0] == "query":
            field = finding["loc"][1]
            if finding["type"] == "literal_error":
                return invalid_request(f"{field} must be {finding['ctx']['expected']}")
            too_long = finding["type"] == "string_too_long"
            return invalid_request(f"The {field} is too long" if too_long else f"{field} must be a number")
    return invalid_request("Bad Request", *dict.fromkeys(map(_sentence, findings)))


def _sentence(finding: dict[str, Any]) -> str:
    field, kind = str(finding["loc"][1]), finding["type"]
    sentence = next(
        (SENTENCES[one] for one in (f"{field}.{kind}", field, kind) if one in SENTENCES), "{field}: {message}"
    )
    return sentence.format(field=field, message=finding["msg"], **finding.get("ctx", {}))


def caller_errors(*errors: type[PracticeError] | HttpError) -> Responses:
    """Describe the errors of an operation that wants a token, for its document."""
    return {401: _UNAUTHORIZED, **_SHAPE.responses(*errors, UNAVAILABLE)}


def site_errors(*errors: type[PracticeError] | HttpError) -> Responses:
    """Describe the errors of an operation on a site, for its document."""
    return caller_errors(NO_NUMBER, ForbiddenSite, *errors)


_SHAPE = ErrorShape(Error, error_body)
_UNAUTHORIZED = reply(
    "No token, or one that is not valid.",
    Unauthorized,
    examples={"unauthorized": error_body(unauthorized())},
    headers=("WWW-Authenticate",),
)
