"""Threads as integrators see them: by number, with a user and content of their own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.conversation import for_readers
from kit.copying import copy_fields
from kit.ids import new_id
from practice.conversations import repository
from practice.errors import ThreadNotFound
from practice.records.conversations import Thread
from practice.records.finding import is_row_number
from practice.service import RecordsService

THREADS_AT_ONCE, MESSAGES_AT_ONCE = 200, 200
"""Rows that are read at once: lists of any length must not hold up a call."""


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A thread of an assistant: a ``call``, or a ``chat``, which an integrator may keep."""

    number: int
    id: str
    kind: str
    assistant_version: int | None
    user_id: str | None
    conversation_id: str | None
    content: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message of a thread in the OpenAI chat format, with ``answered_by`` where a bot made it."""

    position: int
    message: dict[str, Any]
    created_at: datetime


class Threads(RecordsService):
    """The threads of assistants."""

    async def pages_of_threads(
        self, assistant_id: int, limit: int = THREADS_AT_ONCE
    ) -> AsyncIterator[list[ThreadView]]:
        """Go through an assistant's threads, oldest first; the last page may be empty."""
        after, full = 0, True
        while full:
            async with self._database.reading() as session:
                rows = await repository.list_threads(session, assistant_id, after, limit)
                page = [_view(*row) for row in rows]
            full = len(page) == limit
            after = page[-1].number if page else after
            yield page

    async def create_thread(
        self,
        assistant_id: int,
        user_id: str | None,
        content: dict[str, Any] | None,
        version: int | None = None,
    ) -> ThreadView:
        """Make a thread."""
        async with self._database.session() as session:
            thread_id = await repository.add_thread(
                session,
                "chat",
                self._clock(),
                assistant_id=assistant_id,
                assistant_version=version,
                user_id=user_id,
                content=content or {},
            )
            return _view(*await repository.get_numbered(session, thread_id))

    async def get_thread(self, assistant_id: int, number: int) -> ThreadView:
        """Get an assistant's thread."""
        async with self._database.reading() as session:
            return _view(*await _find(session, assistant_id, number))

    async def update_thread(self, assistant_id: int, number: int, changes: dict[str, Any]) -> ThreadView:
        """Change what an integrator keeps of a thread: ``user_id`` and ``content``, or one of them."""
        async with self._database.session() as session:
            thread, given = await _find(session, assistant_id, number)
            if "user_id" in changes:
                thread.user_id = changes["user_id"]
            if "content" in changes:
                thread.content = changes["content"]
            thread.updated_at = self._clock()
            return _view(thread, given)

    async def delete_thread(self, assistant_id: int, number: int) -> None:
        """Delete a thread with its messages; a call keeps its own record."""
        async with self._database.session() as session:
            thread, _ = await _find(session, assistant_id, number)
            if thread.kind == "call":
                # What was said goes; when who called whom stays, with an empty thread.
                await repository.empty_thread(session, thread)
            else:
                await session.execute(delete(Thread).where(Thread.id == thread.id))

    async def pages_of_messages(
        self, assistant_id: int, number: int, limit: int = MESSAGES_AT_ONCE
    ) -> AsyncIterator[list[MessageView]]:
        """Go through a thread's messages, in order; the last page may be empty."""
        start, full = 0, True
        while full:
            async with self._database.reading() as session:
                thread, _ = await _find(session, assistant_id, number)
                rows = await repository.list_message_rows(session, thread.id, start, limit)
            page = [
                MessageView(one.position, message, one.created_at)
                for one in rows
                if (message := for_readers(one.message)) is not None
            ]
            full = len(rows) == limit
            start = rows[-1].position + 1 if rows else start
            yield page

    async def append_message(self, assistant_id: int, number: int, message: dict[str, Any]) -> MessageView:
        """Add a message; nobody answers it."""
        now = self._clock()
        async with self._database.session() as session:
            thread, _ = await _find(session, assistant_id, number)
            position = await repository.append(session, thread.id, [message], now)
        return MessageView(position, message, now)

    async def of_conversation(
        self, assistant_id: int, conversation_id: str, version: int | None
    ) -> ThreadView:
        """Get the thread of an integrator's conversation, made on first use."""
        now = self._clock()
        async with self._database.session() as session:
            thread_id = await repository.insert_conversation(
                session, new_id("thrd", now), assistant_id, conversation_id, version, now
            )
            return _view(*await repository.get_numbered(session, thread_id))


class Memories(RecordsService):
    """What assistants write down in a conversation, to know it later."""

    async def read(self, assistant_id: int, conversation_id: str) -> dict[str, Any]:
        """Read a conversation's memory."""
        async with self._database.reading() as session:
            return await repository.read_memory(session, assistant_id, conversation_id)

    async def write(self, assistant_id: int, conversation_id: str, key: str, data: Any) -> None:
        """Write something down; the same key is written over."""
        async with self._database.session() as session:
            await repository.write_memory(session, assistant_id, conversation_id, key, data, self._clock())

    async def forget(self, assistant_id: int, conversation_id: str) -> None:
        """Forget a conversation."""
        async with self._database.session() as session:
            await repository.delete_memory(session, assistant_id, conversation_id)


async def _find(session: AsyncSession, assistant_id: int, number: int) -> tuple[Thread, int]:
    found = None
    if is_row_number(number):
        found = await repository.find_numbered(session, assistant_id, number)
    if found is None:
        raise ThreadNotFound
    return found


def _view(thread: Thread, number: int) -> ThreadView:
    return copy_fields(ThreadView, thread, number=number, content=thread.content or {})
