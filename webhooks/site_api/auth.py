"""Who calls the Site Assistants API: a person of the practice, or the runtime, for one site."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security

from webhooks.audited_route import acts_as
from webhooks.dependencies import Injected
from webhooks.http_errors import unauthorized
from webhooks.security.bearer import BearerToken
from webhooks.security.staff_sessions import StaffSession, find_session
from webhooks.security.tokens import TokenRefused
from webhooks.site_api.errors import AdminsOnly, ForbiddenSite
from webhooks.site_api.parameters import SiteId

ADMIN = "ADMIN"


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
    """A caller's access to the site of the path.

    Attributes:
        is_runtime: It is the server's own, or somebody who holds its data folder.
    """

    user: str
    site_id: int
    is_runtime: bool


async def authenticate(
    services: Injected, credential: Annotated[str | None, Security(BearerToken("bearer", None, "JWT"))]
) -> Caller:
    """Check the credential of a request; HttpError (401) without a valid one."""
    if credential is None:
        raise unauthorized()
    try:
        site_id, user = services.runtime.site_of(credential)
    except TokenRefused:
        session = await find_session(services.staff_tokens, services.staff, credential)
        if session is None:
            raise unauthorized() from None
        return Caller(session.staff.id, session.staff.site_ids, session)
    return Caller(user, (site_id,))


Authenticated = Annotated[Caller, Depends(authenticate)]


async def authorize(request: Request, caller: Authenticated, site_id: SiteId) -> SiteAccess:
    """Make sure that the caller may reach the site of the path, or raise `ForbiddenSite`."""
    if site_id not in caller.site_ids:
        raise ForbiddenSite
    acts_as(request, caller.user, site_id)
    return SiteAccess(caller.user, site_id, caller.session is None)


async def authorize_admin(
    caller: Authenticated, access: Annotated[SiteAccess, Depends(authorize)]
) -> SiteAccess:
    """Make sure that the caller may change what the bot of the path's site says and does, or AdminsOnly."""
    if caller.session is not None and caller.session.staff.role != ADMIN:
        raise AdminsOnly
    return access


async def require_session(caller: Authenticated) -> StaffSession:
    """Make sure that the caller is a person. Raises `HttpError`: it is the runtime (401)."""
    if caller.session is None:
        raise unauthorized()
    return caller.session


Access = Annotated[SiteAccess, Depends(authorize)]
AdminAccess = Annotated[SiteAccess, Depends(authorize_admin)]
"""Of those who may change an assistant: whoever has the role ``ADMIN``, and the runtime."""
Session = Annotated[StaffSession, Depends(require_session)]
