"""What became of a request to book, cancel or move: read from the endpoint's answers, good and bad."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Generic, TypeVar
from urllib.parse import unquote, urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from contracts.partner import Booking, BookingAnswer, BookingState, ChangeState
from tools.clients.upstream import json_of
from tools.errors import (
    UpstreamDown,
    UpstreamError,
    UpstreamRefused,
    UpstreamResponseInvalid,
)

BOOKED = ("confirmed", "accepted")
"""Statuses that mean the appointment stands: the contract's and the platforms'."""
CANCELLED = ("cancelled", "canceled")
"""Statuses that mean it does not, in both spellings."""

NOT_TAKEN = "not_taken"
"""Code of a request that never reached whoever would carry it out: it is not done, and will not be."""

_Model = TypeVar("_Model", bound=BaseModel)


_State = TypeVar("_State", bound=str)


@dataclass(frozen=True)
class Outcome(Generic[_State]):
    """What became of a request to book, cancel or move.

    Attributes:
        state: ``booked`` or ``done`` only when the endpoint said so, and for the very time that was asked.
        code: The endpoint's code when it is not done.
        message: What happened, for logs and staff, not for the caller; without personal data.
        pending_id: What to ask ``get_booking`` for while it is pending.
    """

    state: _State
    booking: Booking | None = None
    code: str | None = None
    message: str | None = None
    pending_id: str | None = None

    @property
    def is_unanswered(self) -> bool:
        """Whether it is under way, so that it may be done by now; else somebody has yet to confirm it."""
        return self.state == "pending" and (self.pending_id is not None or self.code == "in_progress")


BookingOutcome = Outcome[BookingState]
ChangeOutcome = Outcome[ChangeState]


def parsed(model: type[_Model], body: object) -> _Model:
    """Read an answer's body; UpstreamResponseInvalid names the fields that do not fit, not what they hold."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
        raise UpstreamResponseInvalid(f"the answer does not fit the contract at {fields}") from None


def booking_outcome(response: httpx.Response, start: datetime) -> BookingOutcome:
    """Read what became of a booking from an answer below 300."""
    if response.status_code == HTTPStatus.ACCEPTED:
        return BookingOutcome("pending", code="pending", pending_id=_under_way(response))
    try:
        booking = parsed(BookingAnswer, json_of(response)).booking
    except UpstreamResponseInvalid as error:
        return BookingOutcome("unknown", code=error.code, message=str(error))
    if booking.start_at != start:
        # Some platforms replay whatever the key was first used for.
        return BookingOutcome("unknown", booking, "other_time", "the answer is for another time")
    if booking.status in BOOKED:
        return BookingOutcome("booked", booking)
    if booking.status == "pending":
        return BookingOutcome("pending", booking, "pending")
    return BookingOutcome("refused", booking, booking.status[:64], "the booking does not stand")


def booking_failure(error: UpstreamError) -> BookingOutcome:
    """Read what became of a booking from what went wrong."""
    if is_not_taken(error):
        return BookingOutcome("refused", code=NOT_TAKEN, message=str(error))
    if not isinstance(error, UpstreamRefused):
        return BookingOutcome("unknown", code=error.code, message=str(error))
    if error.code == "in_progress":
        return BookingOutcome("pending", code=error.code, message=str(error))
    if error.after_unclear:
        # An earlier try may have been carried out, and this refusal be about that very booking.
        return BookingOutcome("unknown", code=error.code, message=str(error))
    return BookingOutcome("taken" if _is_taken(error) else "refused", code=error.code, message=str(error))


def is_not_taken(error: UpstreamError) -> bool:
    """Tell whether no try of a request reached whoever would carry it out."""
    return error.nothing_done and not error.after_unclear and not isinstance(error, UpstreamRefused)


def change_outcome(response: httpx.Response, happened: Callable[[Booking], bool]) -> ChangeOutcome:
    """Read what became of a change; ``happened`` tells whether a booking is as it was wanted."""
    if response.status_code == HTTPStatus.ACCEPTED:
        return ChangeOutcome("pending", code="pending", pending_id=_under_way(response))
    try:
        booking = parsed(BookingAnswer, json_of(response)).booking
    except UpstreamResponseInvalid as error:
        return ChangeOutcome("unknown", code=error.code, message=str(error))
    if happened(booking):
        return ChangeOutcome("done", booking)
    return ChangeOutcome("unknown", booking, "not_changed", "the answer shows the booking unchanged")


def change_failure(error: UpstreamError) -> ChangeOutcome:
    """Read what became of a change from what went wrong."""
    state: ChangeState = "unknown"
    if is_not_taken(error):
        return ChangeOutcome("refused", code=NOT_TAKEN, message=str(error))
    if isinstance(error, UpstreamDown) and error.status == HTTPStatus.NOT_IMPLEMENTED:
        state = "unsupported"
    elif isinstance(error, UpstreamRefused) and error.code == "in_progress":
        state = "pending"
    elif isinstance(error, UpstreamRefused) and not error.after_unclear:
        if error.code == "booking_not_found":
            state = "not_found"
        else:
            state = "taken" if error.code in ("slot_unavailable", "slot_past") else "refused"
    return ChangeOutcome(state, code=error.code, message=str(error))


def _is_taken(error: UpstreamRefused) -> bool:
    return error.status in {HTTPStatus.CONFLICT, HTTPStatus.GONE} and not error.code.startswith("idempotency")


def _under_way(response: httpx.Response) -> str | None:
    """Read from a 202 what to ask for; older servers do not say."""
    location = response.headers.get("location", "")
    return unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2]) or None
