"""What the Partner API reads beside a body: the key, the preferred wait, the booking's id in the path."""

import re
from typing import Annotated
from urllib.parse import unquote, unquote_to_bytes

from fastapi import Depends, Header, Path, Query, Request

from contracts.partner import BOT, LONGEST_ID
from practice.errors import BookingNotFound, MissingIdempotencyKey
from webhooks.dependencies import Injected
from webhooks.http_errors import invalid_request

LONGEST_KEY = 255
LONGEST_PREFERENCES = 8192
"""Characters of Prefer headers that are looked at."""

_NO_ID = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]|\A\.{1,2}\Z")
"""Control characters, half characters, and the names that paths have for themselves and their parents."""
_BLANKS = " \t"
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
# Linear in the header: what is taken is never given back, and an open quotation takes all the rest.
_LISTED = re.compile(r'(?:[^,"]++|"(?:[^"\\]++|\\.?)*+"?)++', re.DOTALL)
"""One preference of a list; a comma in quotes does not end it."""
_WAIT = re.compile(r'wait[ \t]*=[ \t]*(?:(\d+)|"(\d+)")[ \t]*(?:;.*)?', re.IGNORECASE | re.DOTALL | re.ASCII)
_HAS_WAIT = re.compile(r"wait[ \t]*(?:[=;].*)?", re.IGNORECASE | re.DOTALL)


async def idempotency_key(
    request: Request,
    _key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            description="Makes it safe to repeat the request: the same key again gives the first answer, and"
            " does nothing twice. Make a new one for every new intent, and keep it for repetitions.",
            examples=["booking-req-123456"],
            json_schema_extra={"minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        ),
    ],
) -> str:
    """Read the key, which may be given more than once only if it is the same.

    Raises:
        MissingIdempotencyKey: It is blank.
        HttpError: It is too long, has other characters, or comes twice with different values (400).
    """
    keys = {value.strip(_BLANKS) for value in request.headers.getlist("idempotency-key")}
    if keys <= {""}:
        raise MissingIdempotencyKey
    if len(keys) > 1:
        raise invalid_request("The Idempotency-Key header is given more than once.")
    key = keys.pop()
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise invalid_request(
            f"The Idempotency-Key header must be 1 to {LONGEST_KEY} printable ASCII characters."
        )
    return key


IdempotencyKey = Annotated[str, Depends(idempotency_key)]
"""The Idempotency-Key header: at most 255 printable ASCII characters."""


def wait_of(preferences: list[str], longest_seconds: float) -> float | None:
    """Read the wait of ``Prefer: wait=<seconds>`` headers (RFC 7240).

    Of several, in one header or in many, the first counts; one that is no whole number of seconds is
    passed over, as the RFC has it of every preference that is not understood.

    Args:
        longest_seconds: The longest wait there is; who prefers more gets this.

    Returns:
        Seconds, or None when nothing is preferred.
    """
    for header in preferences:
        for preference in _LISTED.findall(header[:LONGEST_PREFERENCES]):
            text = preference.strip(_BLANKS)
            if _HAS_WAIT.fullmatch(text):
                found = _WAIT.fullmatch(text)
                return min(float(found[1] or found[2]), longest_seconds) if found else None
    return None


async def _preferred_wait(
    request: Request,
    services: Injected,
    _prefer: Annotated[
        str | None,
        Header(
            alias="Prefer",
            description="`wait=N` (RFC 7240): the seconds that you will wait. If the platform takes longer,"
            " the answer is 202, and the work goes on; `Preference-Applied` says how long was waited, at"
            " most a minute. Without it the answer is 504 `webhook_timeout` after 25 seconds, and the work"
            " goes on likewise.",
            examples=["wait=6"],
        ),
    ] = None,
) -> float | None:
    return wait_of(request.headers.getlist("prefer"), services.settings.relay.total_seconds)


PreferredWait = Annotated[float | None, Depends(_preferred_wait)]
"""How many seconds the partner will wait for an answer; None when nothing is preferred."""


async def _booking_id(
    request: Request,
    booking_id: Annotated[
        str,
        Path(
            description="The booking's id as the platform gave it, percent-encoded; or the id of a booking"
            " that is under way.",
            examples=["bkg_01h2xcejqtf2nbrexx3vqjhp41"],
            json_schema_extra={"minLength": 1, "maxLength": LONGEST_ID},
        ),
    ],
) -> str:
    """Read a booking's id from the path.

    Ids are the platforms' own and may hold anything; the path as it was sent tells a slash of the id,
    percent-encoded, from one that parts the path. What no booking can be called finds none.
    """
    raw: bytes | None = request.scope.get("raw_path")
    if raw is not None:
        segments = raw.split(b"/")
        names = [unquote(segment.decode("latin-1")) for segment in segments]
        try:
            booking_id = unquote_to_bytes(segments[names.index("bookings") + 1]).decode("utf-8")
        except (UnicodeDecodeError, ValueError, IndexError) as error:
            raise BookingNotFound from error
    if not 0 < len(booking_id) <= LONGEST_ID or _NO_ID.search(booking_id):
        raise BookingNotFound
    return booking_id


BookingId = Annotated[str, Depends(_booking_id)]
"""The booking's id in the path, as a parameter of an endpoint whose path names ``{booking_id}``."""


async def _bot_in_query(
    request: Request,
    _bot_id: Annotated[
        str | None,
        Query(
            alias="bot_id",
            description="Whose booking it is. May be left out while only one of your bots has a booking of"
            " this id.",
            examples=[BOT],
            json_schema_extra={"minLength": 1},
        ),
    ] = None,
) -> str | None:
    named = set(request.query_params.getlist("bot_id"))
    if len(named) > 1 or any(not one.strip() for one in named):
        raise invalid_request("bot_id in the query must name one bot.")
    return named.pop() if named else None


BotInQuery = Annotated[str | None, Depends(_bot_in_query)]
"""The bot that the query names, if it names one."""
