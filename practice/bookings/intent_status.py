"""How a request stands in the ledger, and the right to work on it."""

from dataclasses import dataclass

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
from practice.records.bookings import BookingIntent

STORED_ERRORS: dict[str, type[PracticeError]] = {
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
    """A request's row as it was last read or written, and what came of it, maybe ``stored`` earlier."""

    intent: BookingIntent
    answer: PartnerResponse | None = None
    error: PracticeError | None = None
    stored: bool = False

    @property
    def state(self) -> str:
        """The row's state."""
        return self.intent.state


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to ask the platform: a pending row that is ours until its lease ends.

    Attributes:
        intent: Its request is the row's own, which may be an earlier one; ``in_doubt`` says whether an
            earlier attempt may have reached the platform, ``attempts`` includes the one to come.
    """

    intent: BookingIntent


def stored_status(intent: BookingIntent) -> IntentStatus:
    """Read the outcome that a row keeps."""
    if intent.state == "pending":
        return IntentStatus(intent, stored=True)
    if intent.answer_status is not None and intent.answer_body is not None:
        return IntentStatus(intent, PartnerResponse(intent.answer_status, intent.answer_body), stored=True)
    error = intent.answer_code and STORED_ERRORS.get(intent.answer_code, WebhookFailed)()
    return IntentStatus(intent, error=error or None, stored=True)
