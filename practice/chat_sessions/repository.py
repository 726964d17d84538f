"""The chat sessions' SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from practice.records.chat_sessions import (
    ChatSession,
    ChatSessionEvent,
    ChatSessionParticipant,
    ChatSessionToken,
    HandOffContact,
)
from practice.records.conversations import ThreadMessage
from practice.records.finding import take_turns
from practice.records.staff import StaffMember, StaffSite

SORTED_BY = {
    "createdAt": ChatSession.created_ms,
    "startedAt": ChatSession.started_ms,
    "acceptedAt": ChatSession.accepted_ms,
    "rejectedAt": ChatSession.rejected_ms,
    "finishedAt": ChatSession.finished_ms,
}
"""What a list may be sorted by, by its name on the wire."""


def visible_to(account_id: str, site_ids: Sequence[int]) -> ColumnElement[bool]:
    """Limit a query to the sessions in which an account takes part, at sites that it may reach."""
    takes_part = (
        select(ChatSessionParticipant.session_id)
        .where(
            ChatSessionParticipant.session_id == ChatSession.id,
            ChatSessionParticipant.account_id == account_id,
        )
        .exists()
    )
    return and_(ChatSession.site_id.in_(site_ids), takes_part)


async def find_session(
    session: AsyncSession, session_id: str, visible: ColumnElement[bool] | None = None, *, lock: bool = False
) -> ChatSession | None:
    """Find a session with its participants; ``lock`` holds it until the transaction ends."""
    query = _whole().where(ChatSession.id == session_id)
    if visible is not None:
        query = query.where(visible)
    query = query.with_for_update() if lock else query
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def list_sessions(
    session: AsyncSession,
    visible: ColumnElement[bool],
    equal: dict[str, str],
    order: Sequence[tuple[str, bool]],
    skip: int,
    limit: int,
) -> list[ChatSession]:
    """List sessions of which some fields are equal, sorted by names of ``SORTED_BY``, maybe descending."""
    query = _whole().where(visible)
    for name, value in equal.items():
        if name == "participants":
            query = query.where(ChatSession.participants.any(ChatSessionParticipant.account_id == value))
        else:
            query = query.where(getattr(ChatSession, name) == value)
    for name, descends in order:
        query = query.order_by(SORTED_BY[name].desc() if descends else SORTED_BY[name].asc())
    query = query.order_by(ChatSession.id.desc()).offset(skip).limit(limit)
    return list(await session.scalars(query))


async def list_open(session: AsyncSession, visible: ColumnElement[bool], limit: int) -> list[ChatSession]:
    """List the sessions that wait for somebody or that somebody is in: the most urgent first."""
    urgency = case({"emergency": 0, "urgent": 1}, value=ChatSession.urgency, else_=2)
    query = (
        _whole()
        .where(visible, ChatSession.finished_ms.is_(None), ChatSession.rejected_ms.is_(None))
        .order_by(urgency, ChatSession.created_ms, ChatSession.id)
        .limit(limit)
    )
    return list(await session.scalars(query))


def _whole() -> Select[ChatSession]:
    return select(ChatSession).options(selectinload(ChatSession.participants))


async def find_open_of_call(session: AsyncSession, call_id: str, *, lock: bool = False) -> ChatSession | None:
    """Find the latest session of a phone call that is not finished."""
    query = _whole().where(ChatSession.call_id == call_id, ChatSession.finished_ms.is_(None))
    query = query.order_by(ChatSession.created_ms.desc(), ChatSession.id.desc()).limit(1)
    return (await session.scalars(query.with_for_update() if lock else query)).first()


async def find_open_of_thread(session: AsyncSession, thread_id: str) -> ChatSession | None:
    """Find the latest session of a conversation that is neither finished nor rejected."""
    query = (
        _whole()
        .where(
            ChatSession.thread_id == thread_id,
            ChatSession.finished_ms.is_(None),
            ChatSession.rejected_ms.is_(None),
        )
        .order_by(ChatSession.created_ms.desc(), ChatSession.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def list_open_of_thread(session: AsyncSession, thread_id: str) -> list[str]:
    """List the ids of the sessions of a conversation that are not finished."""
    query = select(ChatSession.id).where(
        ChatSession.thread_id == thread_id, ChatSession.finished_ms.is_(None)
    )
    return list(await session.scalars(query))


async def find_asked_for(session: AsyncSession, session_id: str) -> str | None:
    """Find the name of the contact that the bot last asked for in a session."""
    query = (
        select(ChatSessionEvent.detail)
        .where(
            ChatSessionEvent.session_id == session_id,
            ChatSessionEvent.kind.in_(("session.created", "session.updated")),
        )
        .order_by(ChatSessionEvent.number.desc())
    )
    details = (await session.scalars(query)).all()
    return next((str(one["ring"]) for one in details if one and one.get("ring")), None)


async def add_event(
    session: AsyncSession,
    session_id: str,
    kind: str,
    now: datetime,
    *,
    by: str | None = None,
    position: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add an event; numbers are given in the order of commits, so that a reader never passes one by."""
    await take_turns(session, "chat session events")
    session.add(
        ChatSessionEvent(
            session_id=session_id, kind=kind, by=by, position=position, detail=detail, created_at=now
        )
    )
    await session.flush()


