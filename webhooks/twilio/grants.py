"""The signed parameter of a media socket: which call, which bot, which of its connections; once."""

from dataclasses import dataclass
from datetime import timedelta

from practice.conversations.service import Calls, CallView
from webhooks.security.tokens import SignedTokens, TokenRefused


@dataclass(frozen=True)
class MediaGrant:
    """What a media token stands for; ``connection`` is the number of the one it is good for, from 1."""

    call_id: str
    bot_id: str
    connection: int


def issue_grant(tokens: SignedTokens, call: CallView, lifetime_seconds: float) -> str:
    """Issue the token for a call's next connection, whose socket has ``lifetime_seconds`` to come."""
    lifetime = timedelta(seconds=lifetime_seconds)
    return tokens.issue(call.call_id, lifetime, bot=call.bot_id, n=call.connections + 1)


async def redeem_grant(tokens: SignedTokens, calls: Calls, token: str, call_id: str) -> CallView:
    """Redeem a token: its connection is counted, and no second socket gets it.

    TokenRefused: it is forged, too old, another call's, or used before.
    """
    grant = _read(tokens, token)
    call = await calls.find(grant.call_id)
    if call is None or grant.call_id != call_id or grant.bot_id != call.bot_id:
        raise TokenRefused("the token is for another call")
    if call.status != "in_progress" or grant.connection != call.connections + 1:
        raise TokenRefused("the token was used before")
    # Two sockets with one token may both come this far; only one of them is the connection it names.
    if await calls.connect(call_id) != grant.connection:
        raise TokenRefused("the token was used before")
    return call


def _read(tokens: SignedTokens, token: str) -> MediaGrant:
    claims = tokens.open(token)
    bot_id, connection = claims.get("bot"), claims.get("n")
    if not isinstance(bot_id, str) or not isinstance(connection, int):
        raise TokenRefused("the token is not a media token")
    return MediaGrant(claims["sub"], bot_id, connection)
