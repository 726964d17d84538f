"""Messages for the practice's staff: an extension of the Partner API that the runtime uses."""

from fastapi import APIRouter
from starlette.responses import Response

from contracts.partner_messages import StaffMessageAnswer, StaffMessageRequest
from practice.errors import BotNotFound, IdempotencyKeyReused, MissingIdempotencyKey
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected
from webhooks.partner_api.auth import LeavesMessages
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
