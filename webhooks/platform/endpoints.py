"""``/platform/{account_id}``: the embedded calendar behind the signed webhook protocol."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from contracts.platform_signature import ACCOUNT_HEADER, SIGNATURE_HEADER, SignatureInvalid, verify
from practice.errors import InvalidPayload, InvalidSignature
from practice.platforms.secrets import platform_secret
from webhooks.dependencies import Injected, services_of
from webhooks.json_body import JsonInvalid, parse_json

router = APIRouter(prefix="/platform/{account_id}", tags=["Platform"], include_in_schema=False)


async def _signed_body(account_id: str, request: Request) -> dict[str, Any]:
    """Read a body whose signature is good; nothing of it is looked at before."""
    services = services_of(request)
    raw = await request.body()
    secret = platform_secret(services.keyring, account_id)
    try:
        verify(raw, request.headers.get(SIGNATURE_HEADER), secret, services.wall_clock())
    except SignatureInvalid as error:
        raise InvalidSignature(str(error)) from error
    try:
        body = parse_json(raw)
    except JsonInvalid as error:
        raise InvalidPayload(f"{error}.") from error
    if not isinstance(body, dict):
        raise InvalidPayload("The payload must be a JSON object.")
    if body.get("account_id") != account_id or request.headers.get(ACCOUNT_HEADER) != account_id:
        raise InvalidPayload("account_id does not match.")
    return body


SignedBody = Annotated[dict[str, Any], Depends(_signed_body)]


@router.post("/customers/lookup")
async def lookup_customer(account_id: str, body: SignedBody, services: Injected) -> dict[str, Any]:
    """Tell whether a phone number is a known patient's."""
    return await services.calendar.lookup(account_id, body)


@router.post("/availability/search")
async def search_availability(account_id: str, body: SignedBody, services: Injected) -> dict[str, Any]:
    """Give the free windows of a span."""
    return await services.calendar.search(account_id, body)


@router.post("/bookings")
async def create_booking(account_id: str, body: SignedBody, services: Injected) -> JSONResponse:
    """Book an appointment, once for each idempotency key."""
    status, answer = await services.calendar.book(account_id, body)
    return JSONResponse(answer, status)


@router.post("/bookings/search")
async def find_bookings(account_id: str, body: SignedBody, services: Injected) -> dict[str, Any]:
    """Give the bookings that a phone number has to come."""
    return await services.calendar.find_bookings(account_id, body)


@router.post("/bookings/{booking_id:path}/get")
async def get_booking(
    account_id: str, booking_id: str, body: SignedBody, services: Injected
) -> dict[str, Any]:
    """Give a booking as it is now."""
    del body  # its signature is all that matters
    return await services.calendar.changes.get(account_id, booking_id)


@router.post("/bookings/{booking_id:path}/cancel")
async def cancel_booking(
    account_id: str, booking_id: str, body: SignedBody, services: Injected
) -> dict[str, Any]:
    """Cancel a booking, once for each idempotency key."""
    return await services.calendar.changes.cancel(account_id, booking_id, body)


@router.post("/bookings/{booking_id:path}/reschedule")
async def reschedule_booking(
    account_id: str, booking_id: str, body: SignedBody, services: Injected
) -> dict[str, Any]:
    """Move a booking, once for each idempotency key."""
    return await services.calendar.changes.reschedule(account_id, booking_id, body)


@router.post("/slots/hold")
async def hold_slot(account_id: str, body: SignedBody, services: Injected) -> JSONResponse:
    """Keep a time for a while, once for each idempotency key."""
    status, answer = await services.calendar.holds.hold(account_id, body)
    return JSONResponse(answer, status)
