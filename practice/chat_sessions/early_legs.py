"""Ringing somebody while the bot still speaks: the first contact is called by a call of its own.

In an emergency the ladder's first contact rings at once, and who takes the call meets the caller in a
conference when the bot has spoken. The other contacts, and all of them where no call can be placed, are
rung by the carrier's verbs when the bot's part of the call has ended.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from config.logs import get_logger
from config.settings import SessionSettings
from kit.clock import Clock
from kit.db.database import Database
from practice.chat_sessions import repository
from practice.chat_sessions.ladder import Contact, Ladder
from practice.chat_sessions.ringing import LegOutcome, Ringing
from practice.conversations.service import Calls
from practice.partners.views import BotView
from practice.records import chat_sessions as records
from practice.twilio_rest import CallRefused, OutboundCalls

Accepted = Literal["accepted", "taken_elsewhere", "caller_gone"]
AddressOf = Callable[[str, str, str], str]
"""Gives the address of a webhook of an early leg, by its name, the session's id and the contact's name."""
_TWILIO_CALL = "CA"
_WHISPER = timedelta(seconds=60)
"""How long whoever picked up may take to press a key, the carrier's delays among it."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class EarlyLeg:
    """A contact who is rung by a call of its own.

    Attributes:
        until: When they must have answered and pressed a key, ISO 8601.
        call_id: The carrier's name of the call to them; None while it is not known.
        waits: The caller waits for them, the bot having ended its part.
        joined: The caller was sent to them.
        over: Their call has ended without a conversation, and the caller who waits is to learn it.
        hurried: The carrier was told to ask for the caller's next step at once. Until it does, nothing is
            begun that it would break off.
    """

    contact: str
    until: str
    call_id: str | None = None
    waits: bool = False
    joined: bool = False
    over: bool = False
    hurried: bool = False

    @classmethod
    def of(cls, row: records.ChatSession) -> "EarlyLeg | None":
        """Read the one that is under way for a session."""
        return None if row.early_leg is None else cls(**row.early_leg)

    def keep(self, row: records.ChatSession) -> None:
        """Write it to its session."""
        row.early_leg = asdict(self)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom a caller waits for, and whether they have taken the call."""

    session_id: str
    contact: str
    accepted: bool


class EarlyLegs:
    """The calls by which first contacts are rung."""

    def __init__(
        self,
        database: Database,
        wall_clock: Clock,
        settings: SessionSettings,
        ladder: Ladder,
        ringing: Ringing,
        calls: Calls,
        outbound: OutboundCalls,
    ) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._settings = settings
        self._ladder = ladder
        self._ringing = ringing
        self._calls = calls
        self._outbound = outbound

    async def ring(self, bot: BotView, session_id: str, call_id: str, address: AddressOf) -> None:
        """Ring the first contact for a call, unless somebody was rung for it before."""
        call = await self._calls.find(call_id)
        contacts = await self._ladder.list_available(bot) if self._outbound.possible else []
        if not call_id.startswith(_TWILIO_CALL):
            return  # another carrier's: what Twilio calls cannot meet it
        if call is None or call.to_number is None or call.status != "in_progress" or not contacts:
            return
        contact = (await self._ringing.in_order(session_id, contacts))[0]
        if not await self._begin(session_id, contact):
            return
        try:
            placed = await self._outbound.place(
                contact.phone,
                call.to_number,
                url=address("whisper", session_id, contact.name),
                status_url=address("ended", session_id, contact.name),
                ring_seconds=contact.ring_seconds,
                limit_seconds=self._settings.talk_minutes * 60,
            )
        except CallRefused as error:
            _log.warning("nobody rung ahead", why=str(error))
            await self._forget(session_id)
            return
        _log.info("ringing ahead", call_id=call_id)
        wanted = placed is None or await self.note_call(session_id, placed)
        await self._ringing.note_ringing(session_id, contact.name, of=len(contacts))
        if placed is not None and not (wanted and await self._is_in_progress(call_id)):
            # The caller hung up while the call was being placed.
            await self._outbound.hang_up(placed)

    async def note_call(self, session_id: str, leg_call_id: str) -> bool:
        """Keep the carrier's name of the call to a contact; False when it is wanted no more."""
        async with self._database.session() as session:
            row = await repository.find_session(session, session_id, lock=True)
            leg = None if row is None else EarlyLeg.of(row)
            if row is None or leg is None:
                return False
            replace(leg, call_id=leg_call_id).keep(row)
        return True

    async def _is_in_progress(self, call_id: str) -> bool:
        call = await self._calls.find(call_id)
        return call is not None and call.status == "in_progress"

    async def wait_for(self, call_id: str, *, hurried: bool = False) -> Waiting | None:
        """Tell a caller's call whom to wait for, or None; ``hurried`` when it was told to ask."""
        async with self._database.session() as session:
            row = await repository.find_open_of_call(session, call_id, lock=True)
            leg = None if row is None else EarlyLeg.of(row)
            if row is None or leg is None:
                return None
            accepted = row.accepted_by == leg.contact
            if leg.hurried and not hurried:
                # Only once: what it was told may not have arrived.
                replace(leg, hurried=False).keep(row)
                return Waiting(row.id, leg.contact, accepted=False)
            if leg.over:
                row.early_leg = None
                return None
            if accepted or datetime.fromisoformat(leg.until) > self._wall_clock():
                replace(leg, waits=not accepted, joined=accepted, hurried=False).keep(row)
                return Waiting(row.id, leg.contact, accepted)
            row.early_leg = None
        await self._ringing.note_outcome(row.id, leg.contact, "failed")
        if leg.call_id is not None:
            await self._outbound.hang_up(leg.call_id)
        return None

    async def accept(self, session_id: str, contact: str, hurry_url: str) -> Accepted:
        """Let whoever pressed the key take the call; a caller who waits is sent to the URL at once."""
        session = await self._ringing.find(session_id)
        call_id = None if session is None else session.callId
        if call_id is None or not await self._is_in_progress(call_id):
            return "caller_gone"
        if not await self._ringing.accept(session_id, contact):
            return "taken_elsewhere"
        async with self._database.session() as db:
            row = await repository.find_session(db, session_id, lock=True)
            leg = None if row is None else EarlyLeg.of(row)
            hurry = leg is not None and leg.waits
            if row is not None and leg is not None and hurry:
                replace(leg, hurried=True).keep(row)
        if hurry:
            await self._outbound.redirect(call_id, hurry_url)
        return "accepted"

    async def end(self, session_id: str, contact: str, outcome: LegOutcome, hurry_url: str) -> None:
        """Keep once what became of an early leg, unless it was accepted; a caller who waits goes on."""
        async with self._database.session() as session:
            row = await repository.find_session(session, session_id, lock=True)
            leg = None if row is None else EarlyLeg.of(row)
            if row is None or leg is None or leg.contact != contact or leg.over:
                return
            if row.accepted_by == contact:
                outcome = "accepted" if leg.joined else "declined"
                if not leg.joined:
                    _give_back(row)
            call_id = row.call_id if leg.waits else None
            if call_id is None:
                row.early_leg = None
            else:
                replace(leg, over=True, hurried=True).keep(row)
        await self._ringing.note_outcome(session_id, contact, outcome)
        _log.info("rung ahead", outcome=outcome)
        if call_id is not None:
            await self._outbound.redirect(call_id, hurry_url)

    async def caller_gone(self, call_id: str) -> None:
        """End the call to a contact when the caller is gone."""
        async with self._database.session() as session:
            row = await repository.find_open_of_call(session, call_id, lock=True)
            leg = None if row is None else EarlyLeg.of(row)
            if row is None or leg is None:
                return
            if not leg.joined:
                row.early_leg = None
                if row.accepted_by == leg.contact:
                    _give_back(row)
        if leg.call_id is not None:
            await self._outbound.hang_up(leg.call_id)

    async def leave_alone(self, call_id: str, session_id: str, hurry_url: str) -> None:
        """Send a caller on who is alone in the conference, the one who took the call having hung up."""
        async with self._database.reading() as session:
            row = await repository.find_session(session, session_id)
        if row is not None and row.call_id == call_id and row.early_leg is None:
            await self._outbound.redirect(call_id, hurry_url)

    async def _begin(self, session_id: str, contact: Contact) -> bool:
        until = self._wall_clock() + timedelta(seconds=contact.ring_seconds) + _WHISPER
        async with self._database.session() as session:
            row = await repository.find_session(session, session_id, lock=True)
            if row is None or row.rung or row.accepted_ms is not None or row.finished_ms is not None:
                return False
            row.rung = 1
            EarlyLeg(contact.name, until.isoformat()).keep(row)
        return True

    async def _forget(self, session_id: str) -> None:
        """Take back that a contact was rung: the verbs ring them."""
        async with self._database.session() as session:
            row = await repository.find_session(session, session_id, lock=True)
            if row is not None:
                row.rung, row.early_leg = 0, None


def _give_back(row: records.ChatSession) -> None:
    """Undo that somebody took a call who hung up before the caller was there."""
    row.started_ms = row.started_by = row.accepted_ms = row.accepted_by = None
