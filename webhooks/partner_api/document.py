"""The Partner API's OpenAPI document."""

from webhooks.api_documents import ApiDocument, header

DESCRIPTION = """\
For voice bots that search a practice's free time and book appointments in it, and for the partners who run
them.

## Authentication
Send your partner key with every request: `Authorization: Bearer sk_ptnr_…`. A key may be limited to scopes;
each operation needs one of them, and answers 403 `insufficient_scope` without it: `availability:read` to
search and to look customers up, `bookings:read` to get and find bookings, `bookings:write` to book, cancel,
move and hold, `bots:read` and `bots:write` for your bots, `messages:read` to read what was
left, `messages:write` to leave messages.

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


HEADERS = {
    "Idempotency-Replayed": header(
        "The answer was given before, under the same Idempotency-Key.", const="true"
    ),
    "Idempotency-Key-Mismatch": header(
        "The answer is the first request's, whose body was another one.", const="true"
    ),
    "Preference-Applied": header("The wait that was honoured (RFC 7240).", examples=["wait=6"]),
    "Location": header("Where to ask how the booking stands.", format="uri-reference"),
    "Retry-After": header("Seconds until it makes sense to ask again.", type="integer", minimum=1),
    "WWW-Authenticate": header("The scheme to authenticate with.", examples=["Bearer"]),
    "RateLimit-Limit": header("Requests that the key may make in a minute.", type="integer"),
    "RateLimit-Remaining": header("How many of them are left.", type="integer"),
    "RateLimit-Reset": header("Seconds until the present minute's count begins anew.", type="integer"),
    "X-Request-Id": header("Names the request in the server's log."),
}

DOCUMENT = ApiDocument(
    title="Partner API",
    version="1.0.0",
    description=DESCRIPTION,
    paths=("/v1/",),
    tags={
        "Bookings": "Search, book, cancel, move.",
        "Customers": "Who is calling.",
        "Bots": "The bots that answer for practices.",
        "Messages": "For the practice's people.",
    },
    headers=HEADERS,
    always=("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-Id"),
)
