"""``availability/search`` and ``bookings``: the two endpoints of the contract."""

import re

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from practice.booking.answer import Answer
from practice.errors import MissingIdempotencyKey
from tools.contracts.partner import AvailabilityAnswer, AvailabilitySearch, BookingAnswer, BookingRequest
from webhooks.auth.partner import Access
from webhooks.dependencies import Doors, JsonBody, required_text
from webhooks.faults import invalid_request
from webhooks.openapi import described

MAX_KEY_CHARACTERS = 255
_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,3})(?:$|[,;\s])")

router = APIRouter(tags=["Partner API"])


@router.post("/availability/search", openapi_extra=described(AvailabilitySearch, AvailabilityAnswer))
async def search_availability(services: Doors, access: Access, body: JsonBody) -> Response:
    """Search a bot's platform for free windows."""
    bot = await access.get_bot(required_text(body, "bot_id"))
    return answered(await services.desk.search(bot, body))


@router.post("/bookings", openapi_extra=described(BookingRequest, BookingAnswer, idempotent=True))
async def create_booking(request: Request, services: Doors, access: Access, body: JsonBody) -> Response:
    """Book an appointment, once for each Idempotency-Key."""
    key = idempotency_key(request)
    bot = await access.get_bot(required_text(body, "bot_id"))
    return answered(await services.desk.book(bot, key, body, wait_seconds=_preferred_wait(request)))


def idempotency_key(request: Request) -> str:
    """Read the Idempotency-Key header.

    Args:
        request: The request.

    Returns:
        The key, at most 255 printable ASCII characters.

    Raises:
        MissingIdempotencyKey: It is missing or blank.
        Fault: It is too long, has other characters, or comes twice with different values (400).
    """
    keys = {value.strip() for value in request.headers.getlist("idempotency-key")}
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


def answered(answer: Answer) -> Response:
    """Turn the desk's answer into a response.

    Args:
        answer: Status, body, and whether it was stored earlier.

    Returns:
        The response, with the replay headers of the contract.
    """
    headers = {}
    if answer.replayed:
        headers["Idempotency-Replayed"] = "true"
    if answer.mismatch:
        headers["Idempotency-Key-Mismatch"] = "true"
    return JSONResponse(answer.body, answer.status, headers)


def _preferred_wait(request: Request) -> float | None:
    """Read ``Prefer: wait=<seconds>`` (RFC 7240): how long the partner will wait for the answer."""
    match = _WAIT.search(request.headers.get("prefer", ""))
    return float(match.group(1)) if match else None
