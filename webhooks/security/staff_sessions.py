"""Log-ins of the practice's staff: a signed token, ended early by a log-out."""

from datetime import timedelta

from practice.staff.service import Staff, StaffView
from webhooks.security.tokens import SignedTokens, TokenRefused

STAFF_AUDIENCE = "site-staff"
SESSION = timedelta(hours=24)
"""How long a log-in is good, by the contract."""


async def find_staff(tokens: SignedTokens, staff: Staff, credential: str) -> StaffView | None:
    """Find who is logged in by a credential; None when it is not valid, ended, or theirs no more."""
    try:
        claims = tokens.open(credential)
    except TokenRefused:
        return None
    if await staff.has_ended(claims.get("jti", "")):
        return None
    # Asked each time: a person who has left is out at once, not when the session ends.
    return await staff.find(claims["sub"])
