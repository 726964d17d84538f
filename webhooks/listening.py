"""Listening in: the audio of calls in this process, for the practice's people who want to hear it."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from webhooks.media_link import MediaLink

Side = Literal["caller", "bot"]
_SOUNDS, _CLEARS = ("media", "playAudio"), ("clear", "clearAudio")
"""Events of the carriers' media streams."""
_MOST_WAITING = 500
"""Messages that a slow listener may lag behind, some ten seconds; further ones are dropped."""


class TooManyListeners(Exception):
    """Enough people listen to this call."""


class CallAudio:
    """The two sides of one call; nothing is done while nobody listens, and nothing is kept."""

    def __init__(self, link: MediaLink, most_listeners: int) -> None:
        self._link = link
        self._most = most_listeners
        self._listeners: set[asyncio.Queue[str | None]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners) if self._link.tap is not None else 0

    async def until_nobody_listens(self) -> None:
        """Wait until the last one has left."""
        await self._quiet.wait()

    @contextlib.asynccontextmanager
    async def listen(self) -> AsyncIterator["asyncio.Queue[str | None]"]:
        """Hear the call: JSON texts with ``side`` and ``audio`` (µ-law) or ``clear``, None at the end.

        Raises:
            TooManyListeners: Enough people listen.
        """
        if len(self._listeners) >= self._most:
            raise TooManyListeners
        queue: asyncio.Queue[str | None] = asyncio.Queue(_MOST_WAITING)
        self._listeners.add(queue)
        self._link.tap = self._heard
        self._quiet.clear()
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
            if not self._listeners:
                self._link.tap = None
                self._quiet.set()

    def end(self) -> None:
        """Tell those who listen that the call's stream has ended."""
        self._link.tap = None
        for queue in self._listeners:
            while queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    def _heard(self, side: Side, message: str | bytes) -> None:
        part = _part(side, message)
        if part is None:
            return
        for queue in self._listeners:
            if not queue.full():
                queue.put_nowait(part)


class Listening:
    """The calls of this process that can be listened to (`most_listeners`: of one call)."""

    def __init__(self, most_listeners: int) -> None:
        self._most = most_listeners
        self._calls: dict[str, CallAudio] = {}

    @contextlib.contextmanager
    def open_to(self, call_id: str, link: MediaLink) -> Iterator[None]:
        """Let a call be listened to for as long as a block lasts."""
        audio = CallAudio(link, self._most)
        self._calls[call_id] = audio
        try:
            yield
        finally:
            audio.end()
            if self._calls.get(call_id) is audio:
                del self._calls[call_id]

    def find(self, call_id: str) -> CallAudio | None:
        """Find a call's audio; None where its media does not run in this process."""
        return self._calls.get(call_id)


def _part(side: Side, message: str | bytes) -> str | None:
    """Take what is to be heard out of a message of the carrier's or ours; it holds nothing else then."""
    try:
        event: Any = json.loads(message)
        if event["event"] in _CLEARS:
            return json.dumps({"side": side, "clear": True})
        if event["event"] not in _SOUNDS or event["media"].get("track", "inbound") != "inbound":
            return None
        payload = event["media"]["payload"]
        base64.b64decode(payload, validate=True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return json.dumps({"side": side, "audio": payload})
