"""Which assistant holds a conversation: the routes of the bot's site, by what is known when it begins."""

from collections.abc import Mapping

from starlette.requests import Request

from practice.assistants.views import AssistantView
from practice.calendar.opening import find_open
from practice.errors import AssistantNotFound
from practice.partners.views import BotView
from webhooks.dependencies import Services

TAG_PREFIX = "tag_"
"""Query parameters of the voice webhook whose names begin so are tags: ``?tag_campaign=spring``."""
MOST_TAGS = 20
LONGEST_TAG = 255


def conversation_tags(bot: BotView, request: Request, called: str) -> dict[str, str]:
    """Say what is known of a conversation as it begins.

    Args:
        bot: Who answers.
        request: The webhook, whose query may name further tags.
        called: The number called, E.164.

    Returns:
        Tags; ``after_hours`` is added by ``choose_assistant``, where hours are known.
    """
    free = {
        name.removeprefix(TAG_PREFIX): value[:LONGEST_TAG]
        for name, value in list(request.query_params.items())[:MOST_TAGS]
        if name.startswith(TAG_PREFIX)
    }
    own = {"called_number": called, "bot_id": bot.id, "language": bot.language}
    return {**free, **own, **({"site_id": str(bot.site_id)} if bot.site_id is not None else {})}


async def choose_assistant(services: Services, bot: BotView, tags: Mapping[str, str]) -> AssistantView | None:
    """Choose the assistant for a conversation: by a route, else the bot's own.

    Args:
        services: The services.
        bot: Who answers.
        tags: What is known of the conversation.

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
