"""Calls and chats: each a thread with its messages in order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from config.telemetry import CALLS_ENDED
from contracts.conversation import Message
from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from kit.ids import is_id
from practice.conversations import repository
from practice.conversations.outcome import outcome_of
from practice.errors import CallNotFound, CallTakenOver, ThreadNotFound
from practice.records.conversations import Call, Thread
from practice.records.insert_once import insert_once
from practice.service import RecordsService

NUMBER_DOUBTED = "The carrier does not vouch for the caller's number."
"""The message on a call's thread where the number proves nothing."""
OnAppend = Callable[[AsyncSession, str, int, Sequence[Message]], Awaitable[None]]
"""Called in the transaction that adds messages: with the thread, the place of the first, and all of them."""


@dataclass(frozen=True, slots=True)
class EndingView:
    """How the bot ended its part of the call: ``hang_up``, ``transfer`` or ``message``."""

    kind: str
    reason: str
    to: str | None


@dataclass(frozen=True, slots=True)
class CallView:
    """A phone call.

    Attributes:
        status: ``in_progress`` or the carrier's last word (``completed`` and so on).
        answers_ms: How long the caller waited for each answer, voice to voice, as far as it was measured.
        came_back: The bot had ended its part, and the caller came back to it.
    """

    call_id: str
    thread_id: str
    bot_id: str
    from_number: str | None
    to_number: str | None
    status: str
    connections: int
    ending: EndingView | None
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    assistant_id: int | None = None
    assistant_version: int | None = None
    came_back: bool = False
    answers_ms: tuple[int, ...] = ()


