"""Credentials of the Partner API: a partner's key, or the runtime's credential for one bot."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import SecurityScopes
from starlette.requests import Request

from practice.errors import BotNotFound, InsufficientScope, InvalidApiKey
from practice.partners.bots import Bots
from practice.partners.key_format import fingerprint
from practice.partners.scopes import RUNTIME_SCOPES, SCOPES
from practice.partners.views import BotView
from webhooks.dependencies import Services, services_of
from webhooks.http_errors import unauthorized
from webhooks.partner_api.errors import NO_CREDENTIAL
from webhooks.rate_limit import allow, client_address
from webhooks.security.bearer import BearerToken
from webhooks.security.runtime_credentials import PARTNER_PREFIX
from webhooks.security.tokens import TokenRefused

_token = BearerToken(
    "PartnerAuth",
    f"A partner key, `sk_ptnr_…`. Its scopes: {', '.join(f'`{one}`' for one in SCOPES)}; a key without any"
    " may do everything.",
)


@dataclass(frozen=True)
class PartnerAccess:
    """What the holder of a credential may reach.

    Attributes:
        partner_id: The partner whose bots it may reach, or None for a runtime credential.
        only_bot_id: The one bot that a runtime credential may reach.
        key_id: The partner key that was shown, ``key_…``, or None for a runtime credential.
        scopes: What the credential is for; None is everything.
    """

    bots: Bots
    partner_id: str | None
    only_bot_id: str | None = None
    key_id: str | None = None
    scopes: frozenset[str] | None = None

    def require(self, scope: str) -> None:
        """Make sure that this credential is for something, or raise `InsufficientScope`."""
        if self.scopes is not None and scope not in self.scopes:
            raise InsufficientScope(f"This API key lacks the scope {scope}.")

    async def get_bot(self, bot_id: str) -> BotView:
        """Get a bot that this credential may reach; BotNotFound when it is another's, too."""
        if self.partner_id is not None:
            return await self.bots.get_bot(self.partner_id, bot_id)
        bot = await self.bots.find_bot(bot_id) if bot_id == self.only_bot_id else None
        if bot is None:
            raise BotNotFound
        return bot


async def partner_access(
    request: Request, needed: SecurityScopes, credential: Annotated[str | None, Depends(_token)]
) -> PartnerAccess:
    """Check the credential of a request, before its body is read.

    Raises:
        HttpError: There is no bearer credential (401).
        InvalidApiKey: It is not one of ours.
        InsufficientScope: It is not for this.
        RateLimited: The key has asked too much, or the client has shown too many wrong ones.
    """
    if credential is None:
        raise unauthorized(NO_CREDENTIAL)
    access = await _access(request, credential)
    for scope in needed.scopes:
        access.require(scope)
    return access


async def _access(request: Request, credential: str) -> PartnerAccess:
    services = services_of(request)
    if bot_id := _bot_of(services, credential):
        # What is said on the telephone is never told to come back later.
        return PartnerAccess(services.bots, None, bot_id, scopes=RUNTIME_SCOPES)
    address, shown = client_address(request), fingerprint(credential)
    await services.limits.check_address(address, shown)
    try:
        principal = await services.partner_keys.authenticate(credential)
    except InvalidApiKey:
        await services.limits.refused(address, shown)
        raise
    services.limits.accepted(shown)
    try:
        await services.limits.count_request(principal.key_id)
    finally:
        # Whoever has nothing left is told so as well.
        allow(request, await services.limits.allowance(principal.key_id))
    return PartnerAccess(
        services.bots, principal.partner_id, key_id=principal.key_id, scopes=principal.scopes
    )


def _bot_of(services: Services, credential: str) -> str | None:
    """Find whose credential of the runtime's own it is, if it is one."""
    try:
        return services.runtime.bot_of(credential) if credential.startswith(PARTNER_PREFIX) else None
    except TokenRefused:
        return None


SearchesAvailability = Annotated[PartnerAccess, Security(partner_access, scopes=["availability:read"])]
"""A credential with a scope, as a parameter of an endpoint."""
ReadsBookings = Annotated[PartnerAccess, Security(partner_access, scopes=["bookings:read"])]
WritesBookings = Annotated[PartnerAccess, Security(partner_access, scopes=["bookings:write"])]
ReadsBots = Annotated[PartnerAccess, Security(partner_access, scopes=["bots:read"])]
WritesBots = Annotated[PartnerAccess, Security(partner_access, scopes=["bots:write"])]
ReadsMessages = Annotated[PartnerAccess, Security(partner_access, scopes=["messages:read"])]
LeavesMessages = Annotated[PartnerAccess, Security(partner_access, scopes=["messages:write"])]
