"""The extensions of the Partner API that the runtime lives on: a bot's profile, and messages for staff."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from webhooks.auth.partner import Access
from webhooks.dependencies import Doors, JsonBody, required_text
from webhooks.partner_api.answers import answered
from webhooks.partner_api.requests import idempotency_key

router = APIRouter(tags=["Partner API"])


@router.get("/bots/{bot_id}")
async def get_bot(bot_id: str, services: Doors, access: Access) -> dict[str, Any]:
    """Describe a bot and the practice it answers for."""
    bot = await access.get_bot(bot_id)
    return {"bot": await services.partners.profile(bot.id)}


@router.post("/messages")
async def leave_message(request: Request, services: Doors, access: Access, body: JsonBody) -> Response:
    """Leave a message for the practice's people, once for each Idempotency-Key."""
    key = idempotency_key(request)
    bot = await access.get_bot(required_text(body, "bot_id"))
    return answered(await services.messages.leave(bot, key, body))
