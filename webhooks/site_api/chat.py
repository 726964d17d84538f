"""``…/chat``: one turn of a conversation by text, with the same bot that answers the phone."""

# ruff: noqa: FAST003 - the numbers in the path are read by webhooks.site_api.numbers

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from agent.chat import MOST_CHARS
from config.logs import log_context
from contracts.conversation import text_of
from practice.assistants.routes import checked_tags
from practice.assistants.views import AssistantView
from practice.errors import InvalidField
from practice.partners.views import BotView
from webhooks.assistant_choice import choose_assistant, conversation_tags, find_bot_for
from webhooks.dependencies import Injected, JsonBody, Services
from webhooks.http_errors import HttpError, invalid_request
from webhooks.site_api.auth import Access, SiteAccess
from webhooks.site_api.numbers import AssistantId, SiteId

NO_BOT = "No bot is registered for this site"
NO_ASSISTANT = "No route chooses an assistant, and the site's bot has none of its own"

router = APIRouter(prefix="/site/{siteId}", tags=["Site Assistants"])


@router.post("/assistant/{siteAssistantId}/chat")
async def chat(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected, body: JsonBody
) -> JSONResponse:
    """Answer a message; ``threadId`` names a conversation, without it the person's latest goes on."""
    access.require(site_id)
    text, wanted = _checked(body)
    assistant = await services.assistants.get_assistant(site_id, assistant_id)
    bot = await _bot(services, site_id, assistant_id)
    return await _reply(services, access, assistant, bot, wanted, text)


@router.post("/chat")
async def chat_by_routes(access: Access, site_id: SiteId, services: Injected, body: JsonBody) -> JSONResponse:
    """Answer a message by whom the site's routes choose; a conversation keeps the assistant it has."""
    access.require(site_id)
    text, wanted = _checked(body)
    tags = _tags(body)
    if wanted is not None:
        assistant_id = await services.chats.assistant_of(wanted, access.user)
        assistant = await services.assistants.get_assistant(site_id, assistant_id)
        bot = await _bot(services, site_id, assistant.id)
        return await _reply(services, access, assistant, bot, wanted, text)
    first = await services.bots.find_bot_by_site(site_id)
    if first is None:
        raise HttpError(422, "no_bot", NO_BOT)
    chosen = await choose_assistant(services, first, conversation_tags(first, "text", tags))
    if chosen is None:
        raise HttpError(422, "no_assistant", NO_ASSISTANT)
    bot = await _bot(services, site_id, chosen.id)
    return await _reply(services, access, chosen, bot, None, text)


def _checked(body: dict[str, Any]) -> tuple[str, str | None]:
    found = []
    text, thread_id = body.get("message"), body.get("threadId")
    if not isinstance(text, str):
        found.append("message must be a string")
    elif not text.strip():
        found.append("message should not be empty")
    elif len(text) > MOST_CHARS:
        found.append(f"message must be shorter than or equal to {MOST_CHARS} characters")
    if thread_id is not None and not isinstance(thread_id, str):
        found.append("threadId must be a string")
    if found:
        raise invalid_request("Bad Request", *found)
    return body["message"], thread_id


def _tags(body: dict[str, Any]) -> dict[str, str]:
    given = body.get("tags")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise invalid_request("Bad Request", "tags must be an object")
    try:
        return {name: str(value) for name, value in checked_tags(given).items()}
    except InvalidField as error:
        raise invalid_request("Bad Request", f"tags: {error.message}") from error


async def _bot(services: Services, site_id: int, assistant_id: int) -> BotView:
    bot = await find_bot_for(services, site_id, assistant_id)
    if bot is None:
        raise HttpError(422, "no_bot", NO_BOT)
    return bot


async def _reply(
    services: Services,
    access: SiteAccess,
    assistant: AssistantView,
    bot: BotView,
    wanted: str | None,
    text: str,
) -> JSONResponse:
    thread_id = await _thread(services, access, assistant, bot, wanted)
    answer = {
        "message": await _answer(services, thread_id, bot, assistant.id, text),
        "assistantId": assistant.id,
        "siteId": assistant.site_id,
        "threadId": thread_id,
        "createdAt": services.clock().isoformat().replace("+00:00", "Z"),
    }
    return JSONResponse(answer, 201)


async def _thread(
    services: Services, access: SiteAccess, assistant: AssistantView, bot: BotView, wanted: str | None
) -> str:
    if wanted is None:
        return await services.chats.open(assistant.id, access.user, bot.id, assistant.version)
    await services.chats.check(wanted, assistant.id, access.user)
    return wanted


async def _answer(services: Services, thread_id: str, bot: BotView, assistant_id: int, text: str) -> str:
    """Take one turn and keep it."""
    with log_context(call_id=thread_id):
        async with services.chat_turns.of(thread_id):
            messages = await services.chats.messages(thread_id, services.settings.chat.history_messages)
            # The thread keeps the version that it began with, whatever is changed meanwhile.
            version = await services.chats.version(thread_id)
            briefing = await services.briefings.get(
                bot.id, assistant_id=assistant_id, version=version, timezone=bot.timezone
            )
            tools = briefing.tools(
                call_id=thread_id,
                caller_number=None,
                messages=lambda: messages,
                ask=services.others.ask_for(bot.id, thread_id),
                people=True,
            ).by_text()
            turn = await services.chat_agent.reply(messages, text, tools)
            await services.chats.append(thread_id, *turn)
    said = [text_of(message) for message in turn if message.get("role") == "assistant"]
    return " ".join(part for part in said if part)
