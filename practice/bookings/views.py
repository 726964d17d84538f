"""What a partner is told of a key's standing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from practice.bookings.command import BookingCommand
from practice.bookings.intent_status import IntentStatus
from practice.calendar.requests import ANYONE
from practice.errors import IdempotencyKeyReused, WebhookFailed, WebhookTimeout
from practice.partner_response import PartnerResponse
from practice.records.bookings import BookingIntent

OK, ACCEPTED = 200, 202


def booked(
    intent_status: IntentStatus, wish: BookingCommand, *, first: bool, strict: bool
) -> PartnerResponse:
    """Tell what came of a request.

    Args:
        wish: What was asked for now, which may be something else than what the key stands for.
        strict: The partner wants a key refused that stands for something else.

    Returns:
        The platform's answer; of a success, 200 instead of its status and marked unless it is the first.

    Raises:
        IdempotencyKeyReused: The key stands for something else, and the partner is strict.
        PracticeError: What it failed with.
    """
    mismatch = _mismatch(intent_status, wish, strict=strict)
    if intent_status.answer is None:
        raise intent_status.error or WebhookFailed(in_doubt=True)
    if intent_status.state != "succeeded":
        return intent_status.answer
    replayed = intent_status.stored or not first
    status = OK if replayed else intent_status.answer.status
    return PartnerResponse(status, intent_status.answer.body, replayed=replayed, mismatch=mismatch)


def pending(intent_status: IntentStatus, wish: BookingCommand, *, strict: bool) -> PartnerResponse:
    """Tell that a request is under way.

    Args:
        strict: The partner wants a key refused that stands for something else.

    Returns:
        202 with a booking whose id is the request's own.

    Raises:
        IdempotencyKeyReused: The key stands for something else, and the partner is strict.
    """
    return PartnerResponse(
        ACCEPTED, _under_way(intent_status), mismatch=_mismatch(intent_status, wish, strict=strict)
    )


def outcome(intent_status: IntentStatus) -> PartnerResponse:
    """Tell how a request that has not succeeded stands.

    Returns:
        202 with a pending booking, as long as there is someone to find out; or the platform's refusal.

    Raises:
        PracticeError: What it failed with.
    """
    if intent_status.state == "pending" or (intent_status.state == "unknown" and not intent_status.given_up):
        return PartnerResponse(ACCEPTED, _under_way(intent_status))
    if intent_status.answer is not None:
        return intent_status.answer
    raise intent_status.error or WebhookTimeout(in_doubt=True)


def recorded(intent: BookingIntent) -> PartnerResponse:
    """Tell how the ledger has a booking.

    Returns:
        200 with the booking as the platform last described it.
    """
    return PartnerResponse(OK, {"booking": dict(intent.booking or {})})


def held(
    answer: PartnerResponse, slot: Mapping[str, Any], start: datetime, *, strict: bool
) -> PartnerResponse:
    """Tell what came of the request to keep a time.

    Args:
        answer: The calendar's, whose 200 is the hold that the key made before.
        slot: The contract's ``slot``, as it is asked for now.
        start: When that begins, aware.
        strict: The partner wants a key refused that stands for something else.

    Returns:
        The calendar's answer, marked if the key was used before, and if it was for another time.

    Raises:
        IdempotencyKeyReused: The key stands for something else, and the partner is strict.
    """
    if answer.status != OK:
        return answer
    hold = answer.body["hold"]
    begins, ends = (datetime.fromisoformat(hold[name]) for name in ("start_at", "end_at"))
    practitioner_id = slot.get("practitioner_id") or None
    same = begins == start and ends - begins == timedelta(minutes=slot["duration_minutes"])
    mismatch = not same or practitioner_id not in {None, ANYONE, hold["practitioner"]["id"]}
    if mismatch and strict:
        raise IdempotencyKeyReused
    return replace(answer, replayed=True, mismatch=mismatch)


def asked_for(intent_status: IntentStatus, booking_id: str, status: str) -> dict[str, Any]:
    """Describe a booking by what was asked for, where no platform has described it.

    Returns:
        The contract's ``booking``.
    """
    booking: dict[str, Any] = {"id": booking_id, "status": status}
    for name, moment in (("start_at", intent_status.start), ("end_at", intent_status.end)):
        if moment is not None:
            booking[name] = moment.isoformat().replace("+00:00", "Z")
    customer = intent_status.request.get("customer")
    if isinstance(customer, dict):
        booking["customer"] = {name: customer[name] for name in ("phone", "name") if name in customer}
    return booking


def _mismatch(intent_status: IntentStatus, wish: BookingCommand, *, strict: bool) -> bool:
    mismatch = intent_status.request_sha256 != wish.sha256
    if mismatch and strict:
        raise IdempotencyKeyReused
    return mismatch


def _under_way(intent_status: IntentStatus) -> dict[str, Any]:
    return {"booking": asked_for(intent_status, intent_status.intent_id, "pending")}
