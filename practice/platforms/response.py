"""What a platform's response means: an answer for the partner, or a failure that is not the partner's."""

import json
import math
import re
import zlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple, NoReturn

import httpx
from pydantic import ValidationError

from contracts.partner import Availability
from kit.http.retry_after import retry_after
from practice.errors import NotSupportedByPlatform, WebhookFailed, WebhookRejected
from practice.partner_response import PartnerResponse

REFUSED_SIGNATURE = (401, 403)
NO_SUCH_PATH = (404, 405, 501)
NOT_IMPLEMENTED = 501
DEEPEST = 64
"""Levels of nesting that a platform's answer may have."""
REPLACEMENT = "\ufffd"
_UNFIT = re.compile("[\0\ud800-\udfff]")
LATER = (429, 503)
"""Statuses with which a server may say when to come again."""
_GZIP_OR_ZLIB = 47
"""zlib's window bits for either, told apart by the data."""


class PlatformReply(NamedTuple):
    """What a platform answered, as it came; ``retry_after`` is how long it asked us to wait."""

    status: int
    content: bytes
    retry_after: timedelta


async def read_reply(response: httpx.Response, longest: int, now: datetime) -> PlatformReply:
    """Read a response; WebhookFailed if it is too large, or packed in a way that nobody asked for."""
    content = await read_body(response, longest)
    later = response.status_code in LATER
    return PlatformReply(
        response.status_code, content, retry_after(response.headers, now) if later else timedelta(0)
    )


async def read_body(response: httpx.Response, longest: int) -> bytes:
    """Read a response's body, and no more of it than is allowed: on the wire and unpacked.

    Compression is not asked for; some servers compress all the same.
    """
    content = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - as asynchronous transports give it
    async for part in response.stream:
        content += part
        if len(content) > longest:
            raise _too_large()
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity"} or not content:
        return bytes(content)
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise WebhookFailed(in_doubt=True)
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        unpacked = unpacking.decompress(bytes(content), longest + 1)
    except zlib.error as error:
        raise WebhookFailed(in_doubt=True) from error
    if len(unpacked) > longest:
        raise _too_large()
    if not unpacking.eof:
        raise WebhookFailed(in_doubt=True)
    return unpacked


def parse_reply(status: int, content: bytes, *, optional: bool = False) -> PartnerResponse:
    """Tell what the platform decided from what it merely failed at.

    Args:
        optional: The platform need not have the path that was asked for.

    Returns:
        The platform's decision: a success or a refusal, with its body.

    Raises:
        WebhookFailed: It failed, or its answer is no answer; in doubt if it may have acted.
    """
    if status in REFUSED_SIGNATURE:
        raise WebhookRejected
    if optional and _has_no_such_path(status, content):
        raise NotSupportedByPlatform
    decided = is_success(status) or 400 <= status < 500  # noqa: PLR2004 - HTTP's own classes
    if not decided:
        raise WebhookFailed(in_doubt=status >= 500)  # noqa: PLR2004 - HTTP's own classes
    try:
        body = _read_json(content)
    except (ValueError, RecursionError) as error:
        raise WebhookFailed(in_doubt=is_success(status)) from error
    if not isinstance(body, dict):
        raise WebhookFailed(in_doubt=is_success(status))
    return PartnerResponse(status, body)


def with_windows(answer: PartnerResponse) -> PartnerResponse:
    """Let a search's success through only with windows that can be read, each with its length.

    An empty calendar would be told to callers as one that is booked out.

    Raises:
        WebhookFailed: There are no windows, or one cannot be read; the sentence names the field.
    """
    if not is_success(answer.status):
        return answer
    windows = answer.body.get("availabilities")
    if not isinstance(windows, list):
        raise WebhookFailed("The booking platform's answer has no list availabilities.")
    read = []
    for place, window in enumerate(windows):
        try:
            minutes = Availability.model_validate(window).duration_minutes
        except ValidationError as error:
            field = ".".join(str(part) for part in error.errors()[0]["loc"])
            where = f"availabilities[{place}]{f'.{field}' if field else ''}"
            raise WebhookFailed(f"The booking platform's answer does not fit at {where}.") from error
        read.append({**window, "duration_minutes": minutes})
    return PartnerResponse(answer.status, {**answer.body, "availabilities": read})


def with_booking(answer: PartnerResponse, booking_id: str | None = None) -> PartnerResponse:
    """Let a success through only with its booking, the one asked about; else WebhookFailed, in doubt."""
    if is_success(answer.status):
        found = _id_of(answer.body.get("booking"))
        if found is None or found != (booking_id or found):
            raise WebhookFailed(in_doubt=True)
    return answer


def is_success(status: int) -> bool:
    """Tell whether an HTTP status says that something was done."""
    return 200 <= status < 300  # noqa: PLR2004 - HTTP's own classes


def is_failing(status: int) -> bool:
    """Tell whether an HTTP status says that the host fails: 5xx other than 501."""
    return status >= 500 and status != NOT_IMPLEMENTED  # noqa: PLR2004 - HTTP's own classes


def _has_no_such_path(status: int, content: bytes) -> bool:
    """Tell a web framework's "no such path" from the protocol's own errors, which carry a code."""
    if status not in NO_SUCH_PATH:
        return False
    try:
        return not isinstance(json.loads(content)["error"]["code"], str)
    except (ValueError, LookupError, TypeError, RecursionError):
        return True


def _id_of(booking: Any) -> str | None:
    """Give a booking's id as text; platforms that count give a number."""
    found = booking.get("id") if isinstance(booking, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found) if str(found).strip() else None


def _too_large() -> WebhookFailed:
    return WebhookFailed("The booking platform's answer is too large.", in_doubt=True)


def _read_json(content: bytes) -> Any:
    """Read a platform's JSON so that it can be kept and passed on, whatever stands in it.

    What no database or client takes, half a character (which is what a text is left with that was cut in the
    middle of an emoji) or a NUL, gives way to the character for such: a booking must not be in doubt for it.
    """
    text = content.decode("utf-8-sig")
    value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if "\\u" in text or text.count("{") + text.count("[") > DEEPEST:
        return _fit(value, DEEPEST)
    return value


def _fit(value: Any, levels: int) -> Any:
    if not levels:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return _UNFIT.sub(REPLACEMENT, value)
    if isinstance(value, list):
        return [_fit(one, levels - 1) for one in value]
    if isinstance(value, dict):
        return {_UNFIT.sub(REPLACEMENT, name): _fit(one, levels - 1) for name, one in value.items()}
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond range")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
