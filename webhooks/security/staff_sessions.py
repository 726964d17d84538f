"""Log-ins of the practice's staff: a signed token, ended early by a log-out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from practice.staff.service import Staff
from practice.staff.views import StaffView
from webhooks.security.tokens import SignedTokens, TokenRefused

STAFF_AUDIENCE = "site-staff"
SESSION = timedelta(hours=24)
"""How long a log-in is valid, by the contract."""


@dataclass(frozen=True)
class StaffSession:
    """A staff member's log-in.

    Attributes:
        id: Of the session, not of the person.
        ends_at: When it expires, UTC.
    """

    id: str
    staff: StaffView
    ends_at: datetime


async def find_session(tokens: SignedTokens, staff: Staff, credential: str) -> StaffSession | None:
    """Find the log-in of a credential; None when it is not valid, has ended, or the person has left."""
    try:
        claims = tokens.open(credential)
    except TokenRefused:
        return None
    session_id: str = claims.get("jti", "")
    if await staff.has_ended(session_id):
        return None
    # Asked each time: a person who has left is out at once, not when the session ends.
    member = await staff.find(claims["sub"])
    if member is None:
        return None
    return StaffSession(session_id, member, datetime.fromtimestamp(claims["exp"], UTC))
