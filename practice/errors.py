"""The practice's errors: one root, each subclass fixes code, HTTP status and message."""

from datetime import timedelta
from typing import Any, ClassVar


class PracticeError(Exception):
    """Something the practice refuses or cannot do; a door turns it into its vendor's shape.

    Args:
        message: A sentence for the caller of the endpoint; the class has one of its own.

    Attributes:
        body: A body to pass on verbatim instead of one made of code and message, or None.
    """

    code: ClassVar[str] = "internal_error"
    status: int = 500
    default_message: ClassVar[str] = "Something went wrong."

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.default_message
        self.body: dict[str, Any] | None = None
        super().__init__(self.message)


class InvalidRequest(PracticeError):
    """The request's content does not fit the contract."""

    code = "invalid_request"
    status = 400
    default_message = "The request is not valid."


class MissingIdempotencyKey(PracticeError):
    """A booking came without the header that makes it safe to repeat."""

    code = "missing_idempotency_key"
    status = 400
    default_message = "The Idempotency-Key header is required."


class InvalidApiKey(PracticeError):
    """The bearer key is missing, malformed, unknown or revoked."""

    code = "invalid_api_key"
    status = 401
    default_message = "The API key is missing or not valid."


class BotNotFound(PracticeError):
    """No such bot, or another partner's: the two look alike so that ids cannot be guessed at."""

    code = "bot_not_found"
    status = 404
    default_message = "No such bot."


class InsufficientScope(PracticeError):
    """The key is good, but not for this."""

    code = "insufficient_scope"
    status = 403
    default_message = "This API key may not do that."


class RateLimited(PracticeError):
    """The key asks too much in too short a time.

    Args:
        retry_after_seconds: When it may ask again; a door puts it in ``Retry-After``, rounded up.
    """

    code = "rate_limited"
    status = 429
    default_message = "Too many requests. Wait as long as the Retry-After header says."

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class BookingNotFound(PracticeError):
    """No such booking, or another partner's."""

    code = "booking_not_found"
    status = 404
    default_message = "No such booking."


class BookingCancelled(PracticeError):
    """The booking is cancelled, and what is cancelled is not moved."""

    code = "booking_cancelled"
    status = 409
    default_message = "That booking is cancelled."


class BookingPast(PracticeError):
    """The appointment has begun or is over."""

    code = "booking_past"
    status = 409
    default_message = "That booking is in the past."


class NotSupportedByPlatform(PracticeError):
    """The platform has no such path."""

    code = "not_supported_by_platform"
    status = 501
    default_message = "The booking platform does not support this."


class PhoneNumberTaken(PracticeError):
    """A phone number is answered by another bot already."""

    code = "phone_number_taken"
    status = 409
    default_message = "A phone number belongs to another bot."


class PhoneNumberNotGranted(PracticeError):
    """The operator grants numbers, and has not granted this one."""

    code = "phone_number_not_granted"
    status = 403
    default_message = "A phone number was not granted to you."


class PartnerNotFound(PracticeError):
    """No such partner."""

    code = "partner_not_found"
    status = 404
    default_message = "No such partner."


class KeyNotFound(PracticeError):
    """No such partner key."""

    code = "key_not_found"
    status = 404
    default_message = "No such key."


class InvalidClient(PracticeError):
    """No such client, or another secret."""

    code = "invalid_client"
    status = 401
    default_message = "The client is not known, or its secret is another one."


class ClientNotFound(PracticeError):
    """No such client."""

    code = "client_not_found"
    status = 404
    default_message = "No such client."


class InvalidField(InvalidRequest):
    """A field's value does not fit."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class RouteNotFound(PracticeError):
    """No such route of this assistant."""

    code = "route_not_found"
    status = 404
    default_message = "No such route."


class ToolNotFound(PracticeError):
    """No such tool."""

    code = "tool_not_found"
    status = 404
    default_message = "No such tool."


class RemoteApiNotFound(PracticeError):
    """No such remote API."""

    code = "api_not_found"
    status = 404
    default_message = "No such API."


class RemoteApiFailed(PracticeError):
    """A remote API did not answer, or may not be reached."""

    code = "api_failed"
    status = 502
    default_message = "The API did not answer."


class VersionNotFound(PracticeError):
    """The assistant never had this version."""

    code = "version_not_found"
    status = 404
    default_message = "No such version of the assistant"


class BlockNotFound(PracticeError):
    """No such block of time."""

    code = "block_not_found"
    status = 404
    default_message = "No such block of time."


class ChangedMeanwhile(PracticeError):
    """Somebody else has changed it since it was read by who wants to change it; nothing was overwritten."""

    code = "changed_meanwhile"
    status = 409
    default_message = "Somebody else has changed this since you opened it. Nothing of theirs was overwritten."


class IdempotencyKeyReused(PracticeError):
    """The key was used for another request, and this partner wants that refused."""

    code = "idempotency_key_reused"
    status = 409
    default_message = "This Idempotency-Key was used for a different request."


class NotDone(PracticeError):
    """The platform never said what became of a request, and the practice's people found nothing done."""

    code = "not_done"
    status = 409
    default_message = "The practice found that this was not done. The Idempotency-Key may be used again."


class WebhookNotConfigured(PracticeError):
    """The bot has no platform to relay to."""

    code = "webhook_not_configured"
    status = 422
    default_message = "No booking platform is configured for this bot."


