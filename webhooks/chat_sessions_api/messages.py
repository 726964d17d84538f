"""``…/messages``: what was said in a session's conversation, and a person's answers. An extension."""

from typing import Annotated

from fastapi import APIRouter, Query

from contracts.chat_sessions import SessionMessage, SessionMessageCreate
from webhooks.body_route import BodyRoute
from webhooks.chat_sessions_api.auth import Account
from webhooks.chat_sessions_api.document import TAG
from webhooks.chat_sessions_api.errors import FINISHED, NOT_AUTHENTICATED, NOT_FITTING, NOT_FOUND, errors
from webhooks.chat_sessions_api.sessions import SessionId
from webhooks.dependencies import Injected

MOST_LISTED = 500

router = APIRouter(route_class=BodyRoute, tags=[TAG])


@router.get(
    "/chat-sessions/{session_id}/messages",
    response_model_exclude_none=True,
    operation_id="listChatSessionMessages",
    summary="List what was said",
    responses=errors(NOT_AUTHENTICATED, NOT_FOUND),
)
async def list_messages(
    account: Account,
    services: Injected,
    session_id: SessionId,
    after: Annotated[int, Query(ge=-1, le=2**31 - 1, description="Only behind this position.")] = -1,
) -> list[SessionMessage]:
    """List the messages of patient, bot and staff, in order, at most 500."""
    return await services.chat_sessions.list_messages(account, session_id, after=after, limit=MOST_LISTED)


@router.post(
    "/chat-sessions/{session_id}/messages",
    response_model_exclude_none=True,
    operation_id="createChatSessionMessage",
    summary="Answer the patient",
    responses=errors(NOT_FITTING, NOT_AUTHENTICATED, NOT_FOUND, FINISHED),
)
async def post_message(
    account: Account, services: Injected, session_id: SessionId, body: SessionMessageCreate
) -> SessionMessage:
    """Write to the patient in the same conversation. 409 when the session is finished."""
    return await services.chat_sessions.post_message(account, session_id, body.text)
