"""Messages for the practice's staff: an extension of the Partner API that the runtime uses."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from contracts.partner_messages import (
    INBOX_EXAMPLE,
    InboxPage,
    MessageState,
    StaffMessageAnswer,
    StaffMessageRequest,
)
from practice.errors import BotNotFound, IdempotencyKeyReused, InvalidRequest, MissingIdempotencyKey
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected
from webhooks.partner_api.auth import LeavesMessages, ReadsMessages
from webhooks.partner_api.errors import BODY, CALLER, errors
from webhooks.partner_api.requests import IdempotencyKey
from webhooks.partner_api.responses import answered

router = APIRouter(route_class=BodyRoute, tags=["Messages"])


@router.post(
    "/messages",
    operation_id="leaveMessage",
    summary="Leave a message",
    status_code=201,
    responses={
        200: reply(
            "Kept before, under this key.",
            StaffMessageAnswer,
            headers=("Idempotency-Replayed", "Idempotency-Key-Mismatch"),
        ),
        201: reply("Kept.", StaffMessageAnswer),
        **errors(*CALLER, *BODY, MissingIdempotencyKey, BotNotFound, IdempotencyKeyReused),
    },
)
async def leave_message(
    services: Injected, access: LeavesMessages, key: IdempotencyKey, body: StaffMessageRequest
) -> Response:
    """Kept for the practice's people, once for each Idempotency-Key."""
    bot = await access.get_bot(body.bot_id)
    answer = await services.messages.leave(bot, key, body.message)
    if answer.mismatch and bot.strict_idempotency:
        raise IdempotencyKeyReused
    return answered(answer)


@router.get(
    "/messages",
    operation_id="listMessages",
    summary="List messages",
    response_model_exclude_none=True,
    responses={
        200: reply("A page of messages.", examples={"a page": INBOX_EXAMPLE}),
        **errors(*CALLER, BotNotFound, InvalidRequest),
    },
)
async def list_messages(
    services: Injected,
    access: ReadsMessages,
    bot_id: Annotated[
        str | None, Query(max_length=64, description="Only those that were left with this bot.")
    ] = None,
    state: Annotated[MessageState | None, Query(description="Only those in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most messages on a page.")] = 50,
    page: Annotated[str | None, Query(max_length=20, description="`next_page` of the page before.")] = None,
) -> InboxPage:
    """What callers left with your bots: open ones first, of them the most urgent, newest first."""
    if bot_id is not None or access.partner_id is None:
        bot_id = (await access.get_bot(bot_id or access.only_bot_id or "")).id
    partner_id = access.partner_id or (await access.get_bot(bot_id or "")).partner_id
    return await services.messages.list_of_partner(partner_id, bot_id, state, limit, page)
