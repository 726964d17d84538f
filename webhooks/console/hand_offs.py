"""``/console/hand-offs/{id}``: a conversation that a person takes over."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from contracts.chat_sessions import LONGEST_ID, LONGEST_TEXT, ChatSession, ChatSessionPatch
from practice.chat_sessions.errors import SessionConflict
from webhooks.audited_route import AuditedRoute
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.errors import FormRefused
from webhooks.console.forms import Fields
from webhooks.console.live import follow
from webhooks.console.pages import render

SAID = {
    "accept": "You have taken it. The bot is silent until you finish.",
    "reject": "Left to somebody else.",
    "finish": "Finished. The bot answers again.",
}
router = APIRouter(
    prefix="/console/hand-offs/{session_id}", include_in_schema=False, route_class=AuditedRoute
)
SessionId = Annotated[str, Path(max_length=LONGEST_ID)]


async def _session(desk: AtDesk, session_id: SessionId) -> ChatSession:
    """Get the session before a page or stream of it begins; 404 when it is not the person's."""
    return await desk.services.chat_sessions.get(desk.account, session_id)


OwnSession = Annotated[ChatSession, Depends(_session)]


@router.get("")
async def show_hand_off(desk: AtDesk, session: OwnSession) -> Response:
    """Show who needs a person, why, and what was said."""
    return await _show(desk, session)


@router.get("/live", response_class=EventSourceResponse)
async def stream_hand_off(desk: AtDesk, session: OwnSession) -> AsyncIterator[ServerSentEvent]:
    """Follow what is said."""

    async def parts() -> dict[str, str]:
        now = await desk.services.chat_sessions.get(desk.account, session.id)
        said = await desk.services.chat_sessions.list_messages(desk.account, session.id)
        return {
            "state": await render(desk, "_hand_off_state", session=now),
            "said": await render(desk, "_hand_off_said", said=said, moment_of=moment_of),
        }

    async for one in follow(desk.services, parts):
        yield one


@router.post("")
async def act(desk: AtDesk, session: OwnSession) -> Response:
    """Accept, reject, finish, or write to the patient."""
    here = f"/console/hand-offs/{session.id}"
    async with desk.form() as fields:
        action = fields.text("action", 20)
        try:
            if action == "reply":
                text = fields.needed("text", "The answer", LONGEST_TEXT)
                await desk.services.chat_sessions.post_message(desk.account, session.id, text)
                return desk.done(here, "Sent.")
            await desk.services.chat_sessions.patch(desk.account, session.id, _patch(action, fields))
        except SessionConflict as error:
            # Somebody was quicker: what is so now is on the page.
            now = await desk.services.chat_sessions.get(desk.account, session.id)
            return await _show(desk, now, problem=error.message, status=409)
    return desk.done("/console" if action == "reject" else here, SAID[action])


def _patch(action: str, fields: Fields) -> ChatSessionPatch:
    if action == "accept":
        return ChatSessionPatch(accept=True)
    if action == "reject":
        return ChatSessionPatch(reject=fields.needed("reason", "The reason", LONGEST_TEXT))
    if action == "finish":
        return ChatSessionPatch(finish=fields.text("reason", LONGEST_TEXT) or True)
    raise FormRefused("There is no such button.")


async def _show(
    desk: Desk, session: ChatSession, *, problem: str | None = None, status: int = 200
) -> Response:
    call = await desk.services.calls.find(session.callId) if session.callId else None
    return await desk.page(
        "hand_off",
        status=status,
        with_bot=call is not None and call.status == "in_progress" and call.ending is None,
        session=session,
        said=await desk.services.chat_sessions.list_messages(desk.account, session.id),
        moment_of=moment_of,
        problem=problem,
    )


def moment_of(milliseconds: int) -> datetime:
    """Give the moment of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
