"""Log-ins of the practice's staff: a signed token, ended early by a log-out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kit.ids import new_id
from practice.audit.service import AuditLog
from practice.errors import WrongCode, WrongPassword
from practice.staff.service import Staff
from practice.staff.views import StaffView
from webhooks.security.tokens import SignedTokens, TokenRefused

STAFF_AUDIENCE = "site-staff"
CODE_AUDIENCE = "site-staff-code"
"""Of tokens that show that a password was right, where a code is needed too."""
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


async def note_refusal(
    audit: AuditLog, error: WrongPassword | WrongCode, staff_id: str | None = None
) -> None:
    """Write down that somebody's log-in was refused; nobody's is not, or strangers would fill the log."""
    who = staff_id or getattr(error, "staff_id", None)
    if who is not None:
        await audit.note(who, "log_in_refused", why=error.code)


async def begin_session(
    tokens: SignedTokens, staff: Staff, audit: AuditLog, member: StaffView, now: datetime
) -> str:
    """Let somebody in who has shown their password; gives the session's token, good for ``SESSION``."""
    session_id = new_id("sess", now)
    await staff.begin_session(session_id, member.id, SESSION)
    site_id = member.site_ids[0] if member.site_ids else None
    await audit.note(member.id, "log_in", site_id=site_id, subject=session_id)
    return tokens.issue(member.id, SESSION, jti=session_id)
