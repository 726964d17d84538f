"""Chat sessions: made by accounts and by the bot, taken by people, followed as they happen."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.chat_sessions import (
    ChatSession,
    ChatSessionCreate,
    ChatSessionEvent,
    ChatSessionPatch,
    SessionMessage,
)
from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from practice.chat_sessions import repository
from practice.chat_sessions.errors import SessionConflict, SessionNotFound
from practice.chat_sessions.transitions import Directives, transition
from practice.chat_sessions.views import (
    COLUMNS,
    SPEAKERS,
    SessionAccount,
    keep_stamps,
    message_view,
    milliseconds,
    session_view,
    stamps_of,
)
from practice.conversations import repository as conversations
from practice.errors import InsufficientScope, InvalidRequest
from practice.records import chat_sessions as records
from practice.records.conversations import Thread
from practice.records.finding import find_by
from practice.service import RecordsService

FOR_THE_DESK = "desk"
"""In the bot's own requests: whoever answers at its site, instead of accounts by name."""
_NEVER_EMPTY = ("createdAt",)
_TOLD_AGAIN = ("reason", "urgency", "summary", "booking_id")
"""What a bot's second request for a person in the same conversation changes."""


OnHandOff = Callable[[AsyncSession, records.ChatSession], Awaitable[None]]
"""Called in the transaction in which a bot makes a session, to write what follows."""
OnReply = Callable[[AsyncSession, records.ChatSession, int, str], Awaitable[None]]
"""Called in the transaction in which a person answers in a session: with the message's place and text."""


