"""What the bot answers to text messages of one number: wishes to cancel or move, and danger.

Each is a conversation of its own, by the receptionist: what is to be done is read back, and done by the yes
to that, in the same ledger as by phone.
"""

import asyncio
from datetime import datetime, timedelta

from agent.danger.stage import PERSON, alarm_for
from agent.dialogue.acts import hear
from agent.dialogue.changes import kind_in
from agent.dialogue.state import Kind
from contracts.conversation import Message, text_of
from practice.partners.views import BotView
from practice.records.conversations import TEXTS_FROM
from practice.texts.service import Answered
from webhooks.assistant_choice import choose_assistant, conversation_tags
from webhooks.dependencies import Services
from webhooks.text_turns import take_turn

ANSWERED_WITHIN = timedelta(hours=12)
"""How long a text is taken for the answer to what the bot asked last."""
_CHANGES = frozenset({Kind.CANCEL, Kind.MOVE, Kind.OPEN})
_SURE = 0.6
"""From how likely on a text wishes for a change; what is less clear is for people."""


class NumbersConversation:
    """The latest conversation by text message between a bot and a number."""

    def __init__(self, services: Services, bot: BotView, number: str) -> None:
        self._services = services
        self._bot = bot
        self._number = number
        self._owner = f"{TEXTS_FROM}{number}"

    async def asked_at(self) -> datetime | None:
        """Give when the bot asked something that has had no answer yet."""
        found = await self._open()
        return None if found is None else found[2]

    async def answer(self, text: str) -> Answered | None:
        """Answer what goes on with an open conversation, wishes for a change, or tells of danger."""
        warning = await self._warning(text)
        if (found := await self._open()) is not None:
            answered = await self._take(found[0], found[1], text)
            # The bot is silent where a person is in, who may not be reading at this moment.
            return answered if warning is None else Answered(answered.said or warning, warns=True)
        if warning is None and not await asyncio.to_thread(wishes_for_a_change, text):
            return None
        tags = conversation_tags(self._bot, "text", {})
        assistant = await choose_assistant(self._services, self._bot, tags)
        if assistant is None:
            return None if warning is None else Answered(warning, warns=True)
        thread_id = await self._services.chats.start(
            assistant.id, self._owner, self._bot.id, assistant.version
        )
        return await self._take(thread_id, assistant.id, text)

    async def _take(self, thread_id: str, assistant_id: int, text: str) -> Answered:
        turn = await take_turn(
            self._services, thread_id, self._bot, assistant_id, text, from_number=self._number, sms=True
        )
        in_need = any(
            one.name == PERSON and one.arguments.get("urgency") in ("urgent", "emergency")
            for one in turn.results
        )
        return Answered(turn.said, warns=in_need)

    async def _open(self) -> tuple[str, int, datetime] | None:
        """Find the conversation that goes on: its last word is our question, or a person is in it."""
        services = self._services
        found = await services.chats.find_latest(self._bot.id, self._owner)
        if found is None or await services.chat_sessions.is_taken(found[0]):
            return found
        if services.clock() - found[2] > ANSWERED_WITHIN:
            return None
        (last,) = await services.chats.messages(found[0], 1) or [Message()]
        return found if last.get("role") == "assistant" and text_of(last).rstrip().endswith("?") else None

    async def _warning(self, text: str) -> str | None:
        """Give what is said at once to somebody who may be in danger, as by phone and in a chat."""
        bot = self._bot
        briefing = await self._services.briefings.get(bot.id, timezone=bot.timezone)
        tools = briefing.tools(call_id="", caller_number=None, messages=list).by_text(sms=True)
        alarm = await alarm_for([{"role": "user", "content": text}], tools)
        return None if alarm is None else alarm.say


def wishes_for_a_change(text: str) -> bool:
    """Tell whether somebody clearly wants an appointment cancelled or moved, or cannot come."""
    heard = hear(text)
    return heard.surely("cancel", "move", "cannot_come", least=_SURE) and kind_in(heard) in _CHANGES
