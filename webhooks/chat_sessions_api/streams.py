"""Server-sent events of sessions, resumable by ``Last-Event-ID``. An extension."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from contracts.chat_sessions import ChatSessionEvent
from practice.chat_sessions.views import SessionAccount
from webhooks.chat_sessions_api.auth import Account
from webhooks.chat_sessions_api.document import TAG
from webhooks.chat_sessions_api.errors import NOT_AUTHENTICATED, NOT_FITTING, NOT_FOUND, errors
from webhooks.chat_sessions_api.sessions import SessionId
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError

MOST_EVENT_DIGITS = 18

router = APIRouter(tags=[TAG])


async def _last_event(
    last_event_id: Annotated[str | None, Header(description="Of the last event that arrived.")] = None,
    last_event: Annotated[
        str | None, Query(alias="lastEventId", description="The same, for clients that cannot send headers.")
    ] = None,
) -> int | None:
    """Read where a stream goes on. Raises `HttpError`: it is no number of an event (400)."""
    given = last_event_id or last_event
    if given is None:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) <= MOST_EVENT_DIGITS):
        raise HttpError(400, "invalid_request", "Last-Event-ID must be the id of an event")
    return int(given)


async def _own_session(account: Account, services: Injected, session_id: SessionId) -> str:
    """Check a session before its stream begins: an error of a stream under way has no status."""
    return (await services.chat_sessions.get(account, session_id)).id


OwnSession = Annotated[str, Depends(_own_session)]
LastEvent = Annotated[int | None, Depends(_last_event)]


@router.get(
    "/chat-sessions/stream",
    response_class=EventSourceResponse,
    operation_id="streamChatSessions",
    summary="Follow your sessions",
    responses=errors(NOT_FITTING, NOT_AUTHENTICATED),
)
async def stream_sessions(
    account: Account, services: Injected, last_event: LastEvent
) -> AsyncIterator[ServerSentEvent]:
    """Follow what happens to the sessions in which you take part, from now on or behind `Last-Event-ID`."""
    after = await services.chat_sessions.newest_event() if last_event is None else last_event
    async for one in _follow(services, account, after, None):
        yield one


@router.get(
    "/chat-sessions/{session_id}/events",
    response_class=EventSourceResponse,
    operation_id="streamChatSessionEvents",
    summary="Follow one session",
    responses=errors(NOT_FITTING, NOT_AUTHENTICATED, NOT_FOUND),
)
async def stream_events(
    account: Account, services: Injected, session_id: OwnSession, last_event: LastEvent
) -> AsyncIterator[ServerSentEvent]:
    """Follow a session from its beginning or behind `Last-Event-ID`; a call's words come as they are said."""
    async for one in _follow(services, account, last_event or 0, session_id):
        yield one


async def _follow(
    services: Services, account: SessionAccount, after: int, session_id: str | None
) -> AsyncIterator[ServerSentEvent]:
    settings = services.settings.sessions
    loop = asyncio.get_running_loop()
    spoke_at = loop.time()
    yield ServerSentEvent(comment="following", retry=settings.stream_retry_ms)
    while not services.in_progress.draining:
        found = await services.chat_sessions.list_events(account, after, session_id=session_id)
        for number, event in found:
            after = number
            yield _sent(number, event)
        if found:
            spoke_at = loop.time()
            continue
        if loop.time() - spoke_at >= settings.stream_heartbeat_seconds:
            spoke_at = loop.time()
            yield ServerSentEvent(comment="still here")
        await services.chat_sessions.wait_for_news(settings.stream_poll_seconds)


def _sent(number: int, event: ChatSessionEvent) -> ServerSentEvent:
    return ServerSentEvent(
        id=str(number), event=event.type, raw_data=event.model_dump_json(exclude_none=True)
    )
