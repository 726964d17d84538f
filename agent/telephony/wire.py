"""Twilio's media stream on the wire: its JSON messages and its 8 kHz µ-law audio.

The only file that knows the format. Sources: Twilio's "Media Streams: WebSocket messages" and
ITU-T G.711 for the companding.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 8000
FRAME_BYTES = 160
"""20 ms of µ-law audio."""

_BIAS = 0x84
_CLIP = 32635


def _decode_table() -> NDArray[np.int16]:
    codes = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent = (codes >> 4) & 0x07
    magnitude = (((codes & 0x0F) << 3) + _BIAS << exponent) - _BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> NDArray[np.uint8]:
    samples = np.arange(-32768, 32768, dtype=np.int32)
    sign = np.where(samples < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    codes: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


_DECODE = _decode_table()
_ENCODE = _encode_table()


def decode_ulaw(payload: bytes) -> NDArray[np.int16]:
    """Expand µ-law bytes to 16-bit samples."""
    return _DECODE[np.frombuffer(payload, np.uint8)]


def encode_ulaw(pcm: bytes) -> bytes:
    """Compress 16-bit little-endian mono PCM to µ-law bytes."""
    return _ENCODE[np.frombuffer(pcm, "<i2").astype(np.int32) + 32768].tobytes()


@dataclass(frozen=True, slots=True)
class Media:
    """A piece of the caller's audio."""

    payload: bytes
    """µ-law, 8 kHz mono."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The carrier has played everything that was sent before the mark of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Digit:
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The carrier ended the stream."""


Event = Media | Mark | Digit | Stop


class BadMessage(ValueError):
    """A message that is not Twilio's wire format; it is dropped and counted."""


def parse(text: str | bytes, max_bytes: int) -> Event | None:
    """Read one message of the carrier; None for ``connected`` and ``start``.

    BadMessage: not JSON, not an object, an unknown event, bad base64, or too large.
    """
    if len(text) > max_bytes:
        raise BadMessage("too large")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage("not JSON") from error
    if not isinstance(message, dict):
        raise BadMessage("not an object")
    match message.get("event"):
        case "media":
            return _media(message)
        case "mark":
            return Mark(str(_part(message, "mark").get("name", "")))
        case "dtmf":
            return Digit(str(_part(message, "dtmf").get("digit", "")))
        case "stop":
            return Stop()
        case "connected" | "start":
            return None
        case _:
            raise BadMessage("unknown event")


def _media(message: dict[str, Any]) -> Media | None:
    part = _part(message, "media")
    if part.get("track", "inbound") not in {"inbound", "inbound_track"}:
        return None
    try:
        payload = base64.b64decode(part["payload"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise BadMessage("bad audio") from error
    if not payload:
        raise BadMessage("no audio")
    return Media(payload)


def _part(message: dict[str, Any], name: str) -> dict[str, Any]:
    part = message.get(name)
    if not isinstance(part, dict):
        raise BadMessage(f"no {name}")
    return part


def media_message(stream_id: str, payload: bytes) -> str:
    """Build the message that plays µ-law audio to the caller."""
    return json.dumps(
        {
            "event": "media",
            "streamSid": stream_id,
            "media": {"payload": base64.b64encode(payload).decode()},
        }
    )


def mark_message(stream_id: str, name: str) -> str:
    """Build the message that asks to be told when everything sent so far has been played."""
    return json.dumps({"event": "mark", "streamSid": stream_id, "mark": {"name": name}})


def clear_message(stream_id: str) -> str:
    """Build the message that throws away what has been sent and not yet played."""
    return json.dumps({"event": "clear", "streamSid": stream_id})
