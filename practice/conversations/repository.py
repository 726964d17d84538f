"""The threads' SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from kit.ids import new_id
from practice.errors import ThreadNotFound
from practice.records.assistants import Assistant, Memory
from practice.records.conversations import Call, Thread, ThreadMessage, ThreadNumber
from practice.records.insert_once import insert_once


async def find_call(session: AsyncSession, call_id: str) -> Call | None:
    """Find a call."""
    return (await session.scalars(_calls().where(Call.id == call_id))).one_or_none()


async def get_call(session: AsyncSession, call_id: str) -> Call:
    """Get a call that is known to be there."""
    return (await session.scalars(_calls().where(Call.id == call_id))).one()


async def list_calls(session: AsyncSession, bot_id: str, limit: int) -> list[Call]:
    """List a bot's calls, newest first."""
    query = _calls().where(Call.bot_id == bot_id).order_by(Call.started_at.desc(), Call.id).limit(limit)
    return list(await session.scalars(query))


def _calls() -> Select[Call]:
    return select(Call).options(joinedload(Call.thread, innerjoin=True))


async def add_thread(session: AsyncSession, kind: str, now: datetime, **columns: Any) -> str:
    """Add an empty thread, and give it its number; gives its id."""
    thread_id = new_id("thrd", now)
    session.add(Thread(id=thread_id, kind=kind, message_count=0, created_at=now, **columns))
    await session.flush()
    session.add(ThreadNumber(thread_id=thread_id))
    await session.flush()
    return thread_id


