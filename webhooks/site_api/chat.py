"""``…/chat``: one turn of a conversation by text, with the same bot that answers the phone."""

from datetime import UTC, datetime

from fastapi import APIRouter

from config.logs import log_context
from contracts.conversation import text_of
from contracts.site import ChatAnswer, ChatMessage, RoutedChatMessage, SaidMessage
from practice.assistants.views import AssistantView
from practice.errors import AssistantNotFound, ThreadNotFound
from practice.partners.views import BotView
from webhooks.api_documents import reply
from webhooks.assistant_choice import choose_assistant, conversation_tags, find_bot_for
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected, Services
from webhooks.site_api.auth import Access, SiteAccess
from webhooks.site_api.errors import BODY, NoAssistant, NoBot, site_errors
from webhooks.site_api.parameters import After, AssistantId, ThreadId

router = APIRouter(prefix="/site/{siteId}", tags=["Site Assistants"], route_class=BodyRoute)


@router.post(
    "/assistant/{siteAssistantId}/chat",
    operation_id="chatWithSiteAssistant",
    summary="Send a chat message to the site assistant",
    status_code=201,
    responses={201: reply("The answer."), **site_errors(*BODY, AssistantNotFound, ThreadNotFound, NoBot)},
)
async def chat(
    access: Access, assistant_id: AssistantId, services: Injected, body: ChatMessage
) -> ChatAnswer:
    """Have the bot that answers the phone answer: it searches, books, and remembers the thread.

    Extension: `threadId` names a conversation.
    """
    assistant = await services.assistants.get_assistant(access.site_id, assistant_id)
    return await _reply(services, access, assistant, body)


@router.post(
    "/chat",
    operation_id="chatWithSite",
    summary="Send a chat message to whom the routes choose",
    status_code=201,
    responses={
        201: reply("The answer."),
        **site_errors(*BODY, AssistantNotFound, ThreadNotFound, NoBot, NoAssistant),
    },
)
async def chat_by_routes(access: Access, services: Injected, body: RoutedChatMessage) -> ChatAnswer:
    """Extension: the assistant is chosen as it is for a call.

    By the routes of the site's assistants, else it is the bot's own. A conversation that `threadId` names
    keeps its assistant.
    """
    if body.thread_id is not None:
        assistant_id = await services.chats.assistant_of(body.thread_id, access.user)
        assistant = await services.assistants.get_assistant(access.site_id, assistant_id)
        return await _reply(services, access, assistant, body)
    bot = await services.bots.find_bot_by_site(access.site_id)
    if bot is None:
        raise NoBot
    tags = {name: str(value) for name, value in (body.tags or {}).items()}
    chosen = await choose_assistant(services, bot, conversation_tags(bot, "text", tags))
    if chosen is None:
        raise NoAssistant
    return await _reply(services, access, chosen, body)


@router.get(
    "/chat/{threadId}/messages",
    operation_id="listSiteChatMessages",
    summary="Read what was said in a conversation",
    responses={200: reply("The messages, in order."), **site_errors(ThreadNotFound)},
)
async def list_said(
    access: Access,
    services: Injected,
    thread_id: ThreadId,
    after: After = -1,
) -> list[SaidMessage]:
    """Extension: read a conversation of your own, such as what a person of the practice answers in it."""
    await services.chats.assistant_of(thread_id, access.user)
    return [
        SaidMessage(
            position=one.position,
            role=one.role,
            text=one.text,
            answered_by=one.answeredBy,
            created_at=datetime.fromtimestamp(one.createdAt / 1000, UTC),
        )
        for one in await services.chat_sessions.list_said(thread_id, after=after)
    ]


async def _reply(
    services: Services, access: SiteAccess, assistant: AssistantView, body: ChatMessage
) -> ChatAnswer:
    bot = await find_bot_for(services, access.site_id, assistant.id)
    if bot is None:
        raise NoBot
    thread_id = body.thread_id
    if thread_id is None:
        thread_id = await services.chats.open(assistant.id, access.user, bot.id, assistant.version)
    else:
        await services.chats.check(thread_id, assistant.id, access.user)
    said = await _answer(services, thread_id, bot, assistant.id, body.message)
    return ChatAnswer(
        message=said or "",
        with_person=True if said is None else None,
        assistant_id=assistant.id,
        site_id=assistant.site_id,
        thread_id=thread_id,
        created_at=services.clock(),
    )


async def _answer(
    services: Services, thread_id: str, bot: BotView, assistant_id: int, text: str
) -> str | None:
    """Take one turn and keep it; None while a person is in the conversation, and the bot silent."""
    with log_context(call_id=thread_id):
        async with services.chat_turns.of(thread_id):
            if await services.chat_sessions.is_taken(thread_id):
                await services.chats.append(thread_id, {"role": "user", "content": text})
                return None
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
