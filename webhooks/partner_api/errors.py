"""The errors of the Partner API and of the platform protocol: shape, sentences, description."""

from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.partner import ErrorBody
from practice.errors import (
    InsufficientScope,
    InvalidApiKey,
    InvalidPayload,
    InvalidRequest,
    MissingIdempotencyKey,
    RateLimited,
    WebhookFailed,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from webhooks.api_documents import ErrorShape
from webhooks.http_errors import (
    UNAVAILABLE,
    HttpError,
    http_error_of,
    invalid_request,
    payload_too_large,
    unauthorized,
)

SENTENCES = {
    "missing": "is required",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "string_type": "must be a string",
    "string_too_long": "must have at most {max_length} characters",
    "blank": "must not be empty",
    "one_line": "must be on one line",
    "bool_type": "must be true or false",
    "list_type": "must be a list of strings",
    "too_long": "must have at most {max_length} entries",
    "int_type": "must be an integer",
    "out_of_range": "must be between {least} and {most}",
    "email": "must be an e-mail address",
    "birth_day": "must be a date such as 1980-03-31",
    "code": "must be six digits",
    "phone_number": "must be a phone number in E.164 form such as +12025550142",
    "account_id": "must be an account's id such as acct_01h2xcejqtf2nbrexx3vqjhp41",
    "language_tag": "must be a BCP 47 tag such as en-US",
    "time_zone": "must be an IANA time zone such as America/New_York",
    "webhook_secret": "must be 16 to 255 printable ASCII characters",
    "secret_given": "makes a new secret: leave webhook_secret out",
    "page_size": "must be a whole number from 1 to {most}",
    "timestamp_format": "must be an RFC 3339 date-time such as 2026-12-01T09:00:00-05:00",
    "timestamp_offset": "must carry an offset such as Z or -05:00",
    "timestamp_bare_date": "must be a date and a time with an offset",
    "timestamp_date": "is not a date that exists",
    "timestamp_year": "must lie between 1970 and 2200",
}
"""What is wrong with a field, by the type of pydantic's error."""

NO_CREDENTIAL = "Send your partner key as a bearer token."
CALLER = (unauthorized(NO_CREDENTIAL), InvalidApiKey, InsufficientScope, RateLimited, UNAVAILABLE)
"""What any operation may answer."""
BODY = (
    InvalidRequest,
    payload_too_large(65536),
    HttpError(415, "unsupported_media_type", "The content type must be application/json."),
)
"""What operations that take a body may answer."""
PLATFORM = (InvalidPayload, WebhookRejected, WebhookUnreachable, WebhookFailed, WebhookTimeout)
"""What operations that are relayed to a platform may answer."""


def error_body(error: HttpError) -> dict[str, Any]:
    """Give the body of an error; a platform's own passes through verbatim."""
    return error.body or {"error": {"code": error.code, "message": error.message}}


errors = ErrorShape(ErrorBody, error_body, lambda error: f"`{error.code}`").responses
"""Describes errors for ``responses=``."""


def partner_error(_request: Request, error: HttpError) -> Response:
    """Shape an error as the Partner API does."""
    return JSONResponse(error_body(error), error.status)


def invalid(error: RequestValidationError) -> HttpError:
    """Name the first field that does not fit, and what is wrong with it (400)."""
    finding = error.errors()[0]
    where, *path = finding["loc"]
    missing = finding["type"] == "missing" or finding["input"] is None
    if where == "header" and missing:
        return http_error_of(MissingIdempotencyKey)
    if path == ["bot_id"]:
        return invalid_request("bot_id is required and must be a string.")
    field = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path).removeprefix(".")
    sentence = SENTENCES["missing" if missing else finding["type"]].format(**finding.get("ctx", {}))
    return invalid_request(f"{field} {sentence}.")


def invalid_payload(error: RequestValidationError) -> HttpError:
    """Name the first field that does not fit, as the platform protocol does (400)."""
    return HttpError(400, InvalidPayload.code, invalid(error).message)
