"""Text messages that come back: words that were asked for are obeyed, what the bot takes up is answered.

All else goes to people. A text is one line without a read-back: nothing is cancelled or moved by it before
the bot has asked back and the patient has agreed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.partner_messages import MessageCustomer, StaffMessage
from kit.clock import Clock
from kit.db.database import Database
from practice.messages.service import Messages
from practice.outbox.service import TEXT_MESSAGES
from practice.outbox.wording import when
from practice.partners.views import BotView
from practice.records.insert_once import insert_once
from practice.records.staff_messages import IncomingText, TextOptOut
from practice.service import RecordsService
from practice.texts import repository

TextResult = Literal["confirmed", "stopped", "started", "help", "conversation", "inbox"]
OptOut = Literal["STOP", "START", "HELP"]
LONGEST = 1600
"""Characters of a text message, as the carrier has it."""

_CONFIRM = {"yes", "y", "c", "confirm", "confirmed"}
_STOP = {"stop", "stopall", "unsubscribe", "end", "quit"}
_START = {"start", "unstop"}
_HELP = {"help", "info"}
"""The words that the messages themselves ask for, and those that carriers prescribe; more is prose."""


@dataclass(frozen=True, slots=True)
class Received:
    """What was made of a text, and what is written back, or None."""

    outcome: TextResult
    answer: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bot made of a text: what it writes back, if anything, and whether it warns of danger."""

    said: str | None
    warns: bool = False


class TextConversation(Protocol):
    """The bot's conversation by text message with whoever wrote."""

    async def asked_at(self) -> datetime | None:
        """Give when it asked something that has had no answer yet; None where it has not."""
        ...

    async def answer(self, text: str) -> Answered | None:
        """Answer a text; None for one that is not the bot's to answer."""
        ...


class IncomingTexts(RecordsService):
    """Takes texts, each once."""

    def __init__(self, database: Database, clock: Clock, messages: Messages) -> None:
        super().__init__(database, clock)
        self._messages = messages

    async def receive(
        self,
        bot: BotView,
        text_id: str,
        number: str,
        text: str,
        opt_out: OptOut | None = None,
        *,
        conversation: TextConversation,
    ) -> Received:
        """Take a text, unless the carrier has answered an opt-out; the same again gets the same answer."""
        async with self._database.reading() as session:
            known = await session.get(IncomingText, text_id)
        if known is not None:
            return Received(known.outcome, known.answer)  # type: ignore[arg-type] # one of ours
        word = text.strip().strip(".!").casefold()
        if opt_out == "STOP" and word == "cancel":
            # Carriers take it for STOP, and who wrote it may have meant their appointment.
            await self._leave(bot, text_id, number, text)
        asked_at = await conversation.asked_at() if word in _CONFIRM else None
        async with self._database.session() as session:
            received = await self._obey(session, bot, number, word, opt_out, asked_at)
            if received is not None:
                self._keep(session, bot, text_id, number, text, received)
                return received
        answered = await conversation.answer(text[:LONGEST])
        if answered is not None and not answered.warns:
            received = Received("conversation", answered.said and f"{bot.name}: {answered.said}")
        else:
            # The message first, once by its key: dying in between leaves it once all the same.
            reaches = await self._leave(bot, text_id, number, text)
            warning = answered.said if answered is not None else None
            received = Received("inbox", _inbox_answer(bot, warning, reaches=reaches))
        async with self._database.session() as session:
            if await session.get(IncomingText, text_id) is None:
                self._keep(session, bot, text_id, number, text, received)
        return received

    async def _leave(self, bot: BotView, text_id: str, number: str, text: str) -> bool:
        """Put a text into the inbox; tells whether anybody reads that."""
        said = StaffMessage(
            text=text.strip()[:LONGEST] or "(A text message without words.)",
            customer=MessageCustomer(phone=number),
            kind="text",
            urgency="urgent",
        )
        left = await self._messages.leave(bot, f"text-{text_id}"[:100], said)
        reaches: bool = left.body["message"]["reaches_somebody"]
        return reaches

    async def _obey(  # noqa: PLR0911 - a word each
        self,
        session: AsyncSession,
        bot: BotView,
        number: str,
        word: str,
        opt_out: OptOut | None,
        asked_at: datetime | None,
    ) -> Received | None:
        """Do what a word asks for, if anything; a yes answers what was written last."""
        now, who = self._clock(), {"number": number, "bot_id": bot.id}
        if opt_out == "STOP" or word in _STOP:
            await insert_once(session, TextOptOut, {**who, "stopped_at": now}, list(who))
            answer = f"{bot.name}: you get no more texts from us. START brings them back."
            return Received("stopped", None if opt_out else answer)
        if opt_out == "START" or word in _START:
            await session.execute(delete(TextOptOut).filter_by(**who))
            return Received("started", None if opt_out else f"{bot.name}: you get our texts again.")
        if opt_out == "HELP" or word in _HELP:
            answer = (
                f"{bot.name}: YES confirms your appointment, STOP ends our texts. To cancel or move it,"
                " write so, or call us."
            )
            return Received("help", None if opt_out else answer)
        if word not in _CONFIRM:
            return None
        for sent in await repository.list_sent(session, bot.id, TEXT_MESSAGES):
            start = datetime.fromisoformat(sent.payload["start_at"])
            answered = (
                sent.payload["to"] == number and sent.payload["occasion"] != "cancelled" and start > now
            )
            if answered and sent.booking_id is not None:
                if asked_at is not None and asked_at > sent.updated_at:
                    return None
                if not await repository.confirm(session, bot, sent.booking_id, now):
                    return None
                told = when(start, bot.timezone, bot.language)
                return Received("confirmed", f"{bot.name}: thank you, you have confirmed {told}.")
        return None

    def _keep(
        self, session: AsyncSession, bot: BotView, text_id: str, number: str, text: str, received: Received
    ) -> None:
        session.add(
            IncomingText(
                id=text_id,
                bot_id=bot.id,
                from_number=number,
                text=text[:LONGEST],
                outcome=received.outcome,
                answer=received.answer,
                created_at=self._clock(),
            )
        )


def _inbox_answer(bot: BotView, warning: str | None, *, reaches: bool) -> str:
    if warning is not None:
        return f"{bot.name}: {warning}"
    # Whatever it says may be an emergency: nobody is reading it at this moment.
    danger = (
        "In an emergency do not text: call 911."
        if bot.language.endswith("US")
        else ("In an emergency do not text: call your emergency number.")
    )
    if reaches:
        return f"{bot.name}: our team has your message and will answer. Nothing is changed yet. {danger}"
    return f"{bot.name}: please call us, texts are not read here. Nothing is changed. {danger}"