class Calls(RecordsService):
    """Phone calls; each is a thread."""

    def __init__(self, database: Database, clock: Clock, on_append: OnAppend | None = None) -> None:
        super().__init__(database, clock)
        self._on_append = on_append
        self._expected: dict[str, EndingView] = {}
        """How calls end that could not be told to the database yet: the carrier asks this process too."""

    async def start(
        self,
        call_id: str,
        bot_id: str,
        from_number: str | None,
        to_number: str | None,
        *,
        assistant_id: int | None = None,
        assistant_version: int | None = None,
        number_proves: bool = True,
    ) -> CallView:
        """Note that a call came in, and whether its number proves who calls; again it changes nothing."""
        now = self._clock()
        async with self._database.session() as session:
            call = await repository.find_call(session, call_id)
            if call is None:
                assistant = {"assistant_id": assistant_id, "assistant_version": assistant_version}
                thread_id = await repository.add_thread(session, "call", now, bot_id=bot_id, **assistant)
                values = {
                    "id": call_id,
                    "thread_id": thread_id,
                    "bot_id": bot_id,
                    "from_number": from_number,
                    "to_number": to_number,
                    "status": "in_progress",
                    "connections": 0,
                    "started_at": now,
                }
                if not await insert_once(session, Call, values, ["id"]):
                    await session.execute(delete(Thread).where(Thread.id == thread_id))
                elif not number_proves:
                    doubt = {"role": "system", "content": NUMBER_DOUBTED}
                    await repository.append(session, thread_id, [doubt], now)
                call = await repository.get_call(session, call_id)
        return view_of(call)

    async def find(self, call_id: str) -> CallView | None:
        """Find a call."""
        async with self._database.reading() as session:
            call = await repository.find_call(session, call_id)
        if call is None:
            return None
        view = view_of(call)
        return view if view.ending else replace(view, ending=self._expected.get(call_id))

    async def get(self, call_id: str) -> CallView:
        """Get a call."""
        call = await self.find(call_id)
        if call is None:
            raise CallNotFound
        return call

    async def list_calls(self, bot_id: str, limit: int = 100) -> list[CallView]:
        """List a bot's calls."""
        async with self._database.reading() as session:
            return [view_of(call) for call in await repository.list_calls(session, bot_id, limit)]

    async def connect(self, call_id: str) -> int:
        """Count a media connection; gives which one it is, from 1: no two get the same."""
        async with self._database.session() as session:
            number = await repository.count_connection(session, call_id)
        if number is None:
            raise CallNotFound
        return number

    async def take_over(self, call_id: str, connection: int) -> list[Message]:
        """Let a media connection lead the call from now on; nothing that an earlier one says is kept."""
        async with self._database.session() as session:
            if not await repository.lead_call(session, call_id, connection):
                raise CallTakenOver
            self._expected.pop(call_id, None)
            call = await repository.get_call(session, call_id)
            return await repository.list_messages(session, call.thread_id)

    async def append(self, call_id: str, *messages: Message, connection: int | None = None) -> None:
        """Add messages to the call's thread; a media connection that says so must lead the call."""
        async with self._database.session() as session:
            call = await _led(session, call_id, connection)
            first = await repository.append(session, call.thread_id, messages, self._clock())
            if self._on_append is not None:
                await self._on_append(session, call.thread_id, first, messages)

    async def messages(self, call_id: str) -> list[Message]:
        """Read the call's messages."""
        async with self._database.reading() as session:
            call = await repository.find_call(session, call_id)
            if call is None:
                raise CallNotFound
            return await repository.list_messages(session, call.thread_id)

    def expect_end(self, call_id: str, ending: EndingView) -> None:
        """Know how the bot ended its part until that is written down or another connection leads."""
        self._expected[call_id] = ending

    async def end(
        self, call_id: str, kind: str, reason: str, to: str | None = None, *, connection: int | None = None
    ) -> None:
        """Note how the bot ended its part, without personal data; the first ending stays."""
        async with self._database.session() as session:
            call = await _led(session, call_id, connection)
            if call.ending_kind is None:
                call.ending_kind, call.ending_reason, call.ending_to = kind, reason, to
            call.outcome = outcome_of(await repository.list_messages(session, call.thread_id))
        self._expected.pop(call_id, None)

    async def note_answers(self, call_id: str, answers_ms: Sequence[int]) -> None:
        """Keep how long a caller waited for the answers on one of the call's streams."""
        async with self._database.session() as session:
            call = await session.get(Call, call_id, with_for_update=True)
            if call is not None:
                call.answers_ms = [*(call.answers_ms or ()), *answers_ms]

    async def resume(self, call_id: str) -> None:
        """Take the bot's ending back: nobody took the call, and the bot goes on."""
        async with self._database.session() as session:
            await repository.resume_call(session, call_id)

    async def finish(self, call_id: str, status: str, duration_seconds: int | None = None) -> None:
        """Note the carrier's last word; calls that are not known are ignored."""
        async with self._database.session() as session:
            call = await session.get(Call, call_id, with_for_update=True)
            if call is None:
                return
            told_before = call.ended_at is not None
            call.status, call.duration_seconds, call.ended_at = status, duration_seconds, self._clock()
            call.outcome = outcome_of(await repository.list_messages(session, call.thread_id))
        if not told_before:
            CALLS_ENDED.labels(call.outcome).inc()


