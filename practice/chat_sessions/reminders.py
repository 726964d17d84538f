"""What follows a hand-off: the partner is told, and somebody is reminded while nobody has taken it.

What a person answers is sent to a patient who wrote by text message.
"""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from practice.chat_sessions.ladder import Ladder
from practice.outbox.notifications import Notifications
from practice.outbox.service import Outbox
from practice.partners.bots import Bots
from practice.records.chat_sessions import ChatSession
from practice.records.conversations import TEXTS_FROM, Thread


class HandOffReminders:
    """Plans follow-ups of hand-offs."""

    def __init__(
        self,
        bots: Bots,
        ladder: Ladder,
        outbox: Outbox,
        notifications: Notifications,
        clock: Clock,
        on_follow_up: Callable[[], None],
    ) -> None:
        self._bots = bots
        self._ladder = ladder
        self._outbox = outbox
        self._notifications = notifications
        self._clock = clock
        self._on_follow_up = on_follow_up

    async def plan(self, session: AsyncSession, row: ChatSession) -> None:
        """Plan them, in the transaction in which the session is made."""
        bot = await self._bots.find_bot(row.bot_id) if row.bot_id is not None else None
        if bot is None:
            return
        contacts = await self._ladder.list_available(bot)
        phone = contacts[0].phone if contacts else None
        due = await self._outbox.plan_hand_off(session, bot, row, phone, self._clock())
        await self._notifications.plan_hand_off(session, bot, row, due)
        self._on_follow_up()

    async def plan_reply(self, session: AsyncSession, row: ChatSession, position: int, text: str) -> None:
        """Plan to send what a person answered, where the patient reads text messages."""
        thread = await session.get(Thread, row.thread_id)
        owner = thread.owner if thread is not None else None
        if thread is None or owner is None or not owner.startswith(TEXTS_FROM):
            return
        bot = await self._bots.find_bot(thread.bot_id) if thread.bot_id is not None else None
        if bot is not None:
            number = owner.removeprefix(TEXTS_FROM)
            fact = f"sms:reply:{thread.id}:{position}"
            await self._outbox.plan_reply(session, bot, fact, number, text, self._clock())
            self._on_follow_up()