async def list_events(
    session: AsyncSession, visible: ColumnElement[bool], after: int, limit: int, session_id: str | None
) -> Sequence[tuple[ChatSessionEvent, str | None]]:
    """List (event, thread) of the visible sessions, or of one, in order."""
    query = (
        select(ChatSessionEvent, ChatSession.thread_id)
        .join(ChatSession, ChatSession.id == ChatSessionEvent.session_id)
        .where(visible, ChatSessionEvent.number > after)
        .order_by(ChatSessionEvent.number)
        .limit(limit)
    )
    if session_id is not None:
        query = query.where(ChatSessionEvent.session_id == session_id)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def is_ringing(session: AsyncSession, session_id: str) -> bool:
    """Tell whether somebody is rung of whom it is not known yet what came of it."""
    event = ChatSessionEvent
    query = (
        select(event.kind)
        .where(event.session_id == session_id, event.kind.in_(("session.ringing", "session.rung")))
        .order_by(event.number.desc())
        .limit(1)
    )
    return await session.scalar(query) == "session.ringing"


async def newest_event(session: AsyncSession) -> int:
    """Give the number of the newest event, 0 when there is none."""
    return (await session.execute(select(func.coalesce(func.max(ChatSessionEvent.number), 0)))).scalar_one()


async def list_thread_messages(
    session: AsyncSession, thread_id: str, after: int, limit: int
) -> list[ThreadMessage]:
    """List the messages of a thread behind a position, in order."""
    query = (
        select(ThreadMessage)
        .where(ThreadMessage.thread_id == thread_id, ThreadMessage.position > after)
        .order_by(ThreadMessage.position)
        .limit(limit)
    )
    return list(await session.scalars(query))


async def list_messages_at(
    session: AsyncSession, places: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], ThreadMessage]:
    """Find messages by thread and position."""
    if not places:
        return {}
    query = select(ThreadMessage).where(
        or_(
            *(
                and_(ThreadMessage.thread_id == thread_id, ThreadMessage.position == position)
                for thread_id, position in set(places)
            )
        )
    )
    return {(one.thread_id, one.position): one for one in await session.scalars(query)}


async def list_desk_accounts(session: AsyncSession, site_id: int, now: datetime) -> list[str]:
    """List the accounts that a site's hand-offs are for: its staff, and whoever has a token for it."""
    staff = (
        select(StaffMember.id).join(StaffSite).where(StaffSite.site_id == site_id).order_by(StaffMember.id)
    )
    tokens = (
        select(ChatSessionToken.account_id)
        .where(ChatSessionToken.site_id == site_id, _is_good(now))
        .distinct()
        .order_by(ChatSessionToken.account_id)
    )
    return [*await session.scalars(staff), *await session.scalars(tokens)]


async def find_token(session: AsyncSession, sha256: str, now: datetime) -> ChatSessionToken | None:
    """Find a token that is neither revoked nor expired."""
    query = select(ChatSessionToken).where(ChatSessionToken.sha256 == sha256, _is_good(now))
    return (await session.scalars(query)).one_or_none()


def _is_good(now: datetime) -> ColumnElement[bool]:
    unexpired = or_(ChatSessionToken.expires_at.is_(None), ChatSessionToken.expires_at > now)
    return and_(ChatSessionToken.revoked_at.is_(None), unexpired)


async def list_contacts(session: AsyncSession, practice_id: str) -> list[HandOffContact]:
    """List a practice's hand-off ladder in the order in which it is rung."""
    query = select(HandOffContact).where(HandOffContact.practice_id == practice_id)
    return list(await session.scalars(query.order_by(HandOffContact.position)))
