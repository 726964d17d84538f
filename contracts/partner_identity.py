"""The bodies by which the Partner API makes sure of a caller: an extension that the runtime uses."""

from typing import Annotated

from pydantic import Field

from contracts.partner import BOT, LONGEST_NAME, LONGEST_PHONE, BirthDay, BotId
from contracts.types import Matching, NotBlank, Wire, examples

_PHONE = "+15551234567"
Conversation = Annotated[str, Field(max_length=300), NotBlank()]
Code = Annotated[str, Matching("code", "[0-9]{6}")]


class Claimant(Wire):
    """Who somebody says they are."""

    phone: Annotated[str, Field(max_length=LONGEST_PHONE), NotBlank()]
    """The number on record, E.164."""
    name: Annotated[str, Field(max_length=LONGEST_NAME)] = ""


class VerifyRequest(Wire):
    """The body of ``POST /v1/customers/verify``: one of ``date_of_birth`` and ``code``."""

    model_config = examples(
        {
            "bot_id": BOT,
            "conversation": "CA4f1c",
            "customer": {"phone": _PHONE, "name": "John Doe"},
            "date_of_birth": "1980-03-31",
        },
        {"bot_id": BOT, "conversation": "CA4f1c", "customer": {"phone": _PHONE}, "code": "314159"},
    )

    bot_id: BotId
    conversation: Conversation
    """The call or chat; so much is tried in one, and a code is good in the one that asked for it."""
    customer: Claimant
    date_of_birth: BirthDay | None = None
    code: Code | None = None


class Verdict(Wire):
    """What came of it; what was wrong, nobody is told."""

    model_config = examples(
        {"verified": True, "booking_ids": None, "locked": False},
        {"verified": False, "booking_ids": None, "locked": True},
    )

    verified: bool
    booking_ids: list[str] | None = None
    """The bookings that it opens; null is all that the name has under the number, by a code all of the
    number."""
    locked: bool = False
    """Too much was tried."""


class CodeRequest(Wire):
    """The body of ``POST /v1/customers/send-code``."""

    model_config = examples({"bot_id": BOT, "conversation": "CA4f1c", "customer": {"phone": _PHONE}})

    bot_id: BotId
    conversation: Conversation
    customer: Claimant


class CodeAnswer(Wire):
    """Whether a code may be on its way."""

    model_config = examples({"asked": True}, {"asked": False})

    asked: bool
    """It is texted if the number is on record, which is not told; false where none can be had."""
