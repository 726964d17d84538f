"""What the Partner API reads beside a body: the key, the preferred wait, the booking's id in the path."""

import re
from typing import Annotated
from urllib.parse import unquote, unquote_to_bytes

from fastapi import Depends, Request

from practice.errors import BookingNotFound, MissingIdempotencyKey
from webhooks.http_errors import invalid_request

MAX_KEY_CHARACTERS = 255
MAX_BOOKING_ID_CHARACTERS = 255
_NO_ID = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]|\A\.{1,2}\Z")
"""Control characters, half characters, and the names that paths have for themselves and their parents."""
_BLANKS = " \t"
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LISTED = re.compile(rf'(?:[^,"]|{_QUOTED})+')
"""One preference of a list; a comma in quotes parts nothing."""
_WAIT = re.compile(r'wait[ \t]*=[ \t]*(?:(\d+)|"(\d+)")[ \t]*(?:;.*)?', re.IGNORECASE | re.DOTALL | re.ASCII)
_HAS_WAIT = re.compile(r"wait[ \t]*(?:[=;].*)?", re.IGNORECASE | re.DOTALL)


def idempotency_key(request: Request) -> str:
    """Read the Idempotency-Key header.

    Returns:
        The key, at most 255 printable ASCII characters.

    Raises:
        MissingIdempotencyKey: It is missing or blank.
        HttpError: It is too long, has other characters, or comes twice with different values (400).
    """
    keys = {value.strip(_BLANKS) for value in request.headers.getlist("idempotency-key")}
    if keys <= {""}:
        raise MissingIdempotencyKey
    if len(keys) > 1:
        raise invalid_request("The Idempotency-Key header is given more than once.")
    key = keys.pop()
    if len(key) > MAX_KEY_CHARACTERS or not _KEY.fullmatch(key):
        raise invalid_request(
            f"The Idempotency-Key header must be 1 to {MAX_KEY_CHARACTERS} printable ASCII characters."
        )
    return key


def preferred_wait(request: Request, longest_seconds: float) -> float | None:
    """Read ``Prefer: wait=<seconds>``: how long the partner will wait for the answer (RFC 7240).

    Of several, in one header or in many, the first counts; one that is no whole number of seconds is
    passed over, as the RFC has it of every preference that is not understood.

    Args:
        longest_seconds: The longest wait there is; who prefers more gets this.

    Returns:
        Seconds, or None when nothing is preferred.
    """
    for header in request.headers.getlist("prefer"):
        for preference in _LISTED.findall(header):
            text = preference.strip(_BLANKS)
            if _HAS_WAIT.fullmatch(text):
                found = _WAIT.fullmatch(text)
                return min(float(found[1] or found[2]), longest_seconds) if found else None
    return None


async def _booking_id(request: Request, booking_id: str) -> str:
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
    if not 0 < len(booking_id) <= MAX_BOOKING_ID_CHARACTERS or _NO_ID.search(booking_id):
        raise BookingNotFound
    return booking_id


BookingId = Annotated[str, Depends(_booking_id)]
"""The booking's id in the path, as a parameter of an endpoint whose path names ``{booking_id}``."""
