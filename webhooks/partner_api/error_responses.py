"""The Partner API's errors, headers and parameters, as its document names them."""

from typing import Any

from practice.errors import (
    BookingCancelled,
    BookingNotFound,
    BookingPast,
    BotNotFound,
    IdempotencyKeyReused,
    InsufficientScope,
    InvalidApiKey,
    InvalidPayload,
    InvalidRequest,
    MissingIdempotencyKey,
    NotDone,
    NotSupportedByPlatform,
    PracticeError,
    RateLimited,
    SlotUnavailable,
    WebhookFailed,
    WebhookNotConfigured,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from webhooks.openapi import ErrorCase
from webhooks.partner_api.examples import BOOKING_ID, BOT, KEY
from webhooks.partner_api.requests import MAX_BOOKING_ID_CHARACTERS, MAX_KEY_CHARACTERS

AGAIN = ("Retry-After",)


def case(error: type[PracticeError], *headers: str) -> ErrorCase:
    """Describe an error by its class.

    Args:
        error: One with a status, a code and a sentence of its own.
        *headers: Names of headers that come with it.
    """
    return ErrorCase(error.status, error.code, error.default_message, headers)


INVALID = case(InvalidRequest)
NO_KEY = case(MissingIdempotencyKey)
NO_BOT = case(BotNotFound)
NO_BOOKING = case(BookingNotFound)
TAKEN = case(SlotUnavailable)
CANCELLED = case(BookingCancelled)
PAST = case(BookingPast)
KEY_REUSED = case(IdempotencyKeyReused)
NOT_DONE = case(NotDone)
NO_PLATFORM = case(WebhookNotConfigured)
NOT_SUPPORTED = case(NotSupportedByPlatform)

CALLER = (
    ErrorCase(401, "unauthorized", "Send your partner key as a bearer token.", ("WWW-Authenticate",)),
    case(InvalidApiKey, "WWW-Authenticate"),
    case(InsufficientScope),
    case(RateLimited, *AGAIN),
    ErrorCase(503, "unavailable", "The service is not available just now.", AGAIN),
)
"""Whoever asks, whatever for."""
BODY = (
    INVALID,
    ErrorCase(413, "payload_too_large", "The request body is larger than 65536 bytes."),
    ErrorCase(415, "unsupported_media_type", "The content type must be application/json."),
)
"""Of everything that takes a body."""
PLATFORM = (
    case(InvalidPayload),
    case(WebhookRejected),
    case(WebhookUnreachable),
    case(WebhookFailed),
    case(WebhookTimeout),
)
"""Of everything that is relayed to a platform."""


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": schema}


HEADERS = {
    "Idempotency-Replayed": _header(
        "The answer was given before, under the same Idempotency-Key.", type="string", const="true"
    ),
    "Idempotency-Key-Mismatch": _header(
        "The answer is the first request's, whose body was another one.", type="string", const="true"
    ),
    "Preference-Applied": _header(
        "The wait that was honoured (RFC 7240).", type="string", examples=["wait=6"]
    ),
    "Location": _header("Where to ask how the booking stands.", type="string", format="uri-reference"),
    "Retry-After": _header("Seconds until it makes sense to ask again.", type="integer", minimum=1),
    "WWW-Authenticate": _header("The scheme to authenticate with.", type="string", examples=["Bearer"]),
    "RateLimit-Limit": _header("Requests that the key may make in a minute.", type="integer"),
    "RateLimit-Remaining": _header("How many of them are left.", type="integer"),
    "RateLimit-Reset": _header("Seconds until one of the counted requests counts no more.", type="integer"),
    "X-Request-Id": _header("Names the request in the server's log.", type="string"),
}
ALWAYS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-Id")


def _parameter(
    name: str, where: str, description: str, example: str, *, required: bool, **schema: Any
) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
        **({"example": example} if example else {}),
    }


PARAMETERS = {
    "IdempotencyKey": _parameter(
        "Idempotency-Key",
        "header",
        "Makes it safe to repeat the request: the same key again gives the first answer, and does nothing"
        " twice. Make a new one for every new intent, and keep it for repetitions.",
        KEY,
        required=True,
        minLength=1,
        maxLength=MAX_KEY_CHARACTERS,
        pattern="^[!-~]([ -~]*[!-~])?$",
    ),
    "Prefer": _parameter(
        "Prefer",
        "header",
        "`wait=N` (RFC 7240): the seconds that you will wait. If the platform takes longer, the answer is"
        " 202, and the work goes on; `Preference-Applied` says how long was waited, at most a minute. Without"
        " it the answer is 504 `webhook_timeout` after 25 seconds, and the work goes on likewise.",
        "wait=6",
        required=False,
    ),
    "BookingId": _parameter(
        "booking_id",
        "path",
        "The booking's id as the platform gave it, percent-encoded; or the id of a booking that is under"
        " way.",
        BOOKING_ID,
        required=True,
        minLength=1,
        maxLength=MAX_BOOKING_ID_CHARACTERS,
    ),
    "BotIdInQuery": _parameter(
        "bot_id",
        "query",
        "Whose booking it is. May be left out while only one of your bots has a booking of this id.",
        BOT,
        required=False,
        minLength=1,
    ),
    "Limit": {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "Most bots on a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    },
    "Page": _parameter(
        "page", "query", "`next_page` of the page before.", "", required=False, minLength=1, maxLength=100
    ),
    "BotId": _parameter("bot_id", "path", "The bot.", BOT, required=True, minLength=1),
}
