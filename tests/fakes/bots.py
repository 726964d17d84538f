"""Bots registered and changed as partners do it, from keyword arguments."""

from typing import Any

from contracts.partner_bots import BotChanges, BotRegistration, NewScheduling
from practice.partners.bots import Bots
from practice.partners.views import BotView


async def create_bot(
    bots: Bots,
    partner_id: str,
    *,
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    **fields: Any,
) -> BotView:
    """Register a bot; with a URL it has a webhook."""
    scheduling = None
    if webhook_url is not None:
        scheduling = NewScheduling(webhook_url=webhook_url, webhook_secret=webhook_secret)
    registration = BotRegistration.model_validate({"scheduling": scheduling, **fields})
    return (await bots.create_bot(partner_id, registration)).view


async def change_bot(bots: Bots, partner_id: str, bot_id: str, **changes: Any) -> BotView:
    """Change what is named of a bot."""
    return (await bots.update_bot(partner_id, bot_id, BotChanges.model_validate(changes))).view
