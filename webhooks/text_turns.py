"""A turn of a conversation by text: the bot's answer to a message, kept on its thread."""

from dataclasses import dataclass

from agent.briefing import Adapt, Briefing, Unattended
from agent.chat import answer_of
from config.logs import log_context
from contracts.conversation import FunctionResult, results_of, text_of
from practice.assistants.views import AssistantView
from practice.partners.views import BotView
from tools.context import Ask
from webhooks.assistant_choice import find_bot_for
from webhooks.dependencies import Services


@dataclass(frozen=True)
class TextTurn:
    """What the bot did with a message.

    Attributes:
        said: What it says; None while a person is in the conversation, and the bot silent.
        results: The functions that it called, and what they gave.
    """

    said: str | None
    results: tuple[FunctionResult, ...] = ()


async def take_turn(
    services: Services,
    thread_id: str,
    bot: BotView | Unattended,
    assistant_id: int,
    text: str,
    *,
    adapt: Adapt | None = None,
    from_number: str | None = None,
    sms: bool = False,
) -> TextTurn:
    """Take one turn and keep it.

    Args:
        bot: Who books for the assistant, or the site where nobody does.
        adapt: Changes what the bot works with; without it, people can join, and other assistants be asked.
        from_number: The number that the message comes from (E.164), None when it comes from none.
        sms: It is a text message, which is answered by one.
    """
    with log_context(call_id=thread_id):
        async with services.thread_locks.of(thread_id):
            if await services.chat_sessions.is_taken(thread_id):
                await services.chats.append(thread_id, {"role": "user", "content": text})
                return TextTurn(None)
            messages = await services.chats.messages(thread_id, services.settings.chat.history_messages)
            # The thread keeps the version that it began with, whatever is changed meanwhile.
            version = await services.chats.version(thread_id)
            briefing = await brief(services, bot, assistant_id, version)
            tools = (
                (adapt(briefing) if adapt else briefing)
                .tools(
                    call_id=thread_id,
                    caller_number=from_number,
                    messages=lambda: messages,
                    ask=others_of(services, bot, thread_id) if adapt is None else None,
                    people=adapt is None,
                )
                .by_text(sms=sms)
            )
            # No carrier vouches for the number of a text message.
            tools.number_proves = services.settings.call.number_proves == "unless_doubted"
            tools.earlier = await services.chats.messages_before(thread_id, len(messages))
            turn = await services.chat_agent.reply(messages, text, tools)
            await services.chats.append(thread_id, *turn)
    if sms:
        return TextTurn(answer_of(turn), tuple(results_of(turn)))
    said = [text_of(message) for message in turn if message.get("role") == "assistant"]
    return TextTurn(" ".join(part for part in said if part), tuple(results_of(turn)))


def others_of(services: Services, bot: BotView | Unattended, thread_id: str) -> Ask | None:
    """Give the way to other assistants, where a bot leads the conversation."""
    return None if isinstance(bot, Unattended) else services.others.ask_for(bot.id, thread_id)


async def brief(
    services: Services, bot: BotView | Unattended, assistant_id: int, version: int | None
) -> Briefing:
    """Get what an assistant works with at a version; without a bot it has no calendar."""
    if isinstance(bot, Unattended):
        return await services.briefings.get(bot, assistant_id=assistant_id, version=version)
    return await services.briefings.get(
        bot.id, assistant_id=assistant_id, version=version, timezone=bot.timezone
    )


async def bot_or_site(services: Services, assistant: AssistantView) -> BotView | Unattended:
    """Find the bot that books for an assistant, or say for which site none does."""
    bot = await find_bot_for(services, assistant.site_id, assistant.id)
    if bot is not None:
        return bot
    (place,) = await services.places.list_places([assistant.site_id])
    return Unattended(place.site_id, place.name, place.timezone)
