"""Bots: a partner registers, reads, changes and deletes its own. The runtime reads the one it speaks for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from contracts.partner import BOT, BotAnswer
from contracts.partner_bots import ACCOUNT, BotChanges, BotPage, BotRegistration, PageSize
from practice.errors import (
    AccountNotFound,
    AssistantNotFound,
    BotNotFound,
    InvalidRequest,
    PhoneNumberNotGranted,
    PhoneNumberTaken,
    SiteNotFound,
)
from practice.partners.page import LONGEST_CURSOR
from practice.partners.profile import describe
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected
from webhooks.http_errors import invalid_request
from webhooks.partner_api.auth import PartnerAccess, ReadsBots, WritesBots
from webhooks.partner_api.errors import BODY, CALLER, errors

USUAL_PAGE = 20
BotInPath = Annotated[str, Path(description="The bot.", examples=[BOT], json_schema_extra={"minLength": 1})]

_SCHEDULING = {"webhook_url": "https://platform.example.com/dialstack"}
_BOT: dict[str, Any] = {
    "id": BOT,
    "name": "Main Office",
    "account_id": ACCOUNT,
    "site_id": None,
    "assistant_id": None,
    "phone_numbers": ["+15551230000"],
    "language": "en-US",
    "timezone": "America/New_York",
    "transfer_number": None,
    "scheduling": _SCHEDULING,
    "guards_slots": None,
    "confirmation_sms": False,
    "reminder_sms": False,
    "created_at": "2024-01-10T14:30:00Z",
    "updated_at": None,
}
_PROFILE = {"bot": {**_BOT, "practice": None}}
_NEW_SECRET = {**_SCHEDULING, "webhook_secret": "whsec_3q2vAeC1bXZyT0pWnR8sKd"}
_REGISTERED = {"bot": {**_PROFILE["bot"], "scheduling": _NEW_SECRET}}
_NAMED = (AccountNotFound, SiteNotFound, AssistantNotFound, PhoneNumberTaken, PhoneNumberNotGranted)
"""What a bot's settings may name that does not exist or is taken."""

router = APIRouter(route_class=BodyRoute, tags=["Bots"])


async def _given_once(request: Request) -> None:
    for name in ("limit", "page"):
        if len(set(request.query_params.getlist(name))) > 1:
            raise invalid_request(f"{name} is given more than once.")


@router.post(
    "/bots",
    operation_id="createBot",
    summary="Register a bot",
    status_code=201,
    response_model_exclude_unset=True,
    responses={
        201: reply("Registered.", examples={"registered": _REGISTERED}),
        **errors(*CALLER, *BODY, *_NAMED),
    },
)
async def create_bot(services: Injected, access: WritesBots, body: BotRegistration) -> BotAnswer:
    """With `scheduling` it brings its own booking platform, whose secret is shown in this answer only.

    Without it, it books at its account's calendar or platform, which you must have been granted.
    """
    made = await services.bots.create_bot(_partner(access), body)
    return BotAnswer(bot=await services.bots.describe(made.view, made.webhook_secret))


@router.get(
    "/bots",
    operation_id="listBots",
    summary="List your bots",
    response_model_exclude_unset=True,
    responses={
        200: reply("A page of bots.", examples={"a page": {"bots": [_BOT], "next_page": None}}),
        **errors(*CALLER, InvalidRequest),
    },
)
async def list_bots(
    services: Injected,
    access: ReadsBots,
    _once: Annotated[None, Depends(_given_once)],
    limit: Annotated[PageSize, Query(description="Most bots on a page.")] = USUAL_PAGE,
    page: Annotated[
        str | None,
        Query(
            description="`next_page` of the page before.",
            json_schema_extra={"minLength": 1, "maxLength": LONGEST_CURSOR},
        ),
    ] = None,
) -> BotPage:
    """Newest first, without the facts about their practices.

    `next_page` of an answer is the `page` to ask for next.
    """
    if access.partner_id is None:
        bots, following = [await access.get_bot(access.only_bot_id or "")], None
    else:
        bots, following = await services.bots.page_of_bots(access.partner_id, limit, page)
    return BotPage(bots=[describe(bot) for bot in bots], next_page=following)


@router.get(
    "/bots/{bot_id}",
    operation_id="getBot",
    summary="Get a bot",
    response_model_exclude_unset=True,
    responses={200: reply("The bot.", examples={"a bot": _PROFILE}), **errors(*CALLER, BotNotFound)},
)
async def get_bot(bot_id: BotInPath, services: Injected, access: ReadsBots) -> BotAnswer:
    """The bot as it was registered, and what it may say of its practice: hours, services, practitioners."""
    bot = await access.get_bot(bot_id)
    described = await services.bots.describe(bot)
    if described.practice is not None and (ways := await services.identity.list_ways(bot)):
        described.practice.identity = list(ways)
    return BotAnswer(bot=described)


@router.patch(
    "/bots/{bot_id}",
    operation_id="updateBot",
    summary="Change a bot",
    response_model_exclude_unset=True,
    responses={
        200: reply("The bot as it is now.", examples={"a new secret": _REGISTERED}),
        **errors(*CALLER, *BODY, BotNotFound, *_NAMED),
    },
)
async def update_bot(
    bot_id: BotInPath, services: Injected, access: WritesBots, body: BotChanges
) -> BotAnswer:
    """What is in the body changes.

    `"scheduling": null` takes its own platform away; `"rotate_secret": true` in it makes a new secret, shown
    in this answer and never again.
    """
    changed = await services.bots.update_bot(_partner(access), bot_id, body)
    return BotAnswer(bot=await services.bots.describe(changed.view, changed.webhook_secret))


@router.delete(
    "/bots/{bot_id}",
    operation_id="deleteBot",
    summary="Delete a bot",
    status_code=204,
    response_class=Response,
    responses={204: reply("Deleted."), **errors(*CALLER, BotNotFound)},
)
async def delete_bot(bot_id: BotInPath, services: Injected, access: WritesBots) -> None:
    """Its numbers are free for another; its bookings stay."""
    await services.bots.delete_bot(_partner(access), bot_id)


def _partner(access: PartnerAccess) -> str:
    if access.partner_id is None:  # the runtime, which has not the scope either
        raise BotNotFound
    return access.partner_id
