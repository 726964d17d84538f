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
from practice.chat_sessions.views import SessionAccount, keep_stamps, milliseconds, session_view, stamps_of
from practice.partners.views import BotView
from practice.service import RecordsService

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


class Ringing(RecordsService):
    """Rings a practice's contacts for calls that the bot hands over."""

    def __init__(self, database: Database, clock: Clock, sessions: ChatSessions, ladder: Ladder) -> None:
        super().__init__(database, clock)
        self._sessions = sessions
        self._ladder = ladder

    async def next_leg(self, bot: BotView, call_id: str, reason: str) -> RingAttempt | None:
        """Give whom to ring next for a call; a session is made when the bot has made none."""
        contacts = await self._ladder.list_available(bot)
        await self._ensure_session(bot, call_id, reason)
        async with self._database.session() as session:
            row = await repository.find_open_of_call(session, call_id, lock=True)
            if row is None or row.accepted_ms is not None or row.rung >= len(contacts):
                return None
            asked_for = await repository.find_asked_for(session, row.id)
            contact, row.rung = _asked_for_first(contacts, asked_for)[row.rung], row.rung + 1
            await session.flush()
            leg = RingAttempt(session_view(row), contact, row.rung)
        await self.note_ringing(leg.session.id, contact.name, attempt=leg.number, of=len(contacts))
        return leg

    async def note_ringing(self, session_id: str, contact: str, *, attempt: int = 1, of: int) -> None:
        """Tell the streams who is rung."""
        detail = {"contact": contact, "attempt": attempt, "of": of}
        async with self._database.session() as session:
            await repository.add_event(session, session_id, "session.ringing", self._clock(), detail=detail)
        self._sessions.notify()

    async def in_order(self, session_id: str, contacts: list[Contact]) -> list[Contact]:
        """Give contacts in the order in which they are rung for a session: whom it asks for comes first."""
        async with self._database.reading() as session:
            asked_for = await repository.find_asked_for(session, session_id)
        return _asked_for_first(contacts, asked_for)

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
            keep_stamps(row, stamps, new)
            await session.flush()
            for name in new:
                await repository.add_event(session, row.id, f"session.{name}", now, by=contact)
        self._sessions.notify()
        return "accepted" in new

    async def note_outcome(
        self, session_id: str, contact: str, outcome: LegOutcome, *, unless_known: bool = False
    ) -> None:
        """Keep what became of ringing somebody, unless it is known; a conversation finishes the session."""
        now = self._clock()
        async with self._database.session() as session:
            row = await repository.find_session(session, session_id, lock=True)
            if row is None or (outcome == "accepted" and row.finished_ms is not None):
                return
            if unless_known and not await repository.is_ringing(session, session_id):
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
            if row is None or row.accepted_ms is not None or not await repository.is_ringing(session, row.id):
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


def _asked_for_first(contacts: list[Contact], name: str | None) -> list[Contact]:
    return sorted(contacts, key=lambda one: name is None or _plain(one.name) != _plain(name))


def _plain(name: str) -> str:
    """Give a contact's name as it is compared: "On call" and "on_call" are one."""
    return " ".join(name.casefold().replace("_", " ").split())
