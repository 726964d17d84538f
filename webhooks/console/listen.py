"""``/console/calls/{id}/listen``: a call is heard at the desk as it goes on; nothing of it is kept."""

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from practice.errors import CallNotFound
from webhooks.console.desk import desk_of, is_own_page
from webhooks.dependencies import services_of
from webhooks.http_errors import HttpError
from webhooks.listening import TooManyListeners
from webhooks.media_link import NORMAL, POLICY_VIOLATION, TRY_AGAIN_LATER

ELSEWHERE, NOT_WITH_THE_BOT = 4404, 4410
"""Codes of our own: the call's media runs in another server, or nowhere."""

router = APIRouter(include_in_schema=False)


@router.websocket("/console/calls/{call_id}/listen")
async def listen(websocket: WebSocket, call_id: str) -> None:
    """Send both sides of a call's audio to somebody of the practice that it is a call of."""
    services = services_of(websocket)
    try:
        desk = await desk_of(websocket, services)
        found = (await services.history.get_call(desk.place.site_id, call_id[:64]))[0].call
    except (HttpError, CallNotFound):
        found = None
    if found is None or not is_own_page(websocket):
        await websocket.close(POLICY_VIOLATION)
        return
    audio = services.listening.find(found.call_id)
    if audio is None:
        await websocket.accept()
        here = found.status == "in_progress" and found.ending is None
        await websocket.close(ELSEWHERE if here else NOT_WITH_THE_BOT)
        return
    # Before a sound goes out.
    await services.audit.note(
        desk.staff.id, "listen.listen", site_id=desk.place.site_id, subject=found.call_id
    )
    try:
        async with audio.listen() as queue:
            await websocket.accept()
            await _send(websocket, queue)
    except TooManyListeners:
        await websocket.accept()
        await websocket.close(TRY_AGAIN_LATER)


async def _send(websocket: WebSocket, queue: "asyncio.Queue[str | None]") -> None:
    """Send what is heard until the stream ends or the listener leaves."""
    leaving = asyncio.create_task(_until_they_leave(websocket))
    try:
        while not leaving.done():
            hearing = asyncio.create_task(queue.get())
            await asyncio.wait({hearing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not hearing.done():
                hearing.cancel()
                return
            part = hearing.result()
            if part is None:
                await websocket.close(NORMAL)
                return
            await websocket.send_text(part)
    except (WebSocketDisconnect, RuntimeError):
        return
    finally:
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)


async def _until_they_leave(websocket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            if (await websocket.receive())["type"] == "websocket.disconnect":
                return
