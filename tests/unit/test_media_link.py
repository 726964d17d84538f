"""What a media socket may send: no more than a carrier would."""

import asyncio
import time

from starlette.types import Message
from starlette.websockets import WebSocket

from webhooks.media_link import MediaLink

A_SECOND = 60
SENT = 3000


async def flooded() -> WebSocket:
    """Give a socket on which everything is there at once."""
    waiting: list[Message] = [{"type": "websocket.disconnect"}]
    waiting += [{"type": "websocket.receive", "text": "x"}] * SENT
    waiting += [{"type": "websocket.connect"}]

    async def receive() -> Message:
        return waiting.pop()

    async def send(message: Message) -> None:
        del message

    socket = WebSocket({"type": "websocket"}, receive, send)
    await socket.accept()
    return socket


async def test_a_socket_that_floods_is_heard_at_a_carriers_rate_and_leaves_others_their_turn() -> None:
    link, turns, done = MediaLink(await flooded(), 4096, A_SECOND), 0, False

    async def somebody_else() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    began, heard = time.monotonic(), 0
    while await link.receive() is not None:
        heard += 1
    done = True
    await other
    assert 2 * A_SECOND <= heard <= (2 + time.monotonic() - began) * A_SECOND
    assert heard + link.dropped == SENT
    assert turns > link.dropped / 2
