"""How a key stands in the ledger, and the right to work on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from practice.bookings.command import Operation
from practice.errors import (
    BookingNotFound,
    NotDone,
    NotSupportedByPlatform,
    PracticeError,
    WebhookFailed,
    WebhookNotConfigured,
    WebhookRejected,
    WebhookTimeout,
    WebhookUnreachable,
)
from practice.partner_response import PartnerResponse

State = Literal["pending", "succeeded", "refused", "unknown"]

ERRORS: dict[str, type[PracticeError]] = {
    error.code: error
    for error in (
        BookingNotFound,
        NotDone,
        NotSupportedByPlatform,
        WebhookFailed,
        WebhookNotConfigured,
        WebhookRejected,
        WebhookTimeout,
        WebhookUnreachable,
    )
}


@dataclass(frozen=True, slots=True)
class IntentStatus:
    """How a key stands.

    Attributes:
        state: ``pending``, ``succeeded``, ``refused`` or ``unknown``.
        booking_id: Of which booking, or, after a success, which booking was made.
        request: What was asked for, as the platform is sent it.
        start: UTC; the time that the appointment takes or would take, if known.
        end: UTC, if known.
        answer: The platform's answer, when it gave one.
        error: Ours, when it gave none.
        stored: It was read from the ledger rather than just heard.
        given_up: Nobody goes on to find out what became of it.
    """

    state: State
    intent_id: str
    operation: Operation
    booking_id: str | None
    request: Mapping[str, Any]
    request_sha256: str
    start: datetime | None = None
    end: datetime | None = None
    answer: PartnerResponse | None = None
    error: PracticeError | None = None
    stored: bool = False
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to ask the platform.

    Attributes:
        standing: The row, pending. Its request is the row's own, which may be an earlier one.
        in_doubt: An earlier attempt may have reached the platform.
        attempts: The row's count of them, the one to come included.
    """

    owner: str
    key: str
    intent_status: IntentStatus
    in_doubt: bool
    attempts: int

    @property
    def intent_id(self) -> str:
        """The row."""
        return self.intent_status.intent_id

    @property
    def request(self) -> Mapping[str, Any]:
        """What to ask for."""
        return self.intent_status.request

    @property
    def request_sha256(self) -> str:
        """The request's fingerprint."""
        return self.intent_status.request_sha256


def intent_status_of(intent: Any) -> IntentStatus:
    """Read a row.

    Args:
        intent: The ledger's row, or as much of it as is read here.
    """
    answer = error = None
    if intent.state != "pending":
        if intent.answer_status is not None and intent.answer_body is not None:
            answer = PartnerResponse(intent.answer_status, intent.answer_body)
        elif intent.answer_code is not None:
            error = ERRORS.get(intent.answer_code, WebhookFailed)()
    return IntentStatus(
        intent.state,
        intent.id,
        intent.operation,
        intent.booking_id,
        intent.request,
        intent.request_sha256,
        intent.slot_start,
        intent.slot_end,
        answer,
        error,
        stored=True,
        given_up=intent.given_up_at is not None,
    )
