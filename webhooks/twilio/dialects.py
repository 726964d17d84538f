"""Other carriers' webhooks: their requests become Twilio's, and the TwiML of the answer their own markup.

One application decides, in Twilio's words; a carrier is a path (``/telnyx/…``, ``/plivo/…``), a signature and
a dialect. Sources: Telnyx's TeXML and its webhook signing; Plivo's XML and signature V3.
"""

import base64
import hashlib
import hmac
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from agent.telephony.carriers import PLIVO, TELNYX
from config.settings import Settings
from kit.keyring import Keyring

OLDEST_SECONDS = 300
"""How old a signed request of Telnyx may be."""
_DIALLED = {"timeout": "no-answer", "cancel": "canceled"}
"""Plivo's ``DialStatus`` where Twilio has another word."""


@dataclass(frozen=True)
class Signed:
    """A request as its signature covers it."""

    url: str
    headers: Mapping[str, str]
    raw: bytes
    fields: dict[str, str]


@dataclass(frozen=True)
class Dialect:
    """How one carrier differs from Twilio.

    Attributes:
        verify: Tells whether a request's signature is good.
        fields: Gives the fields of its requests the names that Twilio has for them.
        element: Gives an element of TwiML the form that it has there.
    """

    name: str
    verify: Callable[[Signed, Settings, Keyring, datetime], bool]
    fields: Callable[[dict[str, str]], dict[str, str]]
    element: Callable[[ET.Element], ET.Element]

    def document(self, twiml: str, here: str, path: str) -> str:
        """Translate an answer.

        Args:
            here: Our address; links to ourselves become links to this carrier's paths.
            path: What was asked for, in Twilio's paths.
        """
        root = ET.fromstring(twiml)  # noqa: S314 - our own answer
        for one in root.iter():
            one.attrib.update({name: self._link(value, here) for name, value in one.attrib.items()})
            if one.text:
                one.text = self._link(one.text, here)
        if path.endswith("/whisper") and self.name == PLIVO:
            # What is played to who picks up may only speak: the key belongs to Plivo's Dial.
            said = next(iter(root.iter("Gather")), root)
            root[:] = [one for one in said if one.tag == "Say"]
        root[:] = [self.element(one) for one in root]
        return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(root, encoding="unicode")

    def _link(self, text: str, here: str) -> str:
        for ours in (here, f"ws{here.removeprefix('http')}"):
            if text.startswith(f"{ours}/twilio/"):
                # Connection overrides in a fragment are Twilio's own.
                return f"{ours}/{self.name}/{text.removeprefix(f'{ours}/twilio/').partition('#')[0]}"
        return text


def _telnyx_signed(request: Signed, settings: Settings, keyring: Keyring, now: datetime) -> bool:
    stamp = request.headers.get("telnyx-timestamp", "")
    if not stamp.isdecimal() or abs(now.timestamp() - int(stamp)) > OLDEST_SECONDS:
        return False
    try:
        signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""), validate=True)
        telnyx_key(settings, keyring).verify(signature, f"{stamp}|".encode() + request.raw)
    except (InvalidSignature, ValueError):
        return False
    return True


def telnyx_key(settings: Settings, keyring: Keyring) -> Ed25519PublicKey:
    """Give the key that Telnyx's requests are checked with: the account's, or our own for rehearsals."""
    if settings.telnyx_public_key is not None:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(settings.telnyx_public_key))
    return Ed25519PrivateKey.from_private_bytes(keyring.derive("telnyx")[:32]).public_key()


def _plivo_signed(request: Signed, settings: Settings, keyring: Keyring, _now: datetime) -> bool:
    token = settings.plivo_auth_token
    secret = token.get_secret_value() if token is not None else keyring.derive("plivo").hex()
    base, _, query = request.url.partition("?")
    pairs = sorted(urllib.parse.parse_qsl(query, keep_blank_values=True))
    asked = "&".join(f"{name}={value}" for name, value in pairs)
    sent = "".join(f"{name}{request.fields[name]}" for name in sorted(request.fields))
    signed = "?".join(filter(None, (base, ".".join(filter(None, (asked, sent))))))
    nonce = request.headers.get("x-plivo-signature-v3-nonce", "")
    digest = hmac.new(secret.encode(), f"{signed}.{nonce}".encode(), hashlib.sha256).digest()
    good = base64.b64encode(digest).decode()
    given = request.headers.get("x-plivo-signature-v3", "").split(",")
    return bool(nonce) and any(hmac.compare_digest(good, one.strip()) for one in given)


def _same_fields(fields: dict[str, str]) -> dict[str, str]:
    return _recording(fields, fields.get("RecordingSid", ""))


def _plivo_fields(fields: dict[str, str]) -> dict[str, str]:
    given = {**fields, "CallSid": fields.get("CallUUID", "")}
    if (status := fields.get("DialStatus")) is not None:
        given["DialCallStatus"] = _DIALLED.get(status, status)
        # Its Dial waits for the key itself: whoever was connected has pressed it.
        given["Confirmed"] = "true" if status == "completed" else ""
    if "Duration" in fields:
        given["CallDuration"] = fields["Duration"]
    return _recording(given, fields.get("RecordingID", ""))


def _recording(fields: dict[str, str], name: str) -> dict[str, str]:
    if not name:
        return fields
    plain = "".join(filter(str.isalnum, name)).removeprefix("RE")[:64]
    return {**fields, "RecordingSid": f"RE{plain}"}


def _token_in_address(stream: ET.Element) -> str:
    parameter = stream.find("Parameter")
    token = "" if parameter is None else parameter.get("value", "")
    return f"{stream.get('url')}/{token}"


def _telnyx_element(one: ET.Element) -> ET.Element:
    if (stream := one.find("Stream")) is not None:
        address = _token_in_address(stream)
        stream.clear()
        stream.attrib = {"url": address, "bidirectionalMode": "rtp", "bidirectionalCodec": "PCMU"}
    return one


def _plivo_element(one: ET.Element) -> ET.Element:  # noqa: PLR0911 - one row a verb
    match one.tag:
        case "Say":
            return _element("Speak", one.text)
        case "Pause":
            return _element("Wait", None, length=one.get("length", "1"))
        case "Connect":
            stream = one.find("Stream")
            address = None if stream is None else _token_in_address(stream)
            audio = "audio/x-mulaw;rate=8000"
            return _element("Stream", address, bidirectional="true", keepCallAlive="true", contentType=audio)
        case "Reject":
            return _element("Hangup", None, reason="busy")
        case "Gather":
            asked = {"numDigits": one.get("numDigits", "1"), "timeout": one.get("timeout", "5")}
            digits = _element("GetDigits", None, action=one.get("action", ""), method="POST", **asked)
            digits.extend(_plivo_element(inner) for inner in one)
            return digits
        case "Dial":
            number = one.find("Number")
            if number is not None and (whisper := number.attrib.pop("url", None)) is not None:
                number.attrib.clear()
                one.attrib |= {"confirmSound": whisper, "confirmKey": "1"}
            return one
        case _:
            return one


def _element(tag: str, text: str | None, **attributes: str) -> ET.Element:
    made = ET.Element(tag, attributes)
    made.text = text
    return made


DIALECTS = {
    TELNYX: Dialect(TELNYX, _telnyx_signed, _same_fields, _telnyx_element),
    PLIVO: Dialect(PLIVO, _plivo_signed, _plivo_fields, _plivo_element),
}
"""By the first segment of their paths."""