class Chats(RecordsService):
    """Text conversations; each is a thread."""

    def __init__(self, database: Database, clock: Clock, on_append: OnAppend | None = None) -> None:
        super().__init__(database, clock)
        self._on_append = on_append

    async def open(
        self,
        assistant_id: int,
        owner: str,
        bot_id: str | None = None,
        version: int | None = None,
        *,
        fresh: timedelta | None = None,
    ) -> str:
        """Get the latest thread of a person and an unchanged assistant, if still fresh; else a new one."""

        async def latest(session: AsyncSession) -> str | None:
            found = await repository.find_chat(session, assistant_id, owner)
            if found is None:
                return None
            thread_id, began_with, spoken_at = found
            goes_on = fresh is None or (spoken_at > self._clock() - fresh and began_with == version)
            return thread_id if goes_on else None

        async with self._database.session() as session:
            if thread_id := await latest(session):
                return thread_id
            # Two first messages at once: the second waits here, and finds what the first has made.
            await repository.lock_assistant(session, assistant_id)
            return await latest(session) or await self._add(session, assistant_id, owner, bot_id, version)

    async def start(
        self, assistant_id: int, owner: str, bot_id: str | None = None, version: int | None = None
    ) -> str:
        """Start a fresh thread; ``open`` gives this one from now on."""
        async with self._database.session() as session:
            return await self._add(session, assistant_id, owner, bot_id, version)

    async def find_latest(self, bot_id: str, owner: str) -> tuple[str, int, datetime] | None:
        """Find the latest thread of one person with a bot in which something was said."""
        async with self._database.reading() as session:
            return await repository.find_latest_of(session, bot_id, owner)

    async def check(self, thread_id: str, assistant_id: int, owner: str) -> None:
        """Make sure that a thread is this person's with this assistant."""
        if not is_id(thread_id, "thrd"):
            raise ThreadNotFound
        async with self._database.reading() as session:
            if not await repository.is_chat_of(session, thread_id, assistant_id, owner):
                raise ThreadNotFound

    async def assistant_of(self, thread_id: str, owner: str) -> int:
        """Give the assistant of a person's thread."""
        found = None
        if is_id(thread_id, "thrd"):
            async with self._database.reading() as session:
                found = await repository.find_assistant_of_chat(session, thread_id, owner)
        if found is None:
            raise ThreadNotFound
        return found

    async def append(self, thread_id: str, *messages: Message) -> None:
        """Add messages."""
        async with self._database.session() as session:
            first = await repository.append(session, thread_id, messages, self._clock())
            if self._on_append is not None:
                await self._on_append(session, thread_id, first, messages)

    async def messages(self, thread_id: str, latest: int | None = None) -> list[Message]:
        """Read a thread's messages."""
        async with self._database.reading() as session:
            found = await repository.list_messages(session, thread_id, latest)
        if latest is None or len(found) < latest:
            return found
        spoken = (place for place, one in enumerate(found) if one.get("role") == "user")
        return found[next(spoken, 0) :]

    async def messages_before(self, thread_id: str, latest: int) -> list[Message]:
        """Read what stands in a thread before its latest messages, as far as ``messages`` left it out."""
        async with self._database.reading() as session:
            return await repository.list_messages_before(session, thread_id, latest)

    async def version(self, thread_id: str) -> int | None:
        """Give the assistant's version that a thread began with."""
        async with self._database.reading() as session:
            return await session.scalar(select(Thread.assistant_version).where(Thread.id == thread_id))

    async def _add(
        self,
        session: AsyncSession,
        assistant_id: int,
        owner: str,
        bot_id: str | None,
        version: int | None = None,
    ) -> str:
        assistant = {"assistant_id": assistant_id, "assistant_version": version}
        return await repository.add_thread(
            session, "chat", self._clock(), bot_id=bot_id, owner=owner, **assistant
        )


async def _led(session: AsyncSession, call_id: str, connection: int | None) -> Call:
    """Get a call, held, if this connection leads it."""
    call = await session.get(Call, call_id, with_for_update=True)
    if call is None:
        raise CallNotFound
    if connection is not None and call.stream != connection:
        raise CallTakenOver
    return call


def view_of(call: Call) -> CallView:
    """Show a call; its thread is loaded."""
    ending = None
    if call.ending_kind is not None:
        ending = EndingView(call.ending_kind, call.ending_reason or "", call.ending_to)
    return copy_fields(
        CallView,
        call,
        call_id=call.id,
        ending=ending,
        assistant_id=call.thread.assistant_id,
        assistant_version=call.thread.assistant_version,
        came_back=call.ending_kind is None and call.ending_reason is not None,
        answers_ms=tuple(call.answers_ms or ()),
    )
