"""The secrets that requests to a partner, or to its booking platform, are signed with."""

import base64
import binascii
import re
import secrets

from practice.errors import InvalidRequest

PREFIX = "whsec_"
LENGTHS = range(16, 256)
"""Characters of a platform's own secret."""
_BYTES = 32
_LEAST, _MOST = 24, 64
_PRINTABLE = re.compile(r"[\x20-\x7e]+", re.ASCII)


def new_secret() -> str:
    """Make a secret.

    Returns:
        ``whsec_`` and 32 random bytes in base64: good for our signature, which takes it as a whole, and for
        Standard Webhooks, which decodes it.
    """
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def is_platform_secret(secret: str) -> bool:
    """Tell whether a platform's own secret may be one.

    Args:
        secret: What the platform knows; all of it is the key, whatever it begins with.

    Returns:
        True when it has 16 to 255 printable ASCII characters.
    """
    return len(secret) in LENGTHS and _PRINTABLE.fullmatch(secret) is not None


def checked_event_secret(secret: str) -> str:
    """Make sure that events can be signed with a secret, by the rules of Standard Webhooks.

    Args:
        secret: ``whsec_`` and 24 to 64 bytes in base64.

    Raises:
        InvalidRequest: It is none.
    """
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not secret.startswith(PREFIX) or not _LEAST <= len(raw) <= _MOST:
        raise InvalidRequest(
            f"An event secret is {PREFIX} followed by {_LEAST} to {_MOST} random bytes in base64."
        )
    return secret
