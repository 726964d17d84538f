"""Who calls the Site Assistants API: a person of the practice, or the runtime, for one site."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Security

from practice.staff.service import StaffView
from webhooks.dependencies import Injected
from webhooks.http_errors import unauthorized
from webhooks.security.bearer import BearerToken
from webhooks.security.tokens import TokenRefused
from webhooks.site_api.errors import ForbiddenSite
from webhooks.site_api.parameters import SiteId

STAFF_AUDIENCE = "site-staff"
SESSION = timedelta(hours=24)
"""How long a log-in is good, by the contract."""


@dataclass(frozen=True)
class StaffSession:
    """A person's log-in.

    Attributes:
        id: Of the session, not of the person.
        ends_at: When it ends by itself, UTC.
    """

    id: str
    staff: StaffView
    ends_at: datetime


@dataclass(frozen=True)
class Caller:
    """The holder of a credential.

    Attributes:
        user: Chats of different users are kept apart.
        session: The person's log-in, None for the runtime.
    """

    user: str
    site_ids: tuple[int, ...]
    session: StaffSession | None = None


@dataclass(frozen=True)
class SiteAccess:
    """A caller's access to the site of the path."""

    user: str
    site_id: int


async def authenticate(
    services: Injected, credential: Annotated[str | None, Security(BearerToken("bearer", None, "JWT"))]
) -> Caller:
    """Check the credential of a request.

    Raises:
        HttpError: No credential, or one that is not valid (401).
    """
    if credential is None:
        raise unauthorized()
    try:
        site_id, user = services.runtime.site_of(credential)
    except TokenRefused:
        session = await _session(services, credential)
        return Caller(session.staff.id, session.staff.site_ids, session)
    return Caller(user, (site_id,))


async def _session(services: Injected, credential: str) -> StaffSession:
    try:
        claims = services.staff_tokens.open(credential)
    except TokenRefused as error:
        raise unauthorized() from error
    session_id: str = claims.get("jti", "")
    # Asked each time: a person who has left is out at once, not when the session ends.
    staff = None if await services.staff.has_ended(session_id) else await services.staff.find(claims["sub"])
    if staff is None:
        raise unauthorized()
    return StaffSession(session_id, staff, datetime.fromtimestamp(claims["exp"], UTC))


Authenticated = Annotated[Caller, Depends(authenticate)]


async def authorize(caller: Authenticated, site_id: SiteId) -> SiteAccess:
    """Make sure that the caller may reach the site of the path.

    Raises:
        ForbiddenSite: They may not.
    """
    if site_id not in caller.site_ids:
        raise ForbiddenSite
    return SiteAccess(caller.user, site_id)


async def require_session(caller: Authenticated) -> StaffSession:
    """Make sure that the caller is a person.

    Raises:
        HttpError: It is the runtime (401).
    """
    if caller.session is None:
        raise unauthorized()
    return caller.session


Access = Annotated[SiteAccess, Depends(authorize)]
Session = Annotated[StaffSession, Depends(require_session)]
