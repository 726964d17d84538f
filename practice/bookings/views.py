"""What a partner is told of a request."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contracts.partner_holds import Slot
from contracts.platform import ANYONE
from contracts.timestamps import timestamp
from practice.bookings.command import BookingCommand
from practice.bookings.intent_status import IntentStatus
from practice.bookings.ledger import check_same
from practice.errors import IdempotencyKeyReused, WebhookFailed, WebhookTimeout
from practice.partner_response import PartnerResponse
from practice.records.bookings import BookingIntent

OK, ACCEPTED = 200, 202


def respond(status: IntentStatus, command: BookingCommand, *, first: bool, strict: bool) -> PartnerResponse:
    """Tell what came of a request, or that it is under way.

    Args:
        command: What was asked for now, which may be something else than what the key was used for.
        strict: The partner wants a key refused that was used for something else.

    Returns:
        The platform's answer; of a success, 200 instead of its status and marked unless it is the first;
        202 with a booking whose id is the request's own, while it is pending.

    Raises:
        IdempotencyKeyReused: The key was used for another operation or booking; or, if strict, with
            another body.
    """
    check_same(status.intent, command)
    mismatch = status.intent.request_sha256 != command.sha256
    if mismatch and strict:
        raise IdempotencyKeyReused
    if status.state == "pending":
        return PartnerResponse(ACCEPTED, _under_way(status.intent), mismatch=mismatch)
    if status.answer is None:
        raise status.error or WebhookFailed(in_doubt=True)
    if status.state != "succeeded":
        return status.answer
    replayed = status.stored or not first
    return PartnerResponse(
        OK if replayed else status.answer.status, status.answer.body, replayed=replayed, mismatch=mismatch
    )


def outcome(status: IntentStatus) -> PartnerResponse:
    """Tell a poller how a request stands: 202 while there is someone to find out; or its refusal."""
    intent = status.intent
    if intent.state == "pending" or (intent.state == "unknown" and intent.given_up_at is None):
        return PartnerResponse(ACCEPTED, _under_way(intent))
    if status.answer is not None:
        return status.answer
    raise status.error or WebhookTimeout(in_doubt=True)


def recorded(intent: BookingIntent) -> PartnerResponse:
    """Tell how the ledger has a booking: 200 with it as the platform last described it."""
    return PartnerResponse(OK, {"booking": dict(intent.booking or {})})


def held(answer: PartnerResponse, slot: Slot, *, strict: bool) -> PartnerResponse:
    """Tell what came of the request to keep a time.

    Args:
        answer: The calendar's, whose 200 is the hold that the key made before.
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
    practitioner_id = slot.practitioner_id or None
    same = begins == slot.start_at and ends - begins == timedelta(minutes=slot.duration_minutes)
    mismatch = not same or practitioner_id not in {None, ANYONE, hold["practitioner"]["id"]}
    if mismatch and strict:
        raise IdempotencyKeyReused
    return replace(answer, replayed=True, mismatch=mismatch)


def asked_for(intent: BookingIntent, booking_id: str, status: str) -> dict[str, Any]:
    """Describe a booking by what was asked for, where no platform has described it."""
    booking: dict[str, Any] = {"id": booking_id, "status": status}
    for name, moment in (("start_at", intent.slot_start), ("end_at", intent.slot_end)):
        if moment is not None:
            booking[name] = timestamp(moment)
    customer = intent.request.get("customer")
    if isinstance(customer, dict):
        booking["customer"] = {name: customer[name] for name in ("phone", "name") if name in customer}
    return booking


def _under_way(intent: BookingIntent) -> dict[str, Any]:
    return {"booking": asked_for(intent, intent.id, "pending")}
