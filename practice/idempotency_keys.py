"""Idempotency keys: what a partner may send, and what the platform is given."""

import hashlib

from practice.errors import InvalidRequest, MissingIdempotencyKey

LONGEST_KEY = 255
LONGEST_FORWARDED = 100


def check_key(key: str | None) -> str:
    """Check a partner's key.

    Args:
        key: The header's value, or None.

    Raises:
        MissingIdempotencyKey: Missing or blank.
        InvalidRequest: Too long, or not printable.
    """
    stripped = (key or "").strip()
    if not stripped:
        raise MissingIdempotencyKey
    if len(stripped) > LONGEST_KEY:
        raise InvalidRequest(f"Idempotency-Key must have at most {LONGEST_KEY} characters.")
    if not stripped.isprintable():
        raise InvalidRequest("Idempotency-Key must be printable text.")
    return stripped


def forwarded_key(bot_id: str, key: str) -> str:
    """Give the key under which a platform is to know the request.

    The platform sees an account, not a bot: were the partner's key passed on bare, two bots of one account
    could be given each other's bookings. So the bot's id stands before it; what would be longer than a
    platform can be trusted to store is hashed.

    Args:
        bot_id: ``bot_…``.

    Returns:
        At most 100 characters; the same for the same bot and key, for ever.
    """
    scoped = f"{bot_id}:{key}"
    if len(scoped) <= LONGEST_FORWARDED and scoped.isascii():
        return scoped
    return f"{bot_id}#{hashlib.sha256(key.encode()).hexdigest()}"
