"""``…/chat``: one turn of a conversation by text, with the same bot that answers the phone."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter

from contracts.site import CalledFunction, ChatAnswer, ChatMessage, RoutedChatMessage, SaidMessage
from practice.assistants.views import AssistantView
from practice.errors import AssistantNotFound, ThreadNotFound
from practice.partners.views import BotView
from webhooks.api_documents import reply
from webhooks.assistant_choice import choose_assistant, conversation_tags
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected, Services
from webhooks.site_api.auth import Access, SiteAccess
from webhooks.site_api.errors import BODY, NoAssistant, NoBot, NumberNotYours, site_errors
from webhooks.site_api.parameters import After, AssistantId, ThreadId
from webhooks.text_turns import bot_or_site, take_turn

router = APIRouter(prefix="/site/{siteId}", tags=["Site Assistants"], route_class=BodyRoute)


@router.post(
    "/assistant/{siteAssistantId}/chat",
    operation_id="chatWithSiteAssistant",
    summary="Send a chat message to the site assistant",
    status_code=201,
    responses={
        201: reply("The answer."),
        **site_errors(*BODY, AssistantNotFound, ThreadNotFound, NumberNotYours),
    },
)
async def chat(
    access: Access, assistant_id: AssistantId, services: Injected, body: ChatMessage
) -> ChatAnswer:
    """Have the bot that answers the phone answer: it searches, books, and remembers the thread.

    Where no bot answers for the site, the assistant answers from its instructions and files, without a
    calendar.

    Extension: `threadId` names a conversation. Without it your latest goes on, for as long as it is fresh and
    the assistant unchanged.
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
        **site_errors(*BODY, AssistantNotFound, ThreadNotFound, NoBot, NoAssistant, NumberNotYours),
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
    access: Access, services: Injected, thread_id: ThreadId, after: After = -1
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
    bot = await bot_or_site(services, assistant)
    thread_id = body.thread_id
    if thread_id is None:
        thread_id = await services.chats.open(
            assistant.id,
            access.user,
            bot.id if isinstance(bot, BotView) else None,
            assistant.version,
            fresh=timedelta(minutes=services.settings.chat.fresh_minutes),
        )
    else:
        await services.chats.check(thread_id, assistant.id, access.user)
    if body.from_number is not None and not access.is_runtime:
        raise NumberNotYours
    turn = await take_turn(services, thread_id, bot, assistant.id, body.message, from_number=body.from_number)
    return ChatAnswer(
        message=turn.said or "",
        with_person=True if turn.said is None else None,
        functions=[CalledFunction(name=one.name, status=one.status) for one in turn.results] or None,
        assistant_id=assistant.id,
        site_id=assistant.site_id,
        thread_id=thread_id,
        created_at=services.clock(),
    )