async def count_connection(session: AsyncSession, call_id: str) -> int | None:
    """Add one to a call's connections; gives the new count, or None when there is no such call."""
    statement = (
        update(Call)
        .where(Call.id == call_id)
        .values(connections=Call.connections + 1)
        .returning(Call.connections)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lead_call(session: AsyncSession, call_id: str, connection: int) -> bool:
    """Make a connection the one that leads a call; False when a later one does, or there is no such call."""
    statement = (
        update(Call)
        .where(Call.id == call_id, Call.stream <= connection)
        .values(stream=connection)
        .returning(Call.id)
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None


async def resume_call(session: AsyncSession, call_id: str) -> None:
    """Forget how the bot ended its part of a call; that it had is still seen by the reason."""
    await session.execute(update(Call).where(Call.id == call_id).values(ending_kind=None, ending_to=None))


async def append(
    session: AsyncSession, thread_id: str, messages: Sequence[dict[str, Any]], now: datetime
) -> int:
    """Add messages at the thread's end; its count gives each its place, one writer at a time."""
    statement = (
        update(Thread)
        .where(Thread.id == thread_id)
        .values(message_count=Thread.message_count + len(messages))
        .returning(Thread.message_count)
    )
    count = (await session.execute(statement)).scalar_one_or_none()
    if count is None:
        raise ThreadNotFound
    first = count - len(messages)
    session.add_all(
        ThreadMessage(thread_id=thread_id, position=first + place, message=message, created_at=now)
        for place, message in enumerate(messages)
    )
    return first


async def list_messages(
    session: AsyncSession, thread_id: str, latest: int | None = None
) -> list[dict[str, Any]]:
    """List a thread's messages in order, or its latest."""
    count = await _count(session, thread_id)
    start = 0 if latest is None else count - latest
    return await _list(session, thread_id, ThreadMessage.position >= start)


async def list_messages_before(session: AsyncSession, thread_id: str, latest: int) -> list[dict[str, Any]]:
    """List what stands in a thread before its latest messages, in order."""
    count = await _count(session, thread_id)
    return await _list(session, thread_id, ThreadMessage.position < count - latest)


async def _count(session: AsyncSession, thread_id: str) -> int:
    thread = await session.get(Thread, thread_id)
    if thread is None:
        raise ThreadNotFound
    return thread.message_count


async def _list(session: AsyncSession, thread_id: str, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    mine = (ThreadMessage.thread_id == thread_id, where)
    return list(
        await session.scalars(select(ThreadMessage.message).where(*mine).order_by(ThreadMessage.position))
    )


async def find_chat(
    session: AsyncSession, assistant_id: int, owner: str
) -> tuple[str, int | None, datetime] | None:
    """Find the latest chat of a person with an assistant: its id, its version, when it was last spoken in."""
    last = select(func.max(ThreadMessage.created_at)).where(ThreadMessage.thread_id == Thread.id)
    query = (
        select(Thread.id, Thread.assistant_version, Thread.created_at, last.scalar_subquery())
        .join(ThreadNumber, ThreadNumber.thread_id == Thread.id)
        .where(Thread.kind == "chat", Thread.assistant_id == assistant_id, Thread.is_owned_by(owner))
        .order_by(ThreadNumber.number.desc())  # two may begin at one moment, and an id's end is chance
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    spoken_at: datetime | None = row[3]
    return row[0], row[1], spoken_at or row[2]


async def find_latest_of(session: AsyncSession, bot_id: str, owner: str) -> tuple[str, int, datetime] | None:
    """Find the latest chat of one person with a bot, its assistant, and when it was last spoken in."""
    query = (
        select(Thread.id, Thread.assistant_id, ThreadMessage.created_at)
        .join(ThreadNumber, ThreadNumber.thread_id == Thread.id)
        .join(ThreadMessage, ThreadMessage.thread_id == Thread.id)
        .where(Thread.kind == "chat", Thread.bot_id == bot_id, Thread.is_owned_by(owner))
        .where(Thread.assistant_id.is_not(None))
        .order_by(ThreadNumber.number.desc(), ThreadMessage.position.desc())
        .limit(1)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None or found[1] is None else (found[0], found[1], found[2])


async def lock_assistant(session: AsyncSession, assistant_id: int) -> None:
    """Hold an assistant's row until the transaction ends."""
    await session.execute(select(Assistant.id).where(Assistant.id == assistant_id).with_for_update())


async def is_chat_of(session: AsyncSession, thread_id: str, assistant_id: int, owner: str) -> bool:
    """Tell whether a thread is this person's chat with this assistant."""
    query = select(Thread.id).where(
        Thread.id == thread_id,
        Thread.kind == "chat",
        Thread.assistant_id == assistant_id,
        Thread.is_owned_by(owner),
    )
    return await session.scalar(query) is not None


async def find_assistant_of_chat(session: AsyncSession, thread_id: str, owner: str) -> int | None:
    """Find the assistant of this person's chat."""
    query = select(Thread.assistant_id).where(
        Thread.id == thread_id, Thread.kind == "chat", Thread.is_owned_by(owner)
    )
    return await session.scalar(query)


async def list_threads(
    session: AsyncSession, assistant_id: int, after: int, limit: int
) -> list[tuple[Thread, int]]:
    """List some of an assistant's threads, those with numbers after one, oldest first."""
    mine = (Thread.assistant_id == assistant_id, ThreadNumber.number > after)
    query = _numbered().where(*mine).order_by(ThreadNumber.number).limit(limit)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def find_numbered(session: AsyncSession, assistant_id: int, number: int) -> tuple[Thread, int] | None:
    """Find an assistant's thread by its number."""
    query = _numbered().where(Thread.assistant_id == assistant_id, ThreadNumber.number == number)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def get_numbered(session: AsyncSession, thread_id: str) -> tuple[Thread, int]:
    """Get a thread that is known to be there, with its number."""
    row = (await session.execute(_numbered().where(Thread.id == thread_id))).one()
    return row[0], row[1]


def _numbered() -> Select[Thread, int]:
    return select(Thread, ThreadNumber.number).join(ThreadNumber, ThreadNumber.thread_id == Thread.id)


async def list_message_rows(
    session: AsyncSession, thread_id: str, start: int, limit: int
) -> list[ThreadMessage]:
    """List some of a thread's messages with their places, in order from one on."""
    mine = (ThreadMessage.thread_id == thread_id, ThreadMessage.position >= start)
    query = select(ThreadMessage).where(*mine).order_by(ThreadMessage.position).limit(limit)
    return list(await session.scalars(query))


async def empty_thread(session: AsyncSession, thread: Thread) -> None:
    """Delete a thread's messages, and take it from its assistant."""
    await session.execute(delete(ThreadMessage).where(ThreadMessage.thread_id == thread.id))
    thread.assistant_id, thread.content, thread.user_id = None, None, None


async def insert_conversation(
    session: AsyncSession,
    thread_id: str,
    assistant_id: int,
    conversation_id: str,
    version: int | None,
    now: datetime,
) -> str:
    """Insert the thread of a conversation unless it is there; gives its id."""
    values = {
        "id": thread_id,
        "kind": "chat",
        "assistant_id": assistant_id,
        "assistant_version": version,
        "conversation_id": conversation_id,
        "content": {},
        "message_count": 0,
        "created_at": now,
    }
    if await insert_once(session, Thread, values, ["assistant_id", "conversation_id"]):
        session.add(ThreadNumber(thread_id=thread_id))
        await session.flush()
        return thread_id
    query = select(Thread.id).where(
        Thread.assistant_id == assistant_id, Thread.conversation_id == conversation_id
    )
    return (await session.scalars(query)).one()


async def read_memory(session: AsyncSession, assistant_id: int, conversation_id: str) -> dict[str, Any]:
    """Read what is written down for a conversation."""
    of_it = {"assistant_id": assistant_id, "conversation_id": conversation_id}
    query = select(Memory.key, Memory.data).filter_by(**of_it).order_by(Memory.key)
    return {row[0]: row[1]["data"] for row in await session.execute(query)}


async def delete_memory(session: AsyncSession, assistant_id: int, conversation_id: str) -> None:
    """Delete what is written down for a conversation."""
    of_it = {"assistant_id": assistant_id, "conversation_id": conversation_id}
    await session.execute(delete(Memory).filter_by(**of_it))


async def write_memory(
    session: AsyncSession, assistant_id: int, conversation_id: str, key: str, data: Any, now: datetime
) -> None:
    """Write something down for a conversation."""
    unique = {"assistant_id": assistant_id, "conversation_id": conversation_id, "key": key}
    said = {"data": {"data": data}, "updated_at": now}
    if not await insert_once(session, Memory, unique | said, list(unique)):
        await session.execute(update(Memory).filter_by(**unique).values(**said))
