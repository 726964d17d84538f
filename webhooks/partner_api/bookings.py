"""Availability and bookings: the two endpoints of the contract, and what else callers ask for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from practice.partner_response import PartnerResponse
from webhooks.dependencies import Injected, JsonBody, Services, required_text
from webhooks.http_errors import invalid_request
from webhooks.partner_api.auth import ReadsBookings, SearchesAvailability, WritesBookings
from webhooks.partner_api.requests import BookingId, idempotency_key, preferred_wait
from webhooks.partner_api.responses import answered

contract = APIRouter()
"""The two endpoints of the contract, which also answer without the version before their paths."""
router = APIRouter()
"""What goes beyond it."""


@contract.post("/availability/search")
async def search_availability(services: Injected, access: SearchesAvailability, body: JsonBody) -> Response:
    """Search a bot's platform for free windows."""
    bot = await access.get_bot(required_text(body, "bot_id"))
    return answered(await services.bookings.search(bot, body))


@contract.post("/bookings")
async def create_booking(
    request: Request, services: Injected, access: WritesBookings, body: JsonBody
) -> Response:
    """Book an appointment, once for each Idempotency-Key."""
    key, wait = idempotency_key(request), _wait(request, services)
    bot = await access.get_bot(required_text(body, "bot_id"))
    return _leaving(services, await services.bookings.book(bot, key, body, wait_seconds=wait), wait)


@router.post("/bookings/search")
async def find_bookings(services: Injected, access: ReadsBookings, body: JsonBody) -> Response:
    """Find the bookings that a patient still has."""
    bot = await access.get_bot(required_text(body, "bot_id"))
    return answered(await services.bookings.upcoming.search(bot, body))


@router.get("/bookings/{booking_id}")
async def get_booking(
    request: Request, services: Injected, access: ReadsBookings, booking_id: BookingId
) -> Response:
    """Tell how a booking stands."""
    named = _bot_in_query(request) or access.only_bot_id
    if named is not None:
        bot = await access.get_bot(named)
        return answered(await services.bookings.get_booking(bot.partner_id, booking_id, bot))
    partner_id = access.partner_id or ""
    # The bookings of a bot outlive it.
    located = await services.bots.find_bot(
        await services.bookings.locate(partner_id, booking_id), deleted=True
    )
    return answered(await services.bookings.get_booking(partner_id, booking_id, located))


@router.post("/bookings/{booking_id}/cancel")
async def cancel_booking(
    request: Request, services: Injected, access: WritesBookings, booking_id: BookingId, body: JsonBody
) -> Response:
    """Cancel a booking, once for each Idempotency-Key."""
    key, wait = idempotency_key(request), _wait(request, services)
    bot = await access.get_bot(required_text(body, "bot_id"))
    answer = await services.bookings.cancel(bot, key, booking_id, body, wait_seconds=wait)
    return _leaving(services, answer, wait)


@router.post("/bookings/{booking_id}/reschedule")
async def reschedule_booking(
    request: Request, services: Injected, access: WritesBookings, booking_id: BookingId, body: JsonBody
) -> Response:
    """Move a booking to another time, once for each Idempotency-Key."""
    key, wait = idempotency_key(request), _wait(request, services)
    bot = await access.get_bot(required_text(body, "bot_id"))
    answer = await services.bookings.reschedule(bot, key, booking_id, body, wait_seconds=wait)
    return _leaving(services, answer, wait)


@router.post("/slots/hold")
async def hold_slot(request: Request, services: Injected, access: WritesBookings, body: JsonBody) -> Response:
    """Keep a time free for a while, once for each Idempotency-Key."""
    key = idempotency_key(request)
    bot = await access.get_bot(required_text(body, "bot_id"))
    return answered(await services.bookings.hold(bot, key, body))


@router.post("/customers/lookup")
async def lookup_customer(services: Injected, access: SearchesAvailability, body: JsonBody) -> Response:
    """Tell whether a phone number is a known customer's."""
    bot = await access.get_bot(required_text(body, "bot_id"))
    return answered(await services.bookings.lookup(bot, body))


def _wait(request: Request, services: Services) -> float | None:
    return preferred_wait(request, services.settings.relay.total_seconds)


def _leaving(services: Services, answer: PartnerResponse, waited_seconds: float | None) -> Response:
    response = answered(answer, waited_seconds)
    services.faults.reach("door.answering")
    return response


def _bot_in_query(request: Request) -> str | None:
    """Read which bot the query names, if it names one."""
    named = set(request.query_params.getlist("bot_id"))
    if len(named) > 1 or any(not one.strip() for one in named):
        raise invalid_request("bot_id in the query must name one bot.")
    return named.pop() if named else None
