"""The platform signature: ``t=<unix seconds>,v1=<hex>``, HMAC-SHA256 over ``<t>.<body>``.

The scheme is the vendor's published one; its key is the whole secret as UTF-8, prefix included.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta

SIGNATURE_HEADER = "X-DialStack-Signature"
ACCOUNT_HEADER = "X-DialStack-Account-Id"
TOLERANCE = timedelta(seconds=300)
_TIMESTAMP = re.compile(r"0|[1-9][0-9]{0,9}")
_HEX = re.compile(r"[0-9a-f]{64}")


class SignatureInvalid(ValueError):
    """The signature is missing, malformed, wrong or stale."""


def sign(body: bytes, secret: str, at: datetime) -> str:
    """Sign the exact bytes that are sent with the whole secret, any ``whsec_`` prefix included."""
    timestamp = str(int(at.timestamp()))
    return f"t={timestamp},v1={_digest(timestamp, body, secret)}"


def verify(
    body: bytes, header: str | None, secret: str, now: datetime, tolerance: timedelta = TOLERANCE
) -> None:
    """Check a signature as strictly as the vendor's own library does.

    Only the first ``t=`` and the first ``v1=`` count, spaces and upper-case hex are refused, and so is a
    timestamp that is not plain seconds (the vendor's library lets ``t=abc`` skip the freshness check).

    Args:
        body: The bytes received.
        tolerance: Largest distance of the timestamp from now, past or future; exactly it passes.
    """
    parts = (header or "").split(",")
    timestamp = next((part[2:] for part in parts if part.startswith("t=")), "")
    given = next((part[3:] for part in parts if part.startswith("v1=")), "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _HEX.fullmatch(given):
        raise SignatureInvalid("The signature is not valid.")
    if not hmac.compare_digest(given, _digest(timestamp, body, secret)):
        raise SignatureInvalid("The signature is not valid.")
    if abs(int(now.timestamp()) - int(timestamp)) > tolerance.total_seconds():
        raise SignatureInvalid("The signature is too old or from the future.")


def _digest(timestamp: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
