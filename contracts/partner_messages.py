"""The bodies of messages that callers leave for a practice's staff: an extension of the Partner API."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from contracts.partner import BOT, LONGEST_NAME, LONGEST_PHONE, BotId
from contracts.types import NotBlank, Wire, examples


class MessageCustomer(Wire):
    """Who left a message, as far as they said."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    phone: Annotated[str, Field(max_length=LONGEST_PHONE)] | None = None


class StaffMessage(Wire):
    """A message for the practice's staff."""

    text: Annotated[str, Field(max_length=4000), NotBlank()]
    customer: MessageCustomer | None = None


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


class StaffMessageAnswer(Wire):
    """The answer to a message for staff."""

    model_config = examples(
        {"message": {"id": "msg_01hkse4n1gf2nbrexx3vqjhp41", "created_at": "2024-01-10T14:30:00Z"}}
    )

    message: StaffMessageReceipt
