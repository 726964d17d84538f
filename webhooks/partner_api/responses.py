"""From the booking desk's answers to responses, with the headers that belong to them."""

import math
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from practice.partner_response import PartnerResponse

ACCEPTED = 202
ASK_AGAIN_SECONDS = 2
"""When to ask again how a booking stands that is under way."""


def answered(answer: PartnerResponse, waited_seconds: float | None = None) -> Response:
    """Turn an answer into a response.

    Args:
        answer: Status, body, and whether it was stored earlier.
        waited_seconds: The preferred wait that was honoured, if there was one.

    Returns:
        The response, with the replay headers of the contract. What is under way (202) says where and when
        to ask again; so does the platform's own 429.
    """
    headers = {}
    if answer.replayed:
        headers["Idempotency-Replayed"] = "true"
    if answer.mismatch:
        headers["Idempotency-Key-Mismatch"] = "true"
    if waited_seconds is not None:
        headers["Preference-Applied"] = f"wait={math.ceil(waited_seconds)}"
    if answer.retry_after:
        headers["Retry-After"] = str(math.ceil(answer.retry_after.total_seconds()))
    booking = answer.body.get("booking")
    if answer.status == ACCEPTED and isinstance(booking, dict):
        # A platform may answer 202 itself, and its ids may hold anything.
        headers["Location"] = f"/v1/bookings/{quote(str(booking['id']), safe='')}"
        headers["Retry-After"] = str(ASK_AGAIN_SECONDS)
    return JSONResponse(answer.body, answer.status, headers)
