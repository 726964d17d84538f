"""Which assistant holds a conversation: the routes of the bot's site, by what is known when it begins."""

from collections.abc import Mapping
from typing import Literal

from starlette.requests import Request

from contracts.site import LONGEST_TAG, MOST_TAGS
from practice.assistants.views import AssistantView
from practice.calendar.opening import find_open
from practice.errors import AssistantNotFound
from practice.partners.views import BotView
from webhooks.dependencies import Services

TAG_PREFIX = "tag_"
"""Query parameters of the voice webhook whose names begin so are tags: ``?tag_campaign=spring``."""

Channel = Literal["phone", "text"]


def tags_in_query(request: Request) -> dict[str, str]:
    """Read the tags that the voice webhook's address names."""
    tags = {
        name.removeprefix(TAG_PREFIX): value[:LONGEST_TAG]
        for name, value in request.query_params.items()
        if name.startswith(TAG_PREFIX)
    }
    return dict(list(tags.items())[:MOST_TAGS])


def conversation_tags(
    bot: BotView, channel: Channel, free: Mapping[str, str], called: str | None = None
) -> dict[str, str]:
    """Say what is known of a conversation as it begins; ``free`` tags take the place of none of ours.

    ``choose_assistant`` adds ``after_hours``, where hours are known.
    """
    own = {"channel": channel, "bot_id": bot.id, "language": bot.language}
    ours = {"called_number", "site_id", "after_hours", *own}
    known = {"called_number": called, "site_id": None if bot.site_id is None else str(bot.site_id)}
    return {
        **{name: value for name, value in free.items() if name not in ours},
        **own,
        **{name: value for name, value in known.items() if value is not None},
    }


async def find_bot_for(services: Services, site_id: int, assistant_id: int) -> BotView | None:
    """Find the bot that books for an assistant: its own, else the site's oldest; None where it has none."""
    own = await services.bots.find_bot_by_assistant(site_id, assistant_id)
    return own or await services.bots.find_bot_by_site(site_id)


async def find_account_of(services: Services, site_id: int) -> str | None:
    """Find the account whose patients a site's people see; None where its bots answer for none."""
    found = await services.bots.list_bots_of_site(site_id, 1)
    return found[0].account_id if found else None


async def choose_assistant(services: Services, bot: BotView, tags: Mapping[str, str]) -> AssistantView | None:
    """Choose the assistant for a conversation: by a route, else the bot's own.

    Returns:
        The assistant at its latest version, which the conversation keeps; None where the bot has none here.
    """
    if bot.site_id is None:
        return None
    is_open = await find_open(services.database, bot.account_id, services.clock())
    known = dict(tags)
    if is_open is not None:
        known["after_hours"] = "false" if is_open else "true"
    assistant_id = await services.routes.choose(bot.site_id, known) or bot.assistant_id
    if assistant_id is None:
        return None
    try:
        return await services.assistants.get_assistant(bot.site_id, assistant_id)
    except AssistantNotFound:  # deleted a moment ago
        return None
