"""How each carrier's media stream says the same things. All carry 8 kHz µ-law audio in JSON messages.

Sources: Twilio's "Media Streams: WebSocket messages", Telnyx's "Stream call media over WebSocket", Plivo's
"Audio streaming reference"; pipecat's serializers of the three are the second opinion.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from agent.telephony import wire

TWILIO, TELNYX, PLIVO = "twilio", "telnyx", "plivo"


@dataclass(frozen=True)
class StreamStart:
    """What a carrier says when a stream begins.

    Attributes:
        call_id: The carrier's name of the call.
        stream_id: Its name of the stream.
        token: The signed parameter, where the stream carries it; else it stands in the socket's address.
    """

    call_id: str
    stream_id: str
    token: str | None = None


class TwilioStream:
    """Twilio's messages."""

    def parse(self, text: str | bytes, max_bytes: int) -> wire.Event | None:
        """Read a message, as `wire.parse` does."""
        return wire.parse(text, max_bytes)

    def read_start(self, message: dict[str, Any]) -> StreamStart | None:
        """Read the ``start`` message; None when it does not say which call it is."""
        start = message["start"]
        parameters = start.get("customParameters")
        token = parameters.get("token") if isinstance(parameters, dict) else None
        return _started(start.get("callSid"), start.get("streamSid") or message.get("streamSid"), token)

    def media(self, stream_id: str, payload: bytes) -> str:
        """Build the message that plays audio to the caller."""
        return wire.media_message(stream_id, payload)

    def mark(self, stream_id: str, name: str) -> str:
        """Build the message that asks to be told when everything sent so far has been played."""
        return wire.mark_message(stream_id, name)

    def clear(self, stream_id: str) -> str:
        """Build the message that throws away what has been sent and not yet played."""
        return wire.clear_message(stream_id)


class TelnyxStream(TwilioStream):
    """Telnyx's: events as Twilio's, other names around them."""

    def read_start(self, message: dict[str, Any]) -> StreamStart | None:
        """Read the ``start`` message."""
        return _started(message["start"].get("call_control_id"), message.get("stream_id"))

    def media(self, stream_id: str, payload: bytes) -> str:  # noqa: ARG002 - one stream a socket
        """Build the message that plays audio to the caller."""
        return json.dumps({"event": "media", "media": {"payload": base64.b64encode(payload).decode()}})

    def mark(self, stream_id: str, name: str) -> str:  # noqa: ARG002 - as above
        """Build the message that asks to be told when everything sent so far has been played."""
        return json.dumps({"event": "mark", "mark": {"name": name}})

    def clear(self, stream_id: str) -> str:  # noqa: ARG002 - as above
        """Build the message that throws away what has been sent and not yet played."""
        return json.dumps({"event": "clear"})


class PlivoStream(TwilioStream):
    """Plivo's: marks are checkpoints, audio says what it is."""

    def parse(self, text: str | bytes, max_bytes: int) -> wire.Event | None:
        """Read a message; ``playedStream`` is a mark that was reached."""
        if b"playedStream" in text[:200] if isinstance(text, bytes) else "playedStream" in text[:200]:
            return wire.Mark(str(_object(text).get("name", "")))
        try:
            return wire.parse(text, max_bytes)
        except wire.BadMessage:
            if _object(text).get("event") == "clearedAudio":
                return None
            raise

    def read_start(self, message: dict[str, Any]) -> StreamStart | None:
        """Read the ``start`` message."""
        return _started(message["start"].get("callId"), message["start"].get("streamId"))

    def media(self, stream_id: str, payload: bytes) -> str:
        """Build the message that plays audio to the caller."""
        audio = {
            "contentType": "audio/x-mulaw",
            "sampleRate": wire.SAMPLE_RATE_HZ,
            "payload": base64.b64encode(payload).decode(),
        }
        return json.dumps({"event": "playAudio", "media": audio, "streamId": stream_id})

    def mark(self, stream_id: str, name: str) -> str:
        """Build the message that asks to be told when everything sent so far has been played."""
        return json.dumps({"event": "checkpoint", "streamId": stream_id, "name": name})

    def clear(self, stream_id: str) -> str:
        """Build the message that throws away what has been sent and not yet played."""
        return json.dumps({"event": "clearAudio", "streamId": stream_id})


STREAMS: dict[str, TwilioStream] = {TWILIO: TwilioStream(), TELNYX: TelnyxStream(), PLIVO: PlivoStream()}
"""By the carrier's name."""


def _started(call_id: object, stream_id: object, token: object = None) -> StreamStart | None:
    if not isinstance(call_id, str) or not isinstance(stream_id, str):
        return None
    return StreamStart(call_id, stream_id, token if isinstance(token, str) else None)


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise wire.BadMessage("not JSON") from error
    if not isinstance(message, dict):
        raise wire.BadMessage("not an object")
    return message
