"""What follows a hand-off: the partner is told, and somebody is reminded while nobody has taken it."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from practice.chat_sessions.ladder import Ladder
from practice.outbox.service import Outbox
from practice.partners.bots import Bots
from practice.records.chat_sessions import ChatSession


class HandOffReminders:
    """Plans follow-ups of hand-offs.

    Args:
        on_follow_up: Called when something was planned, to have it done soon.
    """

    def __init__(
        self, bots: Bots, ladder: Ladder, outbox: Outbox, clock: Clock, on_follow_up: Callable[[], None]
    ) -> None:
        self._bots = bots
        self._ladder = ladder
        self._outbox = outbox
        self._clock = clock
        self._on_follow_up = on_follow_up

    async def plan(self, session: AsyncSession, row: ChatSession) -> None:
        """Plan them, in the transaction in which the session is made."""
        bot = await self._bots.find_bot(row.bot_id) if row.bot_id is not None else None
        if bot is None:
            return
        contacts = await self._ladder.list_available(bot)
        phone = contacts[0].phone if contacts else None
        await self._outbox.plan_hand_off(session, bot, row, phone, self._clock())
        self._on_follow_up()