class WebhookError(PracticeError):
    """The platform gave no usable answer.

    Args:
        in_doubt: The platform may have booked nonetheless: only the same key again will tell.

    Attributes:
        retry_after: The platform asked us to wait that long.
    """

    status = 502

    def __init__(self, message: str | None = None, *, in_doubt: bool = False) -> None:
        super().__init__(message)
        self.in_doubt = in_doubt
        self.retry_after = timedelta(0)


class WebhookRejected(WebhookError):
    """The platform did not accept our signature."""

    code = "webhook_rejected"
    default_message = "The booking platform rejected the request's signature."


class WebhookUnreachable(WebhookError):
    """No connection to the platform, or it was cut."""

    code = "webhook_unreachable"
    default_message = "The booking platform could not be reached."


class WebhookFailed(WebhookError):
    """The platform answered with a failure of its own or something that is no answer."""

    code = "webhook_error"
    default_message = "The booking platform failed to answer properly."


class WebhookTimeout(WebhookError):
    """The platform did not answer in time; whether it booked is not known."""

    code = "webhook_timeout"
    status = 504
    default_message = "The booking platform did not answer in time. Repeat with the same Idempotency-Key."


class InvalidSignature(PracticeError):
    """A platform request's signature is missing, malformed, wrong or stale."""

    code = "invalid_signature"
    status = 401
    default_message = "The signature is not valid."


class InvalidPayload(PracticeError):
    """A platform request's content does not fit the protocol."""

    code = "invalid_payload"
    status = 400
    default_message = "The payload is not valid."


class AccountNotFound(PracticeError):
    """The embedded calendar keeps no such account."""

    code = "account_not_found"
    status = 404
    default_message = "No such account."


class SlotUnavailable(PracticeError):
    """The time is not free, not open, too soon or too far away."""

    code = "slot_unavailable"
    status = 409
    default_message = "That time is not available."


class SlotPast(SlotUnavailable):
    """The time is past."""

    code = "slot_past"
    default_message = "That time is in the past."


class SiteNotFound(PracticeError):
    """No such site."""

    code = "site_not_found"
    status = 404
    default_message = "Site not found"


class AssistantNotFound(PracticeError):
    """No such assistant at this site."""

    code = "assistant_not_found"
    status = 404
    default_message = "Site assistant not found"


class FileNotFound(PracticeError):
    """No such file of this assistant."""

    code = "file_not_found"
    status = 404
    default_message = "Assistant file not found"


class FileRefused(PracticeError):
    """No text can be taken out of an uploaded file; the message says why and what to do about it."""

    code = "file_refused"
    status = 400
    default_message = "The file cannot be used."


class FileReaderUnavailable(PracticeError):
    """The process that reads files did not start; the file may be good."""

    code = "unavailable"
    status = 503
    default_message = "The file cannot be read just now. Try again."


class CallNotFound(PracticeError):
    """No such call."""

    code = "call_not_found"
    status = 404
    default_message = "No such call."


class CallTakenOver(PracticeError):
    """Another media connection leads the call now."""

    code = "call_taken_over"
    status = 409
    default_message = "Another connection leads this call."


class ThreadNotFound(PracticeError):
    """No such thread."""

    code = "thread_not_found"
    status = 404
    default_message = "No such thread."


class WrongPassword(PracticeError):
    """E-mail and password do not belong together; which of the two was wrong is not said."""

    code = "unauthorized"
    status = 401
    default_message = "Unauthorized"
    staff_id: str | None = None
    """Whose password it is not, for the audit log; None where nobody has the address."""


class WrongCode(PracticeError):
    """A code of a second factor that is not right, is too old, or was used."""

    code = "unauthorized"
    status = 401
    default_message = "The code is not right, or was used. Wait for the next one."


class CodeNeeded(PracticeError):
    """The password is right; a code of the person's authenticator is needed too."""

    code = "code_needed"
    status = 403
    default_message = "A code of your authenticator is needed: send it as code."


class PracticeNotFound(PracticeError):
    """No such practice."""

    code = "practice_not_found"
    status = 404
    default_message = "No such practice; chairside practice list shows those that are there."


class StaffNotFound(PracticeError):
    """No such member of staff."""

    code = "staff_not_found"
    status = 404
    default_message = "Nobody of the staff has this address; chairside staff list shows who is there."


class MessageNotFound(PracticeError):
    """No such message, or of a site that is not the caller's."""

    code = "message_not_found"
    status = 404
    default_message = "No such message."


class RecordingNotFound(PracticeError):
    """The message was not spoken, or its sound is not kept: not yet, or not any more."""

    code = "recording_not_found"
    status = 404
    default_message = "No recording of this message is kept."


class StaffExists(PracticeError):
    """Somebody of the staff has this address."""

    code = "staff_exists"
    status = 409
    default_message = "Somebody of the staff has this address already."


class StaffSessionNotFound(PracticeError):
    """Nobody is logged in under this id."""

    code = "session_not_found"
    status = 404
    default_message = "No such session; chairside staff sessions shows those that there are."


class LinkInvalid(PracticeError):
    """A one-time link that was used, replaced, or is too old."""

    code = "link_invalid"
    status = 404
    default_message = "This link was used or is too old. Ask for a new one: chairside staff passwd."
