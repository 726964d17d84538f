"""The threads' SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.errors import ThreadNotFound
from practice.records.threads import Call, Thread, ThreadMessage


async def find_call(session: AsyncSession, call_id: str) -> Call | None:
    """Find a call."""
    return (await session.scalars(select(Call).where(Call.id == call_id))).one_or_none()


async def get_call(session: AsyncSession, call_id: str) -> Call:
    """Get a call that is known to be there."""
    return (await session.scalars(select(Call).where(Call.id == call_id))).one()


async def list_calls(session: AsyncSession, bot_id: str, limit: int) -> list[Call]:
    """List a bot's calls, newest first."""
    query = select(Call).where(Call.bot_id == bot_id).order_by(Call.started_at.desc(), Call.id).limit(limit)
    return list(await session.scalars(query))


async def add_thread(
    session: AsyncSession,
    thread_id: str,
    kind: str,
    now: datetime,
    *,
    bot_id: str | None = None,
    assistant_id: int | None = None,
    owner: str | None = None,
) -> None:
    """Add an empty thread."""
    session.add(
        Thread(
            id=thread_id,
            kind=kind,
            bot_id=bot_id,
            assistant_id=assistant_id,
            owner=owner,
            message_count=0,
            created_at=now,
        )
    )
    await session.flush()


async def delete_thread(session: AsyncSession, thread_id: str) -> None:
    """Delete a thread with its messages."""
    await session.execute(delete(Thread).where(Thread.id == thread_id))


async def count_connection(session: AsyncSession, call_id: str) -> int | None:
    """Add one to a call's connections; gives the new count, or None when there is no such call."""
    statement = (
        update(Call)
        .where(Call.id == call_id)
        .values(connections=Call.connections + 1)
        .returning(Call.connections)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def end_call(session: AsyncSession, call_id: str, kind: str, reason: str, to: str | None) -> bool:
    """Note the first ending of a call; False when there is no such call."""
    call = await session.get(Call, call_id, with_for_update=True)
    if call is None:
        return False
    if call.ending_kind is None:
        call.ending_kind, call.ending_reason, call.ending_to = kind, reason, to
    return True


async def finish_call(
    session: AsyncSession, call_id: str, status: str, duration_seconds: int | None, now: datetime
) -> None:
    """Note the carrier's last word."""
    await session.execute(
        update(Call)
        .where(Call.id == call_id)
        .values(status=status, duration_seconds=duration_seconds, ended_at=now)
    )


async def append(
    session: AsyncSession, thread_id: str, messages: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Add messages at the thread's end; the count on the thread gives each its place, one writer at a time.

    Raises:
        ThreadNotFound: No such thread.
    """
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


async def list_messages(session: AsyncSession, thread_id: str) -> list[dict[str, Any]]:
    """List a thread's messages in order.

    Raises:
        ThreadNotFound: No such thread.
    """
    if await session.get(Thread, thread_id) is None:
        raise ThreadNotFound
    query = (
        select(ThreadMessage.message)
        .where(ThreadMessage.thread_id == thread_id)
        .order_by(ThreadMessage.position)
    )
    return list(await session.scalars(query))


async def find_chat(session: AsyncSession, assistant_id: int, owner: str) -> str | None:
    """Find the latest chat of one person and one assistant."""
    query = (
        select(Thread.id)
        .where(Thread.kind == "chat", Thread.assistant_id == assistant_id, Thread.owner == owner)
        .order_by(Thread.created_at.desc(), Thread.id.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def is_chat_of(session: AsyncSession, thread_id: str, assistant_id: int, owner: str) -> bool:
    """Tell whether a thread is this person's chat with this assistant."""
    query = select(Thread.id).where(
        Thread.id == thread_id,
        Thread.kind == "chat",
        Thread.assistant_id == assistant_id,
        Thread.owner == owner,
    )
    return await session.scalar(query) is not None
