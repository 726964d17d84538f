"""``…/chat``: one turn of a conversation by text, with the same bot that answers the phone."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from agent.chat import MOST_CHARS
from config.logs import log_context
from practice.assistants.views import AssistantView
from practice.partners.views import BotView
from tools.context import ToolContext
from tools.conversation import text_of
from webhooks.auth.site import Access, SiteAccess
from webhooks.dependencies import Doors, JsonBody, Services
from webhooks.faults import Fault, invalid_request
from webhooks.site_api.numbers import AssistantId, SiteId

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}/chat", tags=["Site Assistants"])


@router.post("")
async def chat(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Doors, body: JsonBody
) -> JSONResponse:
    """Answer a message; ``threadId`` names a conversation, without it the person's latest goes on."""
    access.require(site_id)
    text, wanted = _checked(body)
    assistant = await services.assistants.get_assistant(site_id, assistant_id)
    bot = await services.partners.find_bot_by_assistant(site_id, assistant_id)
    if bot is None:
        raise Fault(422, "no_bot", "No bot is registered for this assistant")
    thread_id = await _thread(services, access, assistant, bot, wanted)
    reply = await _answer(services, thread_id, bot, assistant_id, text)
    answer = {
        "message": reply,
        "assistantId": assistant_id,
        "siteId": site_id,
        "threadId": thread_id,
        "createdAt": services.clock().isoformat().replace("+00:00", "Z"),
    }
    return JSONResponse(answer, 201)


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
            messages = await services.chats.messages(thread_id)
            # The thread keeps the version that it began with, whatever is changed meanwhile.
            version = await services.chats.version(thread_id)
            briefing = await services.briefings.get(
                bot.id, assistant_id=assistant_id, version=version, timezone=bot.timezone
            )
            tools = _by_text(
                briefing.tools(
                    call_id=thread_id,
                    caller_number=None,
                    messages=lambda: messages,
                    ask=services.others.ask_for(bot.id, thread_id),
                )
            )
            turn = await services.chat_agent.reply(messages, text, tools)
            await services.chats.append(thread_id, *turn)
    said = [text_of(message) for message in turn if message.get("role") == "assistant"]
    return " ".join(part for part in said if part)


def _by_text(tools: ToolContext) -> ToolContext:
    """Take away what only a phone call can do: nobody can be put through from here."""
    return replace(tools, bot=tools.bot.model_copy(update={"transfer_number": None}))
