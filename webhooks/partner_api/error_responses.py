"""Errors and parameters of the operations of bots, as the Partner API's document names them."""

from typing import Any

from contracts.partner import BOT
from practice.errors import (
    BotNotFound,
    InsufficientScope,
    InvalidApiKey,
    InvalidRequest,
    PracticeError,
    RateLimited,
)
from webhooks.openapi import ErrorCase

AGAIN = ("Retry-After",)


def case(error: type[PracticeError], *headers: str) -> ErrorCase:
    """Describe an error by its class, with the names of headers that come with it."""
    return ErrorCase(error.status, error.code, error.default_message, headers)


INVALID = case(InvalidRequest)
NO_BOT = case(BotNotFound)
CALLER = (
    ErrorCase(401, "unauthorized", "Send your partner key as a bearer token.", ("WWW-Authenticate",)),
    case(InvalidApiKey, "WWW-Authenticate"),
    case(InsufficientScope),
    case(RateLimited, *AGAIN),
    ErrorCase(503, "unavailable", "The service is not available just now.", AGAIN),
)
BODY = (
    INVALID,
    ErrorCase(413, "payload_too_large", "The request body is larger than 65536 bytes."),
    ErrorCase(415, "unsupported_media_type", "The content type must be application/json."),
)


def _parameter(name: str, where: str, description: str, example: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": description,
        "schema": {"type": "string", **schema},
        **({"example": example} if example else {}),
    }


PARAMETERS = {
    "Limit": {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "Most bots on a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
    },
    "Page": _parameter("page", "query", "`next_page` of the page before.", "", minLength=1, maxLength=100),
    "BotId": _parameter("bot_id", "path", "The bot.", BOT, minLength=1),
}
