"""The media stream's wire format and session: Twilio's websocket messages, both ways.

Reference: https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

import asyncio
import base64
import binascii
import contextlib
import json
import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from rehearsal.carriers import Carrier
from rehearsal.line import Line

_OPEN_SECONDS: Final = 5.0
_CLOSE_SECONDS: Final = 2.0
_MAX_MESSAGE_BYTES: Final = 1_048_576
_BACKLOG_MESSAGES: Final = 500
"""Ten seconds of media that the bot did not read; then the stream counts as dead."""


class StreamError(Exception):
    """The media websocket could not be opened."""


@dataclass
class StreamReport:
    """What happened on one media stream."""

    stream_sid: str = field(default_factory=lambda: f"MZ{secrets.token_hex(16)}")
    opened: bool = False
    """The websocket handshake succeeded."""
    close_code: int | None = None
    """The bot's close code; 1006 when the connection broke; None when we ended the stream."""
    received: Counter[str] = field(default_factory=Counter)
    """The bot's messages by event; ``malformed`` counts those that a carrier would refuse."""
    marks_returned: int = 0
    cleared_seconds: float = 0.0
    """Queued audio that ``clear`` dropped."""


class MediaStream:
    """One bidirectional stream, with the call's line attached: run until the bot closes it, or stop it."""

    def __init__(
        self, line: Line, account_sid: str, call_sid: str, parameters: dict[str, str], carrier: Carrier
    ) -> None:
        self._carrier = carrier
        self.report = StreamReport()
        self._line = line
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._parameters = parameters
        self._sequence = 0
        self._chunk = 0
        self._started_at = 0.0
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue(_BACKLOG_MESSAGES)

    async def run(self, url: str) -> None:
        """Open the websocket and carry media until the bot closes it.

        Cancelling this ends the stream as a hang-up does: ``stop`` is sent, the socket closed.

        Raises:
            StreamError: The handshake failed.
        """
        socket = await self._open(url)
        sender = asyncio.create_task(self._send(socket))
        self.report.opened = True
        try:
            self._start()
            await self._receive(socket)
            self.report.close_code = socket.close_code
        finally:
            self._line.detach()
            self._stop()
            with contextlib.suppress(TimeoutError, ConnectionClosed):
                await asyncio.wait_for(sender, _CLOSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(socket.close(), _CLOSE_SECONDS)

    def send_media(self, audio: bytes, at: float) -> None:
        """Send 20 ms of the caller; see `rehearsal.line.Trunk`."""
        self._chunk += 1
        media = {
            "track": "inbound",
            "chunk": str(self._chunk),
            "timestamp": str(round((at - self._started_at) * 1000)),
            "payload": base64.b64encode(audio).decode(),
        }
        self._put({"event": "media", "media": media})

    def send_mark(self, name: str) -> None:
        """Return a mark; see `rehearsal.line.Trunk`."""
        self.report.marks_returned += 1
        self._put({"event": "mark", "mark": {"name": name}})

    async def _open(self, url: str) -> ClientConnection:
        try:
            return await connect(
                url,
                additional_headers=self._carrier.headers(url, {}),
                user_agent_header="TwilioMediaStreams/1.0",
                compression=None,
                max_size=_MAX_MESSAGE_BYTES,
                open_timeout=_OPEN_SECONDS,
                close_timeout=_CLOSE_SECONDS,
                ping_interval=None,
                proxy=None,
            )
        except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, ConnectionClosed) as error:
            raise StreamError(f"cannot open the media stream {url}: {error}") from error

    def _start(self) -> None:
        self._say({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "accountSid": self._account_sid,
            "streamSid": self.report.stream_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": self._parameters,
        }
        self._put({"event": "start", "start": start})
        self._started_at = self._line.now
        self._line.timing.stream_started(self._line.now)
        self._line.attach(self)

    def _stop(self) -> None:
        self._put({"event": "stop", "stop": {"accountSid": self._account_sid, "callSid": self._call_sid}})
        with contextlib.suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(None)

    def _put(self, message: dict[str, Any]) -> None:
        self._sequence += 1
        self._say(message | {"sequenceNumber": str(self._sequence), "streamSid": self.report.stream_sid})

    def _say(self, message: dict[str, Any]) -> None:
        said = self._carrier.says(message)
        try:
            if said is not None:
                self._outgoing.put_nowait(json.dumps(said))
        except asyncio.QueueFull:
            self.report.received["unread"] += 1

    async def _send(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            while (text := await self._outgoing.get()) is not None:
                await socket.send(text)

    async def _receive(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                event = self._obey(text)
                self.report.received[event] += 1

    def _obey(self, text: str | bytes) -> str:
        """Act on one message of the bot; give its event's name for the count."""
        try:
            message = self._carrier.hears(json.loads(text), self.report.stream_sid)
            event, stream_sid = message["event"], message["streamSid"]
            if stream_sid != self.report.stream_sid:
                return "malformed"
            if event == "media":
                audio = base64.b64decode(message["media"]["payload"], validate=True)
                self._line.playback.add(audio)
            elif event == "mark":
                self._line.playback.mark(str(message["mark"]["name"]))
            elif event == "clear":
                self._line.timing.cleared(self._line.now)
                self.report.cleared_seconds += self._line.playback.queued_seconds
                for name in self._line.playback.clear():
                    self.send_mark(name)
            else:
                return "malformed"
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
            return "malformed"
        return str(event)
