"""What the Partner API's document says of bots, and of messages for staff."""

from contracts.partner import BotAnswer, StaffMessageAnswer, StaffMessageRequest
from contracts.partner_bots import BotChanges, BotPage, BotRegistration
from practice.errors import AccountNotFound, AssistantNotFound, PhoneNumberTaken, SiteNotFound
from webhooks.openapi import Operation, Reply
from webhooks.partner_api import examples
from webhooks.partner_api.error_responses import BODY, CALLER, INVALID, KEY_REUSED, NO_BOT, NO_KEY, case

TAG = "Bots"
_NAMED = (case(AccountNotFound), case(SiteNotFound), case(AssistantNotFound), case(PhoneNumberTaken))
"""What a bot may name that is not there, or not free."""

CREATE_BOT = Operation(
    "post",
    "/v1/bots",
    "createBot",
    TAG,
    "Register a bot",
    "With `scheduling` it brings its own booking platform, whose secret is shown in this answer and never"
    " again. Without it, it books at its account's calendar or platform, which you must have been granted.",
    "bots:write",
    [Reply(201, "Registered.", BotAnswer, {"registered": examples.REGISTERED})],
    (*CALLER, *BODY, *_NAMED),
    BotRegistration,
    {"with a platform": examples.REGISTER},
)

LIST_BOTS = Operation(
    "get",
    "/v1/bots",
    "listBots",
    TAG,
    "List your bots",
    "Newest first, without the facts about their practices. `next_page` of an answer is the `page` to ask for"
    " next.",
    "bots:read",
    [Reply(200, "A page of bots.", BotPage, {"a page": examples.BOTS})],
    (*CALLER, INVALID),
    parameters=("Limit", "Page"),
)

GET_BOT = Operation(
    "get",
    "/v1/bots/{bot_id}",
    "getBot",
    TAG,
    "Get a bot",
    "The bot as it was registered, and what it may say of its practice: hours, services, practitioners.",
    "bots:read",
    [Reply(200, "The bot.", BotAnswer, {"a bot": examples.PROFILE})],
    (*CALLER, NO_BOT),
    parameters=("BotId",),
)

UPDATE_BOT = Operation(
    "patch",
    "/v1/bots/{bot_id}",
    "updateBot",
    TAG,
    "Change a bot",
    'What is in the body changes. `"scheduling": null` takes its own platform away; `"rotate_secret":'
    " true` in it makes a new secret, shown in this answer and never again.",
    "bots:write",
    [Reply(200, "The bot as it is now.", BotAnswer, {"a new secret": examples.REGISTERED})],
    (*CALLER, *BODY, NO_BOT, *_NAMED),
    BotChanges,
    {"a new secret": examples.ROTATE},
    ("BotId",),
)

DELETE_BOT = Operation(
    "delete",
    "/v1/bots/{bot_id}",
    "deleteBot",
    TAG,
    "Delete a bot",
    "Its numbers are free for another; its bookings stay.",
    "bots:write",
    [Reply(204, "Deleted.")],
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
    "messages:write",
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

OPERATIONS = (CREATE_BOT, LIST_BOTS, GET_BOT, UPDATE_BOT, DELETE_BOT, LEAVE_MESSAGE)
