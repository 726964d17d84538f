"""What hand-offs are made of, put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from config.settings import Settings
from kit.clock import Clock
from kit.db.database import Database
from practice.chat_sessions.early_legs import EarlyLegs
from practice.chat_sessions.ladder import Ladder
from practice.chat_sessions.reminders import HandOffReminders
from practice.chat_sessions.ringing import Ringing
from practice.chat_sessions.service import ChatSessions
from practice.conversations.service import Calls
from practice.outbox.notices import Notices
from practice.outbox.service import Outbox
from practice.partners.bots import Bots
from practice.twilio_rest import OutboundCalls


@dataclass(frozen=True)
class HandOffs:
    """Sessions, whom to ring, and the calls that they are about."""

    sessions: ChatSessions
    calls: Calls
    ladder: Ladder
    ringing: Ringing
    early_legs: EarlyLegs


@contextlib.asynccontextmanager
async def open_hand_offs(
    settings: Settings,
    database: Database,
    clock: Clock,
    wall_clock: Clock,
    *,
    bots: Bots,
    outbox: Outbox,
    notices: Notices,
    wake: asyncio.Event,
) -> AsyncIterator[HandOffs]:
    """Make them; at the end the client of the carrier closes."""
    ladder = Ladder(database, clock, settings.sessions.countries)
    reminders = HandOffReminders(bots, ladder, outbox, notices, clock, wake.set)
    sessions = ChatSessions(database, clock, reminders.plan, reminders.plan_reply)
    calls = Calls(database, clock, sessions.note_messages)
    ringing = Ringing(database, clock, sessions, ladder)
    outbound = OutboundCalls(settings)
    early_legs = EarlyLegs(database, wall_clock, settings.sessions, ladder, ringing, calls, outbound)
    try:
        yield HandOffs(sessions, calls, ladder, ringing, early_legs)
    finally:
        await outbound.aclose()