class ChatSessions(RecordsService):
    """Sessions, each seen by the accounts that take part in it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        on_hand_off: OnHandOff | None = None,
        on_reply: OnReply | None = None,
    ) -> None:
        super().__init__(database, clock)
        self._on_hand_off = on_hand_off
        self._on_reply = on_reply
        self._news = asyncio.Event()

    async def create(self, account: SessionAccount, body: ChatSessionCreate) -> ChatSession:
        """Create a session; its creator takes part in it.

        A bot's session is for everybody who answers at its site, and may hand over one of its conversations.
        """
        if not account.site_ids:
            raise InsufficientScope("The account reaches no site.")
        now = self._clock()
        if account.is_bot and (again := await self._ask_again(account, body)) is not None:
            return again
        row = records.ChatSession(
            id=new_id("chs", now),
            site_id=account.site_ids[0],
            bot_id=account.id if account.is_bot else None,
            created_by=account.id,
            callback_at=body.callbackAt,
            rung=0,
            participants=[],
            **{"created_ms": milliseconds(now), **_given(body)},
        )
        async with self._database.session() as session:
            accounts = list(body.participants)
            if account.is_bot:
                await self._hand_over(session, row, body)
                desk = await repository.list_desk_accounts(session, row.site_id, now)
                accounts = [one for one in accounts if one != FOR_THE_DESK] + desk
            _set_participants(row, [*accounts, account.id])
            session.add(row)
            await session.flush()
            await repository.add_event(
                session, row.id, "session.created", now, by=account.id, detail=_asked_for(body)
            )
            if account.is_bot and self._on_hand_off is not None:
                await self._on_hand_off(session, row)
        self.notify()
        return session_view(row)

    async def _ask_again(self, account: SessionAccount, body: ChatSessionCreate) -> ChatSession | None:
        """Bring the session up to date that a bot has made of the same conversation, if it is still open."""
        given = {name: value for name, value in _given(body).items() if name in _TOLD_AGAIN}
        if body.urgency is None:
            given.pop("reason", None)  # a message left after a hand-off does not replace why it was made
        async with self._database.session() as session:
            row = None
            if body.callId is not None:
                row = await repository.find_open_of_call(session, body.callId, lock=True)
            elif body.threadId is not None:
                row = await repository.find_open_of_thread(session, body.threadId)
            if row is None or row.bot_id != account.id:
                return None
            for name, value in given.items():
                setattr(row, name, value)
            row.callback_at = body.callbackAt or row.callback_at
            await session.flush()
            await repository.add_event(
                session, row.id, "session.updated", self._clock(), by=account.id, detail=_asked_for(body)
            )
        self.notify()
        return session_view(row)

    async def _hand_over(
        self, session: AsyncSession, row: records.ChatSession, body: ChatSessionCreate
    ) -> None:
        """Tie a session to the conversation that the bot hands over: a call by its id, or a thread."""
        thread_id = body.threadId
        if body.callId is not None:
            call = await conversations.find_call(session, body.callId)
            if call is None or call.bot_id != row.bot_id:
                raise InvalidRequest("callId names no call of this bot.")
            row.call_id, thread_id = call.id, call.thread_id
        if thread_id is not None:
            if await find_by(session, Thread, id=thread_id, bot_id=row.bot_id or "") is None:
                raise InvalidRequest("threadId names no conversation of this bot.")
            row.thread_id = thread_id

    async def get(self, account: SessionAccount, session_id: str) -> ChatSession:
        """Get a session in which the account takes part."""
        async with self._database.reading() as session:
            return session_view(await _get(session, account, session_id))

    async def list_sessions(
        self,
        account: SessionAccount,
        *,
        equal: dict[str, str],
        order: Sequence[tuple[str, bool]],
        skip: int,
        limit: int,
    ) -> list[ChatSession]:
        """List the account's sessions; see ``repository.list_sessions``."""
        visible = repository.visible_to(account.id, account.site_ids)
        async with self._database.reading() as session:
            found = await repository.list_sessions(session, visible, equal, order, skip, limit)
            return [session_view(row) for row in found]

    async def list_open(self, account: SessionAccount, limit: int = 50) -> list[ChatSession]:
        """List the account's sessions that are neither finished nor rejected, the most urgent first."""
        visible = repository.visible_to(account.id, account.site_ids)
        async with self._database.reading() as session:
            found = await repository.list_open(session, visible, limit)
            return [session_view(row) for row in found]

    async def patch(self, account: SessionAccount, session_id: str, body: ChatSessionPatch) -> ChatSession:
        """Change a session: first its fields, then by the directives, which win, or SessionConflict."""
        now = self._clock()
        told = Directives(body.start, body.accept, body.reject, body.finish)
        async with self._database.session() as session:
            row = await _get(session, account, session_id, lock=True)
            stamps, new = transition(stamps_of(row), told, account.id, milliseconds(now))
            given = {name: value for name, value in _given(body).items() if name not in told.columns}
            for name, value in given.items():
                setattr(row, name, value)
            if body.participants is not None:
                _set_participants(row, [*body.participants, account.id])
            keep_stamps(row, stamps, new)
            await session.flush()
            for name in new:
                await repository.add_event(session, row.id, f"session.{name}", now, by=account.id)
            if given or body.participants is not None:
                await repository.add_event(session, row.id, "session.updated", now, by=account.id)
        self.notify()
        return session_view(row)

    async def list_messages(
        self, account: SessionAccount, session_id: str, *, after: int = -1, limit: int = 500
    ) -> list[SessionMessage]:
        """List what was said in a session's conversation behind a position, in order."""
        async with self._database.reading() as session:
            row = await _get(session, account, session_id)
        return await self.list_said(row.thread_id, after=after, limit=limit) if row.thread_id else []

    async def list_said(self, thread_id: str, *, after: int = -1, limit: int = 500) -> list[SessionMessage]:
        """List what was said in a conversation, in order, for whoever was found to be part of it."""
        async with self._database.reading() as session:
            found = await repository.list_thread_messages(session, thread_id, after, limit)
        return [view for one in found if (view := message_view(one)) is not None]

    async def post_message(self, account: SessionAccount, session_id: str, text: str) -> SessionMessage:
        """Add a person's message to the conversation."""
        now = self._clock()
        async with self._database.session() as session:
            row = await _get(session, account, session_id, lock=True)
            if row.finished_ms is not None:
                raise SessionConflict("The session is finished.")
            if row.thread_id is None:
                row.thread_id = await conversations.add_thread(session, "chat", now)
            # In a session that no bot handed over, whoever opened it is the one who is helped.
            helped = row.bot_id is None and row.created_by == account.id
            message: dict[str, Any] = {
                "role": "user" if helped else "assistant",
                "content": text,
                "answered_by": account.id,
            }
            position = await conversations.append(session, row.thread_id, [message], now)
            await self.note_messages(session, row.thread_id, position, [message])
            if self._on_reply is not None and not helped:
                await self._on_reply(session, row, position, text)
            (kept,) = await repository.list_thread_messages(session, row.thread_id, position - 1, 1)
        self.notify()
        view = message_view(kept)
        assert view is not None  # noqa: S101 - made above, with a text
        return view

    async def note_messages(
        self, session: AsyncSession, thread_id: str, first: int, messages: Sequence[dict[str, Any]]
    ) -> None:
        """Tell the open sessions of a conversation what was said in it, in the transaction that keeps it."""
        spoken = [
            first + place
            for place, one in enumerate(messages)
            if one.get("role") in SPEAKERS and one.get("content")
        ]
        if not spoken:
            return
        now = self._clock()
        open_sessions = await repository.list_open_of_thread(session, thread_id)
        for session_id in open_sessions:
            for position in spoken:
                await repository.add_event(session, session_id, "message.created", now, position=position)
        if open_sessions:
            event.listen(session.sync_session, "after_commit", lambda _: self.notify(), once=True)

    async def is_taken(self, thread_id: str) -> bool:
        """Tell whether a person has taken a conversation over, and is still in it."""
        async with self._database.reading() as session:
            row = await repository.find_open_of_thread(session, thread_id)
        return row is not None and row.accepted_ms is not None

    async def newest_event(self) -> int:
        """Give the number of the newest event."""
        async with self._database.reading() as session:
            return await repository.newest_event(session)

    async def list_events(
        self, account: SessionAccount, after: int, *, session_id: str | None = None, limit: int = 100
    ) -> list[tuple[int, ChatSessionEvent]]:
        """List (number, event) behind a number, of the account's sessions or of one of them."""
        visible = repository.visible_to(account.id, account.site_ids)
        async with self._database.reading() as session:
            if session_id is not None:
                await _get(session, account, session_id)
            rows = await repository.list_events(session, visible, after, limit, session_id)
            places = [(thread, row.position) for row, thread in rows if thread and row.position is not None]
            messages = await repository.list_messages_at(session, places)
            sessions = {
                one: await repository.find_session(session, one)
                for one in {row.session_id for row, _ in rows}
            }
        events = []
        for row, thread in rows:
            kept = messages.get((thread or "", -1 if row.position is None else row.position))
            message = None if kept is None else message_view(kept)
            owner = sessions[row.session_id]
            events.append(
                (
                    row.number,
                    ChatSessionEvent(
                        sessionId=row.session_id,
                        type=row.kind,
                        at=milliseconds(row.created_at),
                        by=row.by if message is None else message.answeredBy,
                        session=None if owner is None or message is not None else session_view(owner),
                        message=message,
                        detail=row.detail,
                    ),
                )
            )
        return events

    async def wait_for_news(self, seconds: float) -> None:
        """Wait until something happens in this process, or for a while: other replicas are not heard."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    def notify(self) -> None:
        """Wake the streams of this process; they look after the transaction has ended."""
        self._news.set()
        self._news = asyncio.Event()


async def _get(
    session: AsyncSession, account: SessionAccount, session_id: str, *, lock: bool = False
) -> records.ChatSession:
    visible = repository.visible_to(account.id, account.site_ids)
    row = await repository.find_session(session, session_id, visible, lock=lock)
    if row is None:
        raise SessionNotFound(session_id)
    return row


def _asked_for(body: ChatSessionCreate) -> dict[str, str] | None:
    """Give whom the bot asked for by name; kept with the event, `repository.find_asked_for` reads it."""
    return None if body.ring is None else {"ring": body.ring}


def _given(body: ChatSessionCreate | ChatSessionPatch) -> dict[str, Any]:
    """Give the columns that a body sets, explicitly."""
    given = body.model_dump(include=set(COLUMNS), exclude_unset=True)
    values = {}
    for name, value in given.items():
        if value is None and (name in _NEVER_EMPTY or isinstance(body, ChatSessionCreate)):
            continue
        values[COLUMNS[name]] = int(value) if isinstance(value, float) else value
    return values


def _set_participants(row: records.ChatSession, accounts: Sequence[str]) -> None:
    """Make the list of those who take part: each once, in the order given."""
    known = {one.account_id: one for one in row.participants}
    row.participants = []
    for position, account_id in enumerate(dict.fromkeys(accounts)):
        one = known.get(account_id) or records.ChatSessionParticipant(account_id=account_id)
        one.position = position
        row.participants.append(one)
