"""What the Partner API's document says of bots, and of messages for staff."""

from tools.contracts.partner import BotAnswer, StaffMessageAnswer, StaffMessageRequest
from webhooks.openapi import Operation, Reply
from webhooks.partner_api import examples
from webhooks.partner_api.cases import BODY, CALLER, KEY_REUSED, NO_BOT, NO_KEY

GET_BOT = Operation(
    "get",
    "/v1/bots/{bot_id}",
    "getBot",
    "Bots",
    "Get a bot",
    "The bot as it was registered, and what it may say of its practice: hours, services, practitioners.",
    [Reply(200, "The bot.", BotAnswer)],
    (*CALLER, NO_BOT),
    parameters=("BotId",),
)

LEAVE_MESSAGE = Operation(
    "post",
    "/v1/messages",
    "leaveMessage",
    "Messages",
    "Leave a message",
    "Kept for the practice's people, once for each Idempotency-Key.",
    [
        Reply(
            200,
            "Kept before, under this key.",
            StaffMessageAnswer,
            {"kept": examples.LEFT_MESSAGE},
            ("Idempotency-Replayed", "Idempotency-Key-Mismatch"),
        ),
        Reply(201, "Kept.", StaffMessageAnswer, {"kept": examples.LEFT_MESSAGE}),
    ],
    (*CALLER, *BODY, NO_KEY, NO_BOT, KEY_REUSED),
    StaffMessageRequest,
    {"a call back": examples.LEAVE_MESSAGE},
    ("IdempotencyKey",),
)

OPERATIONS = (GET_BOT, LEAVE_MESSAGE)
