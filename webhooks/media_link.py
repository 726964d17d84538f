"""A call's media socket and its record, as the agent sees them."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from fastapi import WebSocket, WebSocketDisconnect

from agent.transcript import RecordUnavailable, StreamReplaced
from contracts.conversation import Message
from kit.db.database import DatabaseUnavailable
from practice.conversations.service import Calls, EndingView
from practice.errors import CallTakenOver
from tools.context import Ending

NORMAL, POLICY_VIOLATION, INTERNAL_ERROR, TRY_AGAIN_LATER = 1000, 1008, 1011, 1013
"""Codes that a socket is closed with (RFC 6455)."""
_JAM_SECONDS = 2


class MediaLink:
    """A media socket as the agent sees it: messages come and go, and a closed socket is no error."""

    def __init__(self, websocket: WebSocket, max_message_bytes: int, messages_per_second: int) -> None:
        self._websocket = websocket
        self._max_message_bytes = max_message_bytes
        self._messages_per_second = messages_per_second
        # After a jam on the way several seconds of audio come at once.
        self._allowed = self._most_allowed = float(_JAM_SECONDS * messages_per_second)
        self._counted_at = time.monotonic()
        self._closed = False
        self.dropped = 0
        """Messages dropped for their size or their number."""
        self.tap: Callable[[Literal["caller", "bot"], str | bytes], None] | None = None
        """Told of every message while somebody listens in."""

    async def receive(self) -> str | bytes | None:
        """Wait for the next message; None when the carrier has closed the socket."""
        while not self._closed:
            event = await self._websocket.receive()
            if event["type"] == "websocket.disconnect":
                self._closed = True
                break
            text, raw = event.get("text"), event.get("bytes")
            message = text if text is not None else raw or b""
            if len(message) <= self._max_message_bytes and self._is_allowed():
                if self.tap is not None:
                    self.tap("caller", message)
                return message
            self.dropped += 1
            # Whoever floods the socket waits for everybody else's turn with each message.
            await asyncio.sleep(0)
        return None

    def _is_allowed(self) -> bool:
        """Count a message against the rate of a carrier."""
        now = time.monotonic()
        earned = (now - self._counted_at) * self._messages_per_second
        self._allowed, self._counted_at = min(self._most_allowed, self._allowed + earned), now
        if self._allowed < 1:
            return False
        self._allowed -= 1
        return True

    async def send(self, text: str) -> None:
        """Send a message; to a closed socket it is lost, as it would be on the way."""
        if self._closed:
            return
        if self.tap is not None:
            self.tap("bot", text)
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError):
            self._closed = True

    async def close(self, code: int = NORMAL) -> None:
        """Close the socket; once."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._websocket.close(code)
        except (WebSocketDisconnect, RuntimeError):
            return


class CallRecord:
    """Where the agent writes a call's conversation down, as long as its stream leads the call."""

    def __init__(self, calls: Calls, call_id: str, connection: int) -> None:
        self._calls = calls
        self._call_id = call_id
        self._connection = connection

    async def append(self, message: Message) -> None:
        """Add a message to the call's thread."""
        with _as_the_agent_knows_it():
            await self._calls.append(self._call_id, message, connection=self._connection)

    def ends(self, ending: Ending) -> None:
        """Have this process know how the bot ends its part of the call, before it is noted."""
        self._calls.expect_end(self._call_id, EndingView(ending.kind, ending.reason, ending.to))

    async def end(self, ending: Ending) -> None:
        """Note how the bot ends its part of the call."""
        with _as_the_agent_knows_it():
            await self._calls.end(
                self._call_id, ending.kind, ending.reason, ending.to, connection=self._connection
            )

    async def measured(self, answers_ms: Sequence[int]) -> None:
        """Keep how long the caller waited for each answer."""
        with _as_the_agent_knows_it():
            await self._calls.note_answers(self._call_id, answers_ms)


@contextlib.contextmanager
def _as_the_agent_knows_it() -> Iterator[None]:
    try:
        yield
    except DatabaseUnavailable as error:
        raise RecordUnavailable from error
    except CallTakenOver as error:
        raise StreamReplaced from error
