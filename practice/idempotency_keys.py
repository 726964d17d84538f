"""The idempotency key under which a platform is sent a partner's request."""

import hashlib

from contracts.platform import LONGEST_KEY


def forwarded_key(bot_id: str, key: str) -> str:
    """Give the key under which a platform is to know the request.

    The platform sees an account, not a bot: were the partner's key passed on bare, two bots of one account
    could be given each other's bookings. So the bot's id stands before it; what would be longer than a
    platform can be trusted to store is hashed.

    Returns:
        At most 100 characters; the same for the same bot and key, for ever.
    """
    scoped = f"{bot_id}:{key}"
    if len(scoped) <= LONGEST_KEY and scoped.isascii():
        return scoped
    return f"{bot_id}#{hashlib.sha256(key.encode()).hexdigest()}"
