"""The bot's instructions to the carrier: TwiML read into verbs.

Reference: https://www.twilio.com/docs/voice/twiml
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

MAX_DOCUMENT_CHARS: Final = 64_000
"""Twilio refuses larger documents (error 11750)."""


class TwimlError(ValueError):
    """The bot's answer is not TwiML that a carrier could run."""


@dataclass(frozen=True)
class ConnectStream:
    """Open a bidirectional media stream; the next verb runs when the bot closes it."""

    url: str
    parameters: dict[str, str] = field(default_factory=dict)
    action: str | None = None
    method: str = "POST"


@dataclass(frozen=True)
class Redirect:
    """Ask another URL what to do."""

    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Say:
    """Speak text to the caller."""

    text: str


@dataclass(frozen=True)
class Pause:
    """Wait in silence."""

    seconds: float


@dataclass(frozen=True)
class Play:
    """Play a sound file."""

    url: str


@dataclass(frozen=True)
class Dial:
    """Put the caller through to a number, or into a conference."""

    number: str
    action: str | None = None
    method: str = "POST"
    ring_seconds: float = 30.0
    whisper: str | None = None
    """What the one who picks up is told before they are connected: a URL that gives TwiML."""
    confirms: bool = False
    """The carrier waits for their key itself."""
    conference: str | None = None
    """The name of the conference."""
    wait_url: str | None = None
    """What whoever is alone in it hears: a URL that gives TwiML."""


@dataclass(frozen=True)
class Gather:
    """Wait for keys, speaking the inner verbs meanwhile."""

    verbs: "tuple[Verb, ...]"
    timeout_seconds: float
    action: str | None = None
    method: str = "POST"
    action_on_empty: bool = False


@dataclass(frozen=True)
class Record:
    """Take a message."""

    max_seconds: float
    silence_seconds: float
    action: str | None = None
    method: str = "POST"


@dataclass(frozen=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True)
class Reject:
    """Turn the call down."""

    reason: str = "rejected"


@dataclass(frozen=True)
class Unsupported:
    """A verb that this exchange does not know; skipped and remarked upon."""

    tag: str


Verb = ConnectStream | Redirect | Say | Pause | Play | Dial | Gather | Record | Hangup | Reject | Unsupported


def parse(text: str, base_url: str) -> tuple[Verb, ...]:
    """Read a TwiML document, with URLs relative to the one that gave it.

    TwimlError: not XML, not a ``<Response>``, too large, or a verb lacks what it needs.
    """
    if len(text) > MAX_DOCUMENT_CHARS:
        raise TwimlError(f"the document has more than {MAX_DOCUMENT_CHARS} characters")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise TwimlError("the document declares a DOCTYPE")
    try:
        root = ET.fromstring(text.strip())  # noqa: S314 - entity declarations were refused above
    except ET.ParseError as error:
        raise TwimlError(f"not XML: {error}") from error
    if root.tag != "Response":
        raise TwimlError(f"the root is <{root.tag}>, not <Response>")
    return tuple(_verb(element, base_url) for element in root)


def _verb(element: ET.Element, base_url: str) -> Verb:  # noqa: C901, PLR0911 - one row a verb
    method = (element.get("method") or "POST").upper()
    action = _link(element.get("action"), base_url)
    text = " ".join("".join(element.itertext()).split())
    match element.tag:
        case "Connect":
            return _connect(element, base_url, action, method)
        case "Redirect":
            return Redirect(_link(text, base_url) or base_url, method)
        case "Say" | "Speak":
            return Say(text)
        case "Stream":
            return ConnectStream(_socket(text))
        case "Pause" | "Wait":
            return Pause(_number(element, "length", 1.0))
        case "Play":
            return Play(_link(text, base_url) or "")
        case "Dial":
            number = element.find("Number")
            told = element.get("confirmSound") or (None if number is None else number.get("url"))
            room = element.find("Conference")
            return Dial(
                text,
                action,
                method,
                _number(element, "timeout", 30.0),
                _link(told, base_url),
                confirms=element.get("confirmKey") is not None,
                conference=None if room is None else text,
                wait_url=None if room is None else _link(room.get("waitUrl"), base_url),
            )
        case "Gather" | "GetDigits":
            inner = tuple(_verb(child, base_url) for child in element)
            on_empty = element.get("actionOnEmptyResult") == "true"
            return Gather(inner, _number(element, "timeout", 5.0), action, method, on_empty)
        case "Record":
            longest, quiet = _number(element, "maxLength", 3600.0), _number(element, "timeout", 5.0)
            return Record(longest, quiet, action, method)
        case "Hangup":
            return Hangup()
        case "Reject":
            return Reject(element.get("reason", "rejected"))
        case tag:
            return Unsupported(tag)


def _connect(element: ET.Element, base_url: str, action: str | None, method: str) -> Verb:
    stream = element.find("Stream")
    if stream is None:
        return Unsupported("Connect without Stream")
    url = _socket(urljoin(base_url, (stream.get("url") or "").strip()))
    parameters = {p.get("name", ""): p.get("value", "") for p in stream.findall("Parameter")}
    return ConnectStream(url, parameters, action, method)


def _socket(url: str) -> str:
    if not url.startswith(("ws://", "wss://")):
        raise TwimlError("<Stream> needs a ws:// or wss:// url")
    if "?" in url:
        raise TwimlError("<Stream> url has a query string, which Twilio does not support")
    return url


def _link(value: str | None, base_url: str) -> str | None:
    return urljoin(base_url, value.strip()) if value and value.strip() else None


def _number(element: ET.Element, name: str, default: float) -> float:
    try:
        value = float(element.get(name, default))
    except ValueError:
        raise TwimlError(f"<{element.tag} {name}> is not a number") from None
    if not 0 <= value <= 14_400:  # noqa: PLR2004 - four hours, Twilio's longest call
        raise TwimlError(f"<{element.tag} {name}> is out of range")
    return value
