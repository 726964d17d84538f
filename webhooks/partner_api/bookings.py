"""Availability and bookings: the two endpoints of the contract, and the extensions."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from contracts.partner import (
    AvailabilityAnswer,
    AvailabilitySearch,
    BookingAnswer,
    BookingRequest,
    CancelRequest,
    FoundBookings,
    LookupAnswer,
    LookupRequest,
    RescheduleRequest,
)
from contracts.partner_holds import HoldAnswer, HoldRequest
from practice.errors import (
    BookingCancelled,
    BookingNotFound,
    BookingPast,
    BotNotFound,
    IdempotencyKeyReused,
    InvalidRequest,
    MissingIdempotencyKey,
    NotDone,
    NotSupportedByPlatform,
    SlotPast,
    SlotUnavailable,
    WebhookNotConfigured,
)
from practice.partner_response import PartnerResponse
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected, Services
from webhooks.partner_api.auth import ReadsBookings, SearchesAvailability, WritesBookings
from webhooks.partner_api.errors import BODY, CALLER, PLATFORM, errors
from webhooks.partner_api.requests import BookingId, BotInQuery, IdempotencyKey, PreferredWait
from webhooks.partner_api.responses import answered

contract = APIRouter(route_class=BodyRoute, tags=["Bookings"])
"""The two endpoints of the contract, which also answer without the version before their paths."""
router = APIRouter(route_class=BodyRoute, tags=["Bookings"])
"""The extensions."""

_REPLAY = ("Idempotency-Replayed", "Idempotency-Key-Mismatch")
_WAITED = ("Preference-Applied",)
_PENDING: dict[str, Any] = {
    "booking": {
        "id": "intent_01hkse4n1gf2nbrexx3vqjhp41",
        "status": "pending",
        "start_at": "2024-01-15T10:00:00Z",
        "end_at": "2024-01-15T10:30:00Z",
        "customer": {"phone": "+15551234567", "name": "John Doe"},
    }
}
_CANCELLED = {
    "booking": {**_PENDING["booking"], "id": "bkg_01h2xcejqtf2nbrexx3vqjhp41", "status": "cancelled"}
}
_UNDER_WAY = reply(
    "Under way: the platform has not answered within the wait that you prefer. Ask at `Location`, or repeat"
    " the request with the same Idempotency-Key.",
    BookingAnswer,
    examples={"under way": _PENDING},
    headers=("Location", "Retry-After", *_WAITED),
)
_RELAYED = (*CALLER, *BODY, BotNotFound, WebhookNotConfigured, *PLATFORM)
_WRITTEN = (*_RELAYED, MissingIdempotencyKey, IdempotencyKeyReused)


@contract.post(
    "/availability/search",
    operation_id="searchAvailability",
    summary="Search available windows",
    responses={200: reply("The free windows.", AvailabilityAnswer), **errors(*_RELAYED)},
)
async def search_availability(
    services: Injected, access: SearchesAvailability, body: AvailabilitySearch
) -> Response:
    """Relayed to the bot's platform, which may add fields of its own.

    Every window takes any appointment that fits in it; cut it into start times yourself. `end_at` is
    exclusive; a bare date is a whole day of the practice's, and included. No window is an empty list.
    """
    bot = await access.get_bot(body.bot_id)
    return answered(await services.bookings.search(bot, body.query))


@contract.post(
    "/bookings",
    operation_id="createBooking",
    summary="Book an appointment",
    status_code=201,
    responses={
        200: reply("Booked before, under this key.", BookingAnswer, headers=_REPLAY + _WAITED),
        201: reply("Booked.", BookingAnswer, headers=_WAITED),
        202: _UNDER_WAY,
        **errors(*_WRITTEN, SlotUnavailable, SlotPast),
    },
)
async def create_booking(
    services: Injected, access: WritesBookings, key: IdempotencyKey, wait: PreferredWait, body: BookingRequest
) -> Response:
    """Relayed to the bot's platform, once for each Idempotency-Key.

    If the same key is used again, the original booking is returned, with `Idempotency-Replayed: true`; if the
    body is another one by then, also `Idempotency-Key-Mismatch: true`.

    A refusal, such as 409 `slot_unavailable`, is the platform's answer, and the key may be used for another
    try. After a 502, a 504 or a broken connection nobody knows yet: repeat with the same key until you have
    an answer.
    """
    bot = await access.get_bot(body.bot_id)
    answer = await services.bookings.book(bot, key, body.booking, wait_seconds=wait)
    return _leaving(services, answer, wait)


@router.post(
    "/bookings/search",
    operation_id="findBookings",
    summary="Find a patient's bookings",
    responses={200: reply("What is to come.", FoundBookings), **errors(*_RELAYED)},
)
async def find_bookings(services: Injected, access: ReadsBookings, body: LookupRequest) -> Response:
    """The bookings to come of whoever has a phone number, soonest first, at most ten.

    Of a platform outside, those are the appointment that its look-up names with an `id`, and what was booked
    through this bot. A caller's number proves little: say nothing of a booking to somebody who cannot name
    whose it is.
    """
    bot = await access.get_bot(body.bot_id)
    return answered(await services.bookings.upcoming.search(bot, body.customer))


@router.get(
    "/bookings/{booking_id}",
    operation_id="getBooking",
    summary="Get a booking",
    responses={
        200: reply("The booking.", BookingAnswer),
        202: reply(
            "Still under way.",
            BookingAnswer,
            examples={"under way": _PENDING},
            headers=("Location", "Retry-After"),
        ),
        **errors(
            *CALLER,
            InvalidRequest,
            BotNotFound,
            BookingNotFound,
            SlotUnavailable,
            NotDone,
            WebhookNotConfigured,
            *PLATFORM,
        ),
    },
)
async def get_booking(
    services: Injected, access: ReadsBookings, booking_id: BookingId, bot_id: BotInQuery
) -> Response:
    """The booking as it is now.

    The id of one that is under way (`intent_…`, from a 202) answers with the booking as soon as there is one,
    and with the platform's refusal if there is none.
    """
    named = bot_id or access.only_bot_id
    if named is not None:
        bot = await access.get_bot(named)
        return answered(await services.bookings.get_booking(bot.partner_id, booking_id, bot))
    partner_id = access.partner_id or ""
    # The bookings of a bot outlive it.
    located = await services.bots.find_bot(
        await services.bookings.locate(partner_id, booking_id), deleted=True
    )
    return answered(await services.bookings.get_booking(partner_id, booking_id, located))


@router.post(
    "/bookings/{booking_id}/cancel",
    operation_id="cancelBooking",
    summary="Cancel a booking",
    responses={
        200: reply(
            "Cancelled.", BookingAnswer, examples={"cancelled": _CANCELLED}, headers=_REPLAY + _WAITED
        ),
        202: _UNDER_WAY,
        **errors(*_WRITTEN, BookingNotFound, BookingPast, NotSupportedByPlatform),
    },
)
async def cancel_booking(
    services: Injected,
    access: WritesBookings,
    key: IdempotencyKey,
    wait: PreferredWait,
    booking_id: BookingId,
    body: CancelRequest,
) -> Response:
    """Relayed to the bot's platform, once for each Idempotency-Key.

    A booking that is cancelled already stays so.
    """
    bot = await access.get_bot(body.bot_id)
    answer = await services.bookings.cancel(bot, key, booking_id, body.cancellation, wait_seconds=wait)
    return _leaving(services, answer, wait)


@router.post(
    "/bookings/{booking_id}/reschedule",
    operation_id="rescheduleBooking",
    summary="Move a booking",
    responses={
        200: reply("Moved.", BookingAnswer, headers=_REPLAY + _WAITED),
        202: _UNDER_WAY,
        **errors(
            *_WRITTEN,
            BookingNotFound,
            SlotUnavailable,
            SlotPast,
            BookingCancelled,
            BookingPast,
            NotSupportedByPlatform,
        ),
    },
)
async def reschedule_booking(
    services: Injected,
    access: WritesBookings,
    key: IdempotencyKey,
    wait: PreferredWait,
    booking_id: BookingId,
    body: RescheduleRequest,
) -> Response:
    """Relayed to the bot's platform, once for each Idempotency-Key.

    The booking keeps its id, and its length unless you say another. Its old time is given up only when it has
    the new one.
    """
    bot = await access.get_bot(body.bot_id)
    answer = await services.bookings.reschedule(bot, key, booking_id, body.booking, wait_seconds=wait)
    return _leaving(services, answer, wait)


@router.post(
    "/slots/hold",
    operation_id="holdSlot",
    summary="Hold a time",
    status_code=201,
    responses={
        200: reply("Held before, under this key.", HoldAnswer, headers=_REPLAY),
        201: reply("Held.", HoldAnswer),
        **errors(*_WRITTEN, SlotUnavailable, SlotPast, NotSupportedByPlatform),
    },
)
async def hold_slot(
    services: Injected, access: WritesBookings, key: IdempotencyKey, body: HoldRequest
) -> Response:
    """Keeps a time free while your caller makes up their mind.

    Nobody else can book it until `expires_at`; book it with `booking.hold_id`. Of the embedded calendar
    alone: other platforms answer 501.
    """
    bot = await access.get_bot(body.bot_id)
    return answered(await services.bookings.hold(bot, key, body.slot, body.hold_seconds))


@router.post(
    "/customers/lookup",
    operation_id="lookupCustomer",
    summary="Look a customer up",
    tags=["Customers"],
    responses={200: reply("What is known.", LookupAnswer), **errors(*_RELAYED, NotSupportedByPlatform)},
)
async def lookup_customer(services: Injected, access: SearchesAvailability, body: LookupRequest) -> Response:
    """Whether the bot's platform knows a phone number, and the next appointment of whoever has it.

    Good for a greeting, not for telling anybody who they are: a caller's number proves nothing.
    """
    bot = await access.get_bot(body.bot_id)
    return answered(await services.bookings.lookup(bot, body.customer))


def _leaving(services: Services, answer: PartnerResponse, waited_seconds: float | None) -> Response:
    response = answered(answer, waited_seconds)
    services.faults.reach("door.answering")
    return response
