"""The practice's errors: one root, each subclass fixes code, HTTP status and message."""

from datetime import timedelta
from typing import Any, ClassVar


class PracticeError(Exception):
    """Something the practice refuses or cannot do; ``body``, where it is set, is passed on verbatim."""

    code: ClassVar[str] = "internal_error"
    status: int = 500
    default_message: ClassVar[str] = "Something went wrong."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default_message
        self.body: dict[str, Any] | None = None
        super().__init__(self.message)

    def __init_subclass__(
        cls, code: str | None = None, status: int | None = None, says: str | None = None
    ) -> None:
        """Fix what is given; the rest is the parent's."""
        super().__init_subclass__()
        cls.code, cls.status = code or cls.code, status or cls.status
        cls.default_message = says or cls.default_message


class NotFound(PracticeError, status=404):
    """Something is not there, or not for whoever asks."""


class Conflict(PracticeError, status=409):
    """Something is in the way as things stand now."""


class InvalidRequest(PracticeError, code="invalid_request", status=400, says="The request is not valid."):
    """The request's content does not fit the contract."""


class MissingIdempotencyKey(
    PracticeError, code="missing_idempotency_key", status=400, says="The Idempotency-Key header is required."
):
    """A booking came without the header that makes it safe to repeat."""


class InvalidApiKey(
    PracticeError, code="invalid_api_key", status=401, says="The API key is missing or not valid."
):
    """The bearer key is missing, malformed, unknown or revoked."""


class BotNotFound(NotFound, code="bot_not_found", says="No such bot."):
    """No such bot, or another partner's: the two look alike so that ids cannot be guessed at."""


class InsufficientScope(
    PracticeError, code="insufficient_scope", status=403, says="This API key may not do that."
):
    """The key is good, but not for this."""


class RateLimited(
    PracticeError,
    code="rate_limited",
    status=429,
    says="Too many requests. Wait as long as the Retry-After header says.",
):
    """The key asks too much in too short a time; a door rounds its seconds up for ``Retry-After``."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class BookingNotFound(NotFound, code="booking_not_found", says="No such booking."):
    """No such booking, or another partner's."""


class BookingCancelled(Conflict, code="booking_cancelled", says="That booking is cancelled."):
    """The booking is cancelled, and what is cancelled is not moved."""


class BookingPast(Conflict, code="booking_past", says="That booking is in the past."):
    """The appointment has begun or is over."""


class NotSupportedByPlatform(
    PracticeError,
    code="not_supported_by_platform",
    status=501,
    says="The booking platform does not support this.",
):
    """The platform has no such path."""


class PhoneNumberTaken(Conflict, code="phone_number_taken", says="A phone number belongs to another bot."):
    """A phone number is answered by another bot already."""


class PhoneNumberNotGranted(
    PracticeError, code="phone_number_not_granted", status=403, says="A phone number was not granted to you."
):
    """The operator grants numbers, and has not granted this one."""


class PartnerNotFound(NotFound, code="partner_not_found", says="No such partner."):
    """No such partner."""


class KeyNotFound(NotFound, code="key_not_found", says="No such key."):
    """No such partner key."""


class InvalidClient(
    PracticeError,
    code="invalid_client",
    status=401,
    says="The client is not known, or its secret is another one.",
):
    """No such client, or another secret."""


class ClientNotFound(NotFound, code="client_not_found", says="No such client."):
    """No such client."""


class InvalidField(InvalidRequest):
    """A field's value does not fit."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class RouteNotFound(NotFound, code="route_not_found", says="No such route."):
    """No such route of this assistant."""


class ToolNotFound(NotFound, code="tool_not_found", says="No such tool."):
    """No such tool."""


class RemoteApiNotFound(NotFound, code="api_not_found", says="No such API."):
    """No such remote API."""


class RemoteApiFailed(PracticeError, code="api_failed", status=502, says="The API did not answer."):
    """A remote API did not answer, or may not be reached."""


class VersionNotFound(NotFound, code="version_not_found", says="No such version of the assistant"):
    """The assistant never had this version."""


class BlockNotFound(NotFound, code="block_not_found", says="No such block of time."):
    """No such block of time."""


class ChangedMeanwhile(
    Conflict,
    code="changed_meanwhile",
    says="Somebody else has changed this since you opened it. Nothing of theirs was overwritten.",
):
    """Somebody else has changed it since it was read by who wants to change it; nothing was overwritten."""


class IdempotencyKeyReused(
    Conflict, code="idempotency_key_reused", says="This Idempotency-Key was used for a different request."
):
    """The key was used for another request, and this partner wants that refused."""


class NotDone(
    Conflict,
    code="not_done",
    says="The practice found that this was not done. The Idempotency-Key may be used again.",
):
    """The platform never said what became of a request, and the practice's people found nothing done."""


