"""The Partner API's OpenAPI document."""

from contracts.partner import ErrorBody
from webhooks.openapi import Door
from webhooks.partner_api.bot_operations import OPERATIONS as BOT_OPERATIONS
from webhooks.partner_api.error_responses import ALWAYS, HEADERS, PARAMETERS
from webhooks.partner_api.operations import OPERATIONS

DESCRIPTION = """\
For voice bots that search a practice's free time and book appointments in it, and for the partners who run
them.

## Authentication
Send your partner key with every request: `Authorization: Bearer sk_ptnr_…`. A key may be limited to scopes;
each operation needs one of them, and answers 403 `insufficient_scope` without it: `availability:read` to
search and to look customers up, `bookings:read` to get and find bookings, `bookings:write` to book, cancel,
move and hold, `bots:read` and `bots:write` for your bots, `messages:write` to leave messages.

## Which practice
`bot_id` says for which practice you ask: a bot belongs to an account, and the account has a booking
platform. Requests are relayed to that platform, and its answer is passed on, with whatever fields it adds.
Its refusals (4xx) are passed on as they are; if it answers 401 or 403, fails, or does not answer, you get
502 or 504.

## Exactly once
What changes a booking needs an `Idempotency-Key`. The same key again, at any time within 30 days and from
anywhere, gives the same answer (`Idempotency-Replayed: true`). Whenever you do not know what became of a
request, repeat it with its key.

## Errors
Every error is `{"error": {"code", "message"}}`. Go by `code`; messages may be worded anew. A path or a
method that does not exist is 404 `not_found` or 405 `method_not_allowed`. Answers 429 and 503 say in
`Retry-After` when to try again.

## Paths
`POST /v1/availability/search` and `POST /v1/bookings` answer without `/v1` as well, and every path with one
slash at its end. Whatever answers `GET` answers `HEAD`.

## Limits
A body has at most 64 KiB. A key may make so many requests in a minute as `RateLimit-Limit` says; every
process of the server counts for itself. Addresses that keep showing wrong keys get 429 as well. Requests are
JSON without ambiguity: UTF-8, not compressed, no field twice, no NaN, no NUL, at most 32 levels.
"""

DOOR = Door(
    title="Partner API",
    version="1.0.0",
    description=DESCRIPTION,
    tags={
        "Bookings": "Search, book, cancel, move.",
        "Customers": "Who is calling.",
        "Bots": "The bots that answer for practices.",
        "Messages": "For the practice's people.",
    },
    security=(
        "PartnerAuth",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "A partner key, `sk_ptnr_…`. Its scopes: `availability:read`, `bookings:read`,"
            " `bookings:write`, `bots:read`, `bots:write`, `messages:write`; a key without any may do"
            " everything.",
        },
    ),
    error=ErrorBody,
    headers=HEADERS,
    parameters=PARAMETERS,
    always=ALWAYS,
    operations=(*OPERATIONS, *BOT_OPERATIONS),
)
