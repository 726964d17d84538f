"""The secrets that requests to a partner, or to its booking platform, are signed with."""

import base64
import binascii
import secrets

from practice.errors import InvalidRequest

PREFIX = "whsec_"
_BYTES = 32
_LEAST, _MOST = 24, 64


def new_secret() -> str:
    """Make a secret.

    Returns:
        ``whsec_`` and 32 random bytes in base64: good for our signature, which takes it as a whole, and for
        Standard Webhooks, which decodes it.
    """
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def checked_event_secret(secret: str) -> str:
    """Make sure that events can be signed with a secret, by the rules of Standard Webhooks.

    Args:
        secret: ``whsec_`` and 24 to 64 bytes in base64.

    Returns:
        The same.

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
