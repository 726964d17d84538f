"""A carrier's side of a media stream, in memory: plays what it is sent, in time, and returns the marks."""

import asyncio
import base64
import json
from dataclasses import dataclass, field

FRAME_BYTES = 160


@dataclass
class FakeMediaSocket:
    """What the agent takes for the carrier's websocket.

    Attributes:
        speed: How much faster than the clock audio is played.
        returns_marks: Whether marks come back, as they do from a real carrier.
        played: The audio that the caller heard, µ-law.
        sent: Every message of the agent, parsed, in order.
    """

    speed: float = 1.0
    returns_marks: bool = True
    played: bytearray = field(default_factory=bytearray)
    sent: list[dict[str, object]] = field(default_factory=list)
    closed: int | None = None
    _inbox: asyncio.Queue[str | bytes | None] = field(default_factory=asyncio.Queue)
    _queue: list[bytes | str] = field(default_factory=list)
    _queued: asyncio.Event = field(default_factory=asyncio.Event)
    _progress: asyncio.Event = field(default_factory=asyncio.Event)
    _player: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to play."""
        self._player = asyncio.create_task(self._play())

    async def stop(self) -> None:
        """Stop playing."""
        if self._player:
            self._player.cancel()
            await asyncio.gather(self._player, return_exceptions=True)

    async def receive(self) -> str | bytes | None:
        """Give the agent the carrier's next message."""
        return await self._inbox.get()

    async def send(self, text: str) -> None:
        """Take a message of the agent."""
        message = json.loads(text)
        self.sent.append(message)
        match message["event"]:
            case "media":
                self._queue.append(base64.b64decode(message["media"]["payload"]))
            case "mark":
                self._queue.append(message["mark"]["name"])
            case "clear":
                names = [item for item in self._queue if isinstance(item, str)]
                self._queue.clear()
                for name in names:
                    self._return(name)
        self._queued.set()

    async def close(self, code: int = 1000) -> None:
        """Close the stream."""
        self.closed = code
        self._inbox.put_nowait(None)

    def say(self, ulaw: bytes) -> None:
        """Send the caller's audio at once."""
        for start in range(0, len(ulaw), FRAME_BYTES):
            self.send_frame(ulaw[start : start + FRAME_BYTES])

    async def speak(self, ulaw: bytes) -> None:
        """Send the caller's audio at the pace of speech."""
        for start in range(0, len(ulaw), FRAME_BYTES):
            await self.pass_frame(ulaw[start : start + FRAME_BYTES])

    async def pass_frame(self, ulaw: bytes = b"\xff" * FRAME_BYTES) -> None:
        """Send 20 ms of the caller's audio, silence by default, and let that time pass."""
        self.send_frame(ulaw)
        await asyncio.sleep(0.02 / self.speed)

    def send_frame(self, ulaw: bytes) -> None:
        """Send 20 ms of the caller's audio."""
        payload = base64.b64encode(ulaw).decode()
        self.raw(json.dumps({"event": "media", "media": {"track": "inbound", "payload": payload}}))

    def press(self, keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.raw(json.dumps({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": key}}))

    def raw(self, message: str | bytes) -> None:
        """Send any message, also a broken one."""
        self._inbox.put_nowait(message)

    def hang_up(self) -> None:
        """End the stream from the carrier's side."""
        self.raw(json.dumps({"event": "stop", "stop": {}}))
        self._inbox.put_nowait(None)

    async def until_played(self, count: int) -> None:
        """Wait until the caller has heard that many bytes."""
        async with asyncio.timeout(60):
            while len(self.played) < count:
                self._progress.clear()
                await self._progress.wait()

    @property
    def left_seconds(self) -> float:
        """How much of what it was sent the caller has not begun to hear."""
        return sum(len(item) for item in self._queue if isinstance(item, bytes)) / 8000

    def events(self, name: str) -> list[dict[str, object]]:
        """Give the agent's messages of one kind."""
        return [message for message in self.sent if message["event"] == name]

    async def _play(self) -> None:
        while True:
            while not self._queue:
                self._queued.clear()
                await self._queued.wait()
            item = self._queue.pop(0)
            if isinstance(item, str):
                self._return(item)
            else:
                self.played += item
                self._progress.set()
                await asyncio.sleep(len(item) / 8000 / self.speed)

    def _return(self, name: str) -> None:
        if self.returns_marks:
            self.raw(json.dumps({"event": "mark", "mark": {"name": name}}))
