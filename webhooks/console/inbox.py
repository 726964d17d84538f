"""``/console/inbox``: what callers left: read, marked as done, and listened to."""

from typing import Annotated, get_args

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from contracts.partner_messages import MessageState
from webhooks.audited_route import AuditedRoute
from webhooks.console.assistant import names_of
from webhooks.console.desk import AtDesk
from webhooks.console.errors import FormRefused

HERE = "/console/inbox"
PAGE = 25
SAID: dict[MessageState, str] = {
    "new": "The message is new again.",
    "seen": "The message is open again.",
    "done": "The message is done.",
}

router = APIRouter(prefix=HERE, include_in_schema=False, route_class=AuditedRoute)
MessageId = Annotated[str, Path(max_length=64)]


@router.get("")
async def list_messages(
    desk: AtDesk,
    state: Annotated[str, Query(max_length=10)] = "",
    place: Annotated[str | None, Query(alias="page", max_length=9)] = None,
) -> Response:
    """List messages: what is open first, of that the most urgent."""
    wanted: MessageState | None = state if state in get_args(MessageState) else None  # type: ignore[assignment] # one of them
    found = await desk.services.messages.list_of_sites([desk.site_id], wanted, PAGE, place)
    return await desk.page("inbox", messages=found.messages, next_page=found.next_page, state=wanted or "")


@router.get("/{message_id}")
async def show_message(desk: AtDesk, message_id: MessageId) -> Response:
    """Show a message; whoever opens it has seen it."""
    message = await desk.services.messages.get_message([desk.site_id], message_id)
    if message.state == "new":
        message = await desk.services.messages.set_state([desk.site_id], message_id, "seen", desk.staff.id)
    names = await names_of(desk, (message.seen_by, message.done_by))
    return await desk.page("message", one=message, names=names)


@router.post("/{message_id}")
async def set_state(desk: AtDesk, message_id: MessageId) -> Response:
    """Say what became of a message."""
    async with desk.form() as fields:
        wanted = fields.text("state", 10)
        state = next((one for one in SAID if one == wanted), None)
        if state is None:
            raise FormRefused("A message is new, seen or done.")
        await desk.services.messages.set_state([desk.site_id], message_id, state, desk.staff.id)
    return desk.done("/console" if state == "done" else HERE, SAID[state])


@router.get("/{message_id}/recording.wav")
async def get_recording(desk: AtDesk, message_id: MessageId) -> Response:
    """Give the sound of a message."""
    content = await desk.services.messages.get_recording([desk.site_id], message_id)
    return Response(content, media_type="audio/wav")