class WebhookNotConfigured(
    PracticeError,
    code="webhook_not_configured",
    status=422,
    says="No booking platform is configured for this bot.",
):
    """The bot has no platform to relay to."""


class WebhookError(PracticeError, status=502):
    """The platform gave no usable answer; in doubt, it may have acted: only the same key will tell."""

    def __init__(self, message: str | None = None, *, in_doubt: bool = False) -> None:
        super().__init__(message)
        self.in_doubt = in_doubt
        self.retry_after = timedelta(0)


class WebhookRejected(
    WebhookError, code="webhook_rejected", says="The booking platform rejected the request's signature."
):
    """The platform did not accept our signature."""


class WebhookUnreachable(
    WebhookError, code="webhook_unreachable", says="The booking platform could not be reached."
):
    """No connection to the platform, or it was cut."""


class WebhookFailed(
    WebhookError, code="webhook_error", says="The booking platform failed to answer properly."
):
    """The platform answered with a failure of its own or something that is no answer."""


class WebhookTimeout(
    WebhookError,
    code="webhook_timeout",
    status=504,
    says="The booking platform did not answer in time. Repeat with the same Idempotency-Key.",
):
    """The platform did not answer in time; whether it booked is not known."""


class InvalidSignature(
    PracticeError, code="invalid_signature", status=401, says="The signature is not valid."
):
    """A platform request's signature is missing, malformed, wrong or stale."""


class InvalidPayload(PracticeError, code="invalid_payload", status=400, says="The payload is not valid."):
    """A platform request's content does not fit the protocol."""


class AccountNotFound(NotFound, code="account_not_found", says="No such account."):
    """The embedded calendar keeps no such account."""


class SlotUnavailable(Conflict, code="slot_unavailable", says="That time is not available."):
    """The time is not free, not open, too soon or too far away."""


class SlotPast(SlotUnavailable, code="slot_past", says="That time is in the past."):
    """The time is past."""


class SiteNotFound(NotFound, code="site_not_found", says="Site not found"):
    """No such site."""


class AssistantNotFound(NotFound, code="assistant_not_found", says="Site assistant not found"):
    """No such assistant at this site."""


class FileNotFound(NotFound, code="file_not_found", says="Assistant file not found"):
    """No such file of this assistant."""


class FileRefused(PracticeError, code="file_refused", status=400, says="The file cannot be used."):
    """No text can be taken out of an uploaded file; the message says why and what to do about it."""


class FileReaderUnavailable(
    PracticeError, code="unavailable", status=503, says="The file cannot be read just now. Try again."
):
    """The process that reads files did not start; the file may be good."""


class CallNotFound(NotFound, code="call_not_found", says="No such call."):
    """No such call."""


class CallTakenOver(Conflict, code="call_taken_over", says="Another connection leads this call."):
    """Another media connection leads the call now."""


class ThreadNotFound(NotFound, code="thread_not_found", says="No such thread."):
    """No such thread."""


class WrongPassword(PracticeError, code="unauthorized", status=401, says="Unauthorized"):
    """E-mail and password do not belong together; which of the two was wrong is not said."""

    staff_id: str | None = None
    """Whose password it is not, for the audit log; None where nobody has the address."""


class WrongCode(
    PracticeError,
    code="unauthorized",
    status=401,
    says="The code is not right, or was used. Wait for the next one.",
):
    """A code of a second factor that is not right, is too old, or was used."""


class CodeNeeded(
    PracticeError,
    code="code_needed",
    status=403,
    says="A code of your authenticator is needed: send it as code.",
):
    """The password is right; a code of the person's authenticator is needed too."""


class PracticeNotFound(
    NotFound,
    code="practice_not_found",
    says="No such practice; chairside practice list shows those that are there.",
):
    """No such practice."""


class StaffNotFound(
    NotFound,
    code="staff_not_found",
    says="Nobody of the staff has this address; chairside staff list shows who is there.",
):
    """No such member of staff."""


class MessageNotFound(NotFound, code="message_not_found", says="No such message."):
    """No such message, or of a site that is not the caller's."""


class RecordingNotFound(NotFound, code="recording_not_found", says="No recording of this message is kept."):
    """The message was not spoken, or its sound is not kept: not yet, or not any more."""


class StaffExists(Conflict, code="staff_exists", says="Somebody of the staff has this address already."):
    """Somebody of the staff has this address."""


class StaffSessionNotFound(
    NotFound,
    code="session_not_found",
    says="No such session; chairside staff sessions shows those that there are.",
):
    """Nobody is logged in under this id."""


class LinkInvalid(
    NotFound,
    code="link_invalid",
    says="This link was used or is too old. Ask for a new one: chairside staff passwd.",
):
    """A one-time link that was used, replaced, or is too old."""
