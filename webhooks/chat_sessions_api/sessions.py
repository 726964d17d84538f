"""``/chat-sessions``: find, get, create and patch sessions."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from contracts.chat_sessions import LONGEST_ID, ChatSession, ChatSessionCreate, ChatSessionPatch
from practice.chat_sessions.repository import SORTED_BY
from webhooks.body_route import BodyRoute
from webhooks.chat_sessions_api.auth import Account
from webhooks.chat_sessions_api.document import TAG
from webhooks.chat_sessions_api.errors import (
    FINISHED,
    NOT_AUTHENTICATED,
    NOT_FITTING,
    NOT_FOUND,
    TAKEN,
    errors,
)
from webhooks.dependencies import Injected, Services
from webhooks.early_leg_addresses import RETRIES, early_leg_address
from webhooks.http_errors import HttpError

DEFAULT_LIMIT = 100
MOST_LISTED = 1000

router = APIRouter(route_class=BodyRoute, tags=[TAG])
SessionId = Annotated[str, Path(max_length=LONGEST_ID)]
_Limit = Annotated[int, Query(alias="$limit", ge=0, description=f"At most {MOST_LISTED} are given.")]
_Skip = Annotated[int, Query(alias="$skip", ge=0, le=2**31 - 1)]


@router.get(
    "/chat-sessions",
    response_model_exclude_none=True,
    operation_id="findChatSessions",
    summary="Chat Session - Find",
    responses=errors(NOT_FITTING, NOT_AUTHENTICATED),
)
async def find_sessions(
    request: Request,
    account: Account,
    services: Injected,
    room: str | None = None,
    type: str | None = None,  # noqa: A002 - its name on the wire
    participants: str | None = None,
    limit: _Limit = DEFAULT_LIMIT,
    skip: _Skip = 0,
) -> list[ChatSession]:
    """List the sessions in which you take part, newest first; sort otherwise by `$sort[createdAt]=1`."""
    wanted = {"room": room, "type": type, "participants": participants}
    return await services.chat_sessions.list_sessions(
        account,
        equal={name: value for name, value in wanted.items() if value is not None},
        order=_order(request),
        skip=skip,
        limit=min(limit, MOST_LISTED),
    )


@router.get(
    "/chat-sessions/{session_id}",
    response_model_exclude_none=True,
    operation_id="getChatSession",
    summary="Chat Session - Get",
    responses=errors(NOT_AUTHENTICATED, NOT_FOUND),
)
async def get_session(account: Account, services: Injected, session_id: SessionId) -> ChatSession:
    """Get a session."""
    return await services.chat_sessions.get(account, session_id)


@router.post(
    "/chat-sessions",
    response_model_exclude_none=True,
    operation_id="createChatSession",
    summary="Chat Session - Post",
    responses=errors(NOT_FITTING, NOT_AUTHENTICATED),
)
async def create_session(account: Account, services: Injected, body: ChatSessionCreate) -> ChatSession:
    """Create a session. You are added to its participants; unknown fields are left out."""
    session = await services.chat_sessions.create(account, body)
    if account.is_bot:
        session.reachable = await _is_reachable(services, account.id, session)
        if body.urgency == "emergency":
            await _ring_ahead(services, account.id, session)
    return session


@router.patch(
    "/chat-sessions/{session_id}",
    response_model_exclude_none=True,
    operation_id="patchChatSession",
    summary="Chat Session - Patch",
    responses=errors(NOT_FITTING, NOT_AUTHENTICATED, NOT_FOUND, TAKEN, FINISHED),
)
async def patch_session(
    account: Account, services: Injected, session_id: SessionId, body: ChatSessionPatch
) -> ChatSession:
    """Change fields, or `start`, `accept`, `reject` or `finish` a session; a directive wins over a field."""
    return await services.chat_sessions.patch(account, session_id, body)


async def _is_reachable(services: Services, bot_id: str, session: ChatSession) -> bool:
    """Tell a bot whether somebody can be rung for its call, or takes part in its chat."""
    if session.callId is None:
        return any(one != bot_id for one in session.participants)
    bot = await services.bots.find_bot(bot_id)
    return bot is not None and bool(await services.ladder.list_available(bot))


async def _ring_ahead(services: Services, bot_id: str, session: ChatSession) -> None:
    """Ring somebody for a call at once, while the bot still speaks: in an emergency seconds count."""
    bot = await services.bots.find_bot(bot_id)
    here = services.settings.server.public_url or services.carrier_address
    if bot is None or session.callId is None or here is None:
        return
    address = early_leg_address(here.rstrip("/"))
    await services.early_legs.ring(
        bot, session.id, session.callId, lambda *parts: f"{address(*parts)}{RETRIES}"
    )


def _order(request: Request) -> list[tuple[str, bool]]:
    """Read ``$sort[field]=1`` and ``=-1``, in the order given; newest first without one."""
    order = []
    for name, value in request.query_params.multi_items():
        if not name.startswith("$sort["):
            continue
        field = name.removeprefix("$sort[").removesuffix("]")
        if field not in SORTED_BY or value not in {"1", "-1"}:
            sentence = f"$sort takes {', '.join(SORTED_BY)}, and 1 or -1"
            raise HttpError(400, "invalid_request", sentence, body={"$sort": sentence})
        order.append((field, value == "-1"))
    return order or [("createdAt", True)]
