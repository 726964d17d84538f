"""A phone call's hand-off: one contact after the other is rung, and what became of each is kept."""

from dataclasses import dataclass
from typing import Literal

from contracts.chat_sessions import ChatSession, ChatSessionCreate
from kit.clock import Clock
from kit.db.database import Database
from practice.chat_sessions import repository
from practice.chat_sessions.errors import SessionConflict
from practice.chat_sessions.ladder import Contact, Ladder
from practice.chat_sessions.service import FOR_THE_DESK, ChatSessions
from practice.chat_sessions.transitions import Directives, transition
from practice.chat_sessions.views import SessionAccount, milliseconds, session_view, stamps_of
from practice.partners.views import BotView

LegOutcome = Literal["accepted", "declined", "machine", "busy", "no_answer", "failed", "hung_up"]
"""What became of ringing somebody: ``machine`` is a line that was picked up and pressed no key,
``hung_up`` a caller who was gone before anybody took the call."""


@dataclass(frozen=True, slots=True)
class RingAttempt:
    """Somebody who is being rung for a call."""

    session: ChatSession
    contact: Contact
    number: int
    """Of the attempt, from 1."""


class Ringing:
    """Rings a practice's contacts for calls that the bot hands over."""

    def __init__(self, database: Database, clock: Clock, sessions: ChatSessions, ladder: Ladder) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._ladder = ladder

    async def next_leg(self, bot: BotView, call_id: str, reason: str) -> RingAttempt | None:
        """Give whom to ring next for a call; a session is made when the bot has made none.

        Returns:
            None when somebody has taken it elsewhere, or nobody is left to ring.
        """
        contacts = await self._ladder.list_available(bot)
        await self._ensure_session(bot, call_id, reason)
        now = self._clock()
        async with self._database.session() as session:
            row = await repository.find_open_of_call(session, call_id, lock=True)
            if row is None or row.accepted_ms is not None or row.rung >= len(contacts):
                return None
            contact, row.rung = contacts[row.rung], row.rung + 1
            await session.flush()
            detail = {"contact": contact.name, "attempt": row.rung, "of": len(contacts)}
            await repository.add_event(session, row.id, "session.ringing", now, detail=detail)
            leg = RingAttempt(session_view(row), contact, row.rung)
        self._sessions.notify()
        return leg

    async def _ensure_session(self, bot: BotView, call_id: str, reason: str) -> None:
        async with self._database.reading() as session:
            if await repository.find_open_of_call(session, call_id) is not None:
                return
        sites = (bot.site_id,) if bot.site_id is not None else ()
        if sites:
            account = SessionAccount(bot.id, sites, is_bot=True)
            body = ChatSessionCreate(
                participants=[FOR_THE_DESK], reason=reason or "a person is wanted", callId=call_id
            )
            await self._sessions.create(account, body)

    async def accept(self, session_id: str, contact: str) -> bool:
        """Let whoever pressed the key take a call; False when somebody else was first."""
        now = self._clock()
        async with self._database.session() as session:
            row = await repository.find_session(session, session_id, lock=True)
            if row is None:
                return False
            try:
                stamps, new = transition(
                    stamps_of(row), Directives(start=True, accept=True), contact, milliseconds(now)
                )
            except SessionConflict:
                return False
            for name in new:
                stamp = getattr(stamps, name)
                setattr(row, f"{name}_ms", stamp.ms)
                setattr(row, f"{name}_by", stamp.by)
            await session.flush()
            for name in new:
                await repository.add_event(session, row.id, f"session.{name}", now, by=contact)
        self._sessions.notify()
        return "accepted" in new

    async def note_outcome(self, session_id: str, contact: str, outcome: LegOutcome) -> None:
        """Keep what became of ringing somebody; a conversation that was had finishes the session."""
        now = self._clock()
        async with self._database.session() as session:
            row = await repository.find_session(session, session_id, lock=True)
            if row is None:
                return
            detail = {"contact": contact, "outcome": outcome}
            await repository.add_event(session, row.id, "session.rung", now, detail=detail)
            if outcome == "accepted" and row.finished_ms is None:
                row.finished_ms, row.finished_by = milliseconds(now), contact
                await session.flush()
                await repository.add_event(session, row.id, "session.finished", now, by=contact)
        self._sessions.notify()

    async def note_hang_up(self, call_id: str) -> None:
        """Keep that a caller hung up while somebody was rung; the session stays open, to call them back."""
        now = self._clock()
        async with self._database.session() as session:
            row = await repository.find_open_of_call(session, call_id, lock=True)
            if row is None or not row.rung or row.accepted_ms is not None:
                return
            await repository.add_event(session, row.id, "session.rung", now, detail={"outcome": "hung_up"})
        self._sessions.notify()

    async def find(self, session_id: str) -> ChatSession | None:
        """Find a session, whoever takes part in it: for the carrier's own signed requests."""
        async with self._database.reading() as session:
            row = await repository.find_session(session, session_id)
            return None if row is None else session_view(row)

    async def find_of_call(self, call_id: str) -> tuple[ChatSession, int] | None:
        """Find the open session of a call, and how many were rung for it."""
        async with self._database.reading() as session:
            row = await repository.find_open_of_call(session, call_id)
            return None if row is None else (session_view(row), row.rung)
