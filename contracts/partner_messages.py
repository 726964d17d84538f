"""The bodies of messages that callers leave for a practice's staff: an extension of the Partner API."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from contracts.partner import BOT, LONGEST_NAME, LONGEST_PHONE, BotId
from contracts.types import NotBlank, Wire, examples

MessageKind = Literal["message", "voicemail", "booking_in_doubt", "waiting_list", "text"]
MessageUrgency = Literal["routine", "urgent", "emergency"]
MessageState = Literal["new", "seen", "done"]


class MessageCustomer(Wire):
    """Who left a message, as far as they said."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    phone: Annotated[str, Field(max_length=LONGEST_PHONE)] | None = None


class StaffMessage(Wire):
    """A message for the practice's staff."""

    text: Annotated[str, Field(max_length=4000), NotBlank()]
    customer: MessageCustomer | None = None
    kind: MessageKind = "message"
    urgency: MessageUrgency = "routine"


class StaffMessageRequest(Wire):
    """The body of ``POST /v1/messages``."""

    model_config = examples(
        {
            "bot_id": BOT,
            "message": {
                "customer": {"name": "John Doe", "phone": "+15551234567"},
                "text": "Please call me back.",
            },
        }
    )

    bot_id: BotId
    message: StaffMessage


class StaffMessageReceipt(Wire):
    """That a message for staff was kept."""

    id: str
    created_at: AwareDatetime | None = None
    reaches_somebody: bool = True
    """Whether anybody reads such messages: somebody logs in, or they are sent to somebody."""


class StaffMessageAnswer(Wire):
    """The answer to a message for staff."""

    model_config = examples(
        {
            "message": {
                "id": "msg_01hkse4n1gf2nbrexx3vqjhp41",
                "created_at": "2024-01-10T14:30:00Z",
                "reaches_somebody": True,
            }
        }
    )

    message: StaffMessageReceipt


_MESSAGE = {
    "id": "msg_01hkse4n1gf2nbrexx3vqjhp41",
    "bot_id": BOT,
    "kind": "message",
    "urgency": "urgent",
    "state": "new",
    "text": "Please call me back.",
    "customer": {"name": "John Doe", "phone": "+15551234567"},
    "has_recording": False,
    "created_at": "2024-01-10T14:30:00Z",
}
INBOX_EXAMPLE = {"messages": [_MESSAGE]}


class InboxMessage(Wire):
    """A message as the inbox shows it."""

    model_config = examples(_MESSAGE)

    id: str
    bot_id: str
    kind: MessageKind
    urgency: MessageUrgency
    state: MessageState
    text: str
    customer: MessageCustomer
    call_id: str | None = None
    """The phone call in which it was left."""
    has_recording: bool = False
    """Its sound is kept here."""
    created_at: AwareDatetime
    seen_at: AwareDatetime | None = None
    seen_by: str | None = None
    done_at: AwareDatetime | None = None
    done_by: str | None = None


class InboxPage(Wire):
    """A page of messages: what is open first, and of that what is urgent; newest first."""

    model_config = examples(INBOX_EXAMPLE)

    messages: list[InboxMessage]
    next_page: str | None = None
    """To be given as `page`; null after the last."""


class MessageChange(Wire):
    """What becomes of a message."""

    model_config = examples({"state": "done"})

    state: MessageState
