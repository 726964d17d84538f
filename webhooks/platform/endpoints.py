"""``/platform/{account_id}``: the embedded calendar behind the signed webhook protocol."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from contracts.platform import (
    BookRequest,
    CancelRequest,
    FindRequest,
    HoldRequest,
    LookupRequest,
    MoveRequest,
    PlatformRequest,
    SearchRequest,
)
from contracts.platform_signature import ACCOUNT_HEADER, SIGNATURE_HEADER, SignatureInvalid, verify
from practice.errors import InvalidPayload, InvalidSignature
from practice.platforms.routing import platform_secret
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected, services_of
from webhooks.http_errors import HttpError, http_error_of
from webhooks.json_body import JsonInvalid, parse_json


async def _read_signed(request: Request) -> dict[str, Any]:
    """Read a body whose signature is good; nothing of it is looked at before.

    Raises:
        HttpError: The signature is not good (401), or it is no JSON object of the account's (400).
    """
    services, account_id = services_of(request), request.path_params["account_id"]
    raw = await request.body()
    secret = platform_secret(services.keyring, account_id)
    try:
        verify(raw, request.headers.get(SIGNATURE_HEADER), secret, services.wall_clock())
        body = parse_json(raw)
    except SignatureInvalid as error:
        raise http_error_of(InvalidSignature(str(error))) from error
    except JsonInvalid as error:
        raise _invalid(f"{error}.") from error
    if not isinstance(body, dict):
        raise _invalid("The payload must be a JSON object.")
    if body.get("account_id") != account_id or request.headers.get(ACCOUNT_HEADER) != account_id:
        raise _invalid("account_id does not match.")
    return body


def _invalid(message: str) -> HttpError:
    return http_error_of(InvalidPayload(message))


class SignedRoute(BodyRoute):
    """A route whose body is signed for the account in its path."""

    read = staticmethod(_read_signed)


router = APIRouter(
    prefix="/platform/{account_id}", tags=["Platform"], include_in_schema=False, route_class=SignedRoute
)


@router.post("/customers/lookup")
async def lookup_customer(account_id: str, body: LookupRequest, services: Injected) -> dict[str, Any]:
    """Tell whether a phone number is a known patient's."""
    return await services.calendar.lookup(account_id, body)


@router.post("/availability/search")
async def search_availability(account_id: str, body: SearchRequest, services: Injected) -> dict[str, Any]:
    """Give the free windows of a span."""
    return await services.calendar.search(account_id, body)


@router.post("/bookings")
async def create_booking(account_id: str, body: BookRequest, services: Injected) -> JSONResponse:
    """Book an appointment, once for each idempotency key."""
    status, answer = await services.calendar.book(account_id, body)
    return JSONResponse(answer, status)


@router.post("/bookings/search")
async def find_bookings(account_id: str, body: FindRequest, services: Injected) -> dict[str, Any]:
    """Give the bookings that a phone number has to come."""
    return await services.calendar.find_bookings(account_id, body)


@router.post("/bookings/{booking_id:path}/get")
async def get_booking(
    account_id: str, booking_id: str, _body: PlatformRequest, services: Injected
) -> dict[str, Any]:
    """Give a booking as it is now."""
    return await services.calendar.changes.get(account_id, booking_id)


@router.post("/bookings/{booking_id:path}/cancel")
async def cancel_booking(
    account_id: str, booking_id: str, body: CancelRequest, services: Injected
) -> dict[str, Any]:
    """Cancel a booking, once for each idempotency key."""
    return await services.calendar.changes.cancel(account_id, booking_id, body)


@router.post("/bookings/{booking_id:path}/reschedule")
async def reschedule_booking(
    account_id: str, booking_id: str, body: MoveRequest, services: Injected
) -> dict[str, Any]:
    """Move a booking, once for each idempotency key."""
    return await services.calendar.changes.reschedule(account_id, booking_id, body)


@router.post("/slots/hold")
async def hold_slot(account_id: str, body: HoldRequest, services: Injected) -> JSONResponse:
    """Keep a time for a while, once for each idempotency key."""
    status, answer = await services.calendar.holds.hold(account_id, body)
    return JSONResponse(answer, status)
