"""What the Partner API's document says of bots."""

from typing import Any

from contracts.partner import BotAnswer, ErrorBody
from contracts.partner_bots import BotChanges, BotPage, BotRegistration
from practice.errors import AccountNotFound, AssistantNotFound, PhoneNumberTaken, SiteNotFound
from webhooks.openapi import Door, Operation, Reply, document
from webhooks.partner_api import examples
from webhooks.partner_api.document import DOCUMENT, HEADERS
from webhooks.partner_api.error_responses import BODY, CALLER, INVALID, NO_BOT, PARAMETERS, case

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

OPERATIONS = (CREATE_BOT, LIST_BOTS, GET_BOT, UPDATE_BOT, DELETE_BOT)


def with_bots(written: dict[str, Any]) -> dict[str, Any]:
    """Add the operations of bots to the API's document, until their endpoints describe themselves."""
    door = Door(
        title="",
        version="",
        description="",
        tags={},
        security=("PartnerAuth", {}),
        error=ErrorBody,
        headers={name: HEADERS[name] for name in ("Retry-After", "WWW-Authenticate", *DOCUMENT.always)},
        parameters=PARAMETERS,
        always=DOCUMENT.always,
        operations=OPERATIONS,
    )
    bots = document(door)
    written["paths"] |= bots["paths"]
    for kind in ("schemas", "parameters", "headers"):
        written["components"][kind] = {**bots["components"][kind], **written["components"].get(kind, {})}
    return written
