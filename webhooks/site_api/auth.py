"""Who stands at the site door: a person of the practice, or the runtime with a credential for one site."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from practice.staff.service import StaffView
from webhooks.dependencies import Services, services_of
from webhooks.http_errors import HttpError, unauthorized
from webhooks.security.bearer import bearer_of
from webhooks.security.tokens import TokenRefused

STAFF_AUDIENCE = "site-staff"
SESSION = timedelta(hours=24)
"""How long a log-in is good, by the contract."""


@dataclass(frozen=True)
class SiteAccess:
    """What the holder of a credential may reach.

    Attributes:
        user: Who it is; chats of different users are kept apart.
        staff: The person, None for the runtime.
    """

    user: str
    site_ids: tuple[int, ...]
    staff: StaffView | None = None

    def require(self, site_id: int) -> None:
        """Make sure that a site may be reached.

        Raises:
            HttpError: It may not (403), whether it exists or not.
        """
        if site_id not in self.site_ids:
            raise HttpError(403, "forbidden", "Forbidden resource")


async def site_access(request: Request) -> SiteAccess:
    """Check the credential of a request to the site door.

    Raises:
        HttpError: No credential, or one that is not valid (401).
    """
    services = services_of(request)
    credential = bearer_of(request)
    if credential is None:
        raise unauthorized()
    try:
        site_id, user = services.runtime.site_of(credential)
    except TokenRefused:
        return await _staff_access(services, credential)
    return SiteAccess(user, (site_id,))


async def _staff_access(services: Services, credential: str) -> SiteAccess:
    try:
        claims = services.staff_tokens.open(credential)
    except TokenRefused as error:
        raise unauthorized() from error
    staff_id: str = claims["sub"]
    if await services.staff.has_ended(claims.get("jti", "")):
        raise unauthorized()
    # Asked each time: a person who has left is out at once, not when the session ends.
    staff = await services.staff.find(staff_id)
    if staff is None:
        raise unauthorized()
    return SiteAccess(staff.id, staff.site_ids, staff)


Access = Annotated[SiteAccess, Depends(site_access)]
"""The checked credential, as a parameter of an endpoint."""
