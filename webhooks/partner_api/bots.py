"""Bots: a partner registers, reads, changes and deletes its own. The runtime reads the one it speaks for."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from practice.errors import BotNotFound
from practice.partners.bot_fields import read_changes, read_new_bot
from practice.partners.profile import describe_briefly
from practice.partners.views import BotView
from webhooks.dependencies import Injected, JsonBody, Services
from webhooks.http_errors import invalid_request
from webhooks.partner_api.auth import PartnerAccess, ReadsBots, WritesBots

USUAL_PAGE, LARGEST_PAGE = 20, 100
LONGEST_CURSOR = 100

router = APIRouter(include_in_schema=False)


@router.post("/bots")
async def create_bot(services: Injected, access: WritesBots, body: JsonBody) -> Response:
    """Register a bot; its webhook's secret is shown here and never again."""
    fields = read_new_bot(body, services.settings.relay)
    bot = await services.bots.create_bot(_partner(access), **fields)
    return JSONResponse({"bot": await _with_secret(services, bot)}, 201)


@router.get("/bots")
async def list_bots(request: Request, services: Injected, access: ReadsBots) -> Response:
    """List the partner's bots, newest first, without the facts about their practices."""
    limit, page = _limit(request), _query(request, "page")
    if page is not None and len(page) > LONGEST_CURSOR:
        raise invalid_request("page must be the next_page of an earlier answer.")
    if access.partner_id is None:
        bots, following = [await access.get_bot(access.only_bot_id or "")], None
    else:
        bots, following = await services.bots.page_of_bots(access.partner_id, limit, page)
    return JSONResponse({"bots": [describe_briefly(bot) for bot in bots], "next_page": following})


@router.get("/bots/{bot_id}")
async def get_bot(bot_id: str, services: Injected, access: ReadsBots) -> Response:
    """Describe a bot and the practice it answers for."""
    return JSONResponse({"bot": await services.bots.describe(await access.get_bot(bot_id))})


@router.patch("/bots/{bot_id}")
async def update_bot(bot_id: str, services: Injected, access: WritesBots, body: JsonBody) -> Response:
    """Change what the body names; a new webhook secret is shown here and never again."""
    before = await access.get_bot(bot_id)
    changes = read_changes(body, services.settings.relay)
    bot = await services.bots.update_bot(_partner(access), bot_id, **changes)
    if bot.sealed_secret in {None, before.sealed_secret}:
        return JSONResponse({"bot": await services.bots.describe(bot)})
    return JSONResponse({"bot": await _with_secret(services, bot)})


@router.delete("/bots/{bot_id}")
async def delete_bot(bot_id: str, services: Injected, access: WritesBots) -> Response:
    """Delete a bot; its numbers are free for another."""
    await services.bots.delete_bot(_partner(access), bot_id)
    return Response(status_code=204)


async def _with_secret(services: Services, bot: BotView) -> dict[str, Any]:
    shown = await services.bots.describe(bot)
    if bot.webhook_url is not None:
        secret = services.bots.secret_of(bot)
        shown["scheduling"] = {"webhook_url": bot.webhook_url, "webhook_secret": secret}
    return shown


def _partner(access: PartnerAccess) -> str:
    if access.partner_id is None:  # the runtime, which has not the scope either
        raise BotNotFound
    return access.partner_id


def _limit(request: Request) -> int:
    text = _query(request, "limit")
    if text is None:
        return USUAL_PAGE
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= LARGEST_PAGE:
        raise invalid_request(f"limit must be a whole number from 1 to {LARGEST_PAGE}.")
    return int(text)


def _query(request: Request, name: str) -> str | None:
    values = set(request.query_params.getlist(name))
    if len(values) > 1:
        raise invalid_request(f"{name} is given more than once.")
    return values.pop() if values else None
