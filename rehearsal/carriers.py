"""How Telnyx and Plivo sign, name and say what the exchange says in Twilio's way.

References: https://developers.telnyx.com/docs/voice/programmable-voice/texml-setup, Telnyx's "Stream call
media over WebSocket", https://www.plivo.com/docs/voice/concepts/signature-validation and Plivo's "Audio
streaming reference".
"""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from twilio.request_validator import RequestValidator

CarrierName = Literal["twilio", "telnyx", "plivo"]
_PLIVO_NAMES: Final = {
    "CallSid": "CallUUID",
    "ParentCallSid": "ParentCallUUID",
    "DialCallStatus": "DialStatus",
    "RecordingSid": "RecordingID",
    "RecordingUrl": "RecordUrl",
    "CallDuration": "Duration",
}


class Carrier:
    """Twilio itself; requests are signed with the auth token, for Telnyx a private key, 32 bytes in hex."""

    agent: str = "TwilioProxy/1.1"

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def fields(self, fields: dict[str, str]) -> dict[str, str]:
        """Give the fields of a webhook the carrier's names."""
        return fields

    def headers(self, url: str, fields: dict[str, str]) -> dict[str, str]:
        """Sign a webhook, or the handshake of a media stream, which has no fields."""
        return {"X-Twilio-Signature": RequestValidator(self._secret).compute_signature(url, fields)}

    def says(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Give a message of the media stream as the carrier sends it; None where it sends none."""
        return message

    def hears(self, message: dict[str, Any], stream_id: str) -> dict[str, Any]:  # noqa: ARG002 - Twilio's has it
        """Give the bot's message in Twilio's form; KeyError when it is not one that the carrier takes."""
        return message


class Telnyx(Carrier):
    """TeXML is TwiML; signatures and streams are Telnyx's own."""

    agent = "telnyx-webhooks"

    def headers(self, url: str, fields: dict[str, str]) -> dict[str, str]:  # noqa: ARG002 - not signed
        """Sign the body with the time."""
        stamp = str(int(time.time()))
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._secret))
        signature = base64.b64encode(key.sign(f"{stamp}|{urlencode(fields)}".encode())).decode()
        return {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": signature}

    def says(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Rename what Telnyx names otherwise."""
        said = {**message, "stream_id": message.pop("streamSid", "")}
        said["sequence_number"] = said.pop("sequenceNumber", "0")
        said.pop("streamSid", None)
        if (start := said.get("start")) is not None:
            shape = {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}
            said["start"] = {"call_control_id": start["callSid"], "media_format": shape}
        return said

    def hears(self, message: dict[str, Any], stream_id: str) -> dict[str, Any]:
        """Add the stream's name, which Telnyx wants in no message."""
        if "streamSid" in message:
            raise KeyError("streamSid")
        return {**message, "streamSid": stream_id}


class Plivo(Carrier):
    """Plivo's XML, signature V3 and streams."""

    agent = "Plivo"

    def fields(self, fields: dict[str, str]) -> dict[str, str]:
        """Rename them."""
        return {_PLIVO_NAMES.get(name, name): value for name, value in fields.items()}

    def headers(self, url: str, fields: dict[str, str]) -> dict[str, str]:
        """Sign address, query and fields, each in order, with a nonce."""
        nonce, (base, _, query) = secrets.token_hex(10), url.partition("?")
        asked = "&".join(
            f"{name}={value}" for name, value in sorted(parse_qsl(query, keep_blank_values=True))
        )
        sent = "".join(f"{name}{value}" for name, value in sorted(fields.items()))
        signed = f"{base}{'?' if asked or sent else ''}{asked}{'.' if asked and sent else ''}{sent}.{nonce}"
        digest = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha256).digest()
        signature = base64.b64encode(digest).decode()
        return {"X-Plivo-Signature-V3": signature, "X-Plivo-Signature-V3-Nonce": nonce}

    def says(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Rename what Plivo names otherwise; it sends neither ``connected`` nor ``stop``."""
        if message["event"] in {"connected", "stop"}:
            return None
        said = {**message, "streamId": message.get("streamSid", "")}
        said.pop("streamSid", None)
        if (start := said.get("start")) is not None:
            shape = {"encoding": "audio/x-mulaw", "sampleRate": 8000}
            said["start"] = {"callId": start["callSid"], "streamId": said["streamId"], "mediaFormat": shape}
        if said["event"] == "mark":
            said = {"event": "playedStream", "streamId": said["streamId"], "name": said["mark"]["name"]}
        return said

    def hears(self, message: dict[str, Any], stream_id: str) -> dict[str, Any]:  # noqa: ARG002 - it names its own
        """Rename them back."""
        event = {"playAudio": "media", "checkpoint": "mark", "clearAudio": "clear"}[message["event"]]
        heard = {**message, "event": event, "streamSid": message["streamId"]}
        if event == "mark":
            heard["mark"] = {"name": message["name"]}
        if event == "media" and message["media"]["contentType"] != "audio/x-mulaw":
            raise KeyError(message["media"]["contentType"])
        return heard


def carrier(name: CarrierName, secret: str) -> Carrier:
    """Make a carrier of that name."""
    return {"twilio": Carrier, "telnyx": Telnyx, "plivo": Plivo}[name](secret)
