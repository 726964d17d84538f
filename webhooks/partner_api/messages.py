"""Messages for the practice's people: an extension of the Partner API that the runtime lives on."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from practice.errors import IdempotencyKeyReused
from webhooks.dependencies import Injected, JsonBody, required_text
from webhooks.partner_api.auth import LeavesMessages
from webhooks.partner_api.requests import idempotency_key
from webhooks.partner_api.responses import answered

router = APIRouter()


@router.post("/messages")
async def leave_message(
    request: Request, services: Injected, access: LeavesMessages, body: JsonBody
) -> Response:
    """Leave a message for the practice's people, once for each Idempotency-Key."""
    key = idempotency_key(request)
    bot = await access.get_bot(required_text(body, "bot_id"))
    answer = await services.messages.leave(bot, key, body)
    if answer.mismatch and bot.strict_idempotency:
        raise IdempotencyKeyReused
    return answered(answer)
