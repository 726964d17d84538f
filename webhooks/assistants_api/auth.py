"""Access to the Assistants Admin API: an integrator's client with an access token and its scopes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2

from practice.integrators.service import SCOPES
from practice.integrators.views import ClientView
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError
from webhooks.security.bearer import BearerToken
from webhooks.security.tokens import TokenRefused

READ, WRITE = SCOPES
CHALLENGE = 'Bearer realm="api"'
INVALID_TOKEN = (
    f'{CHALLENGE},error="invalid_token",error_description="The access token provided is expired, revoked, '
    'malformed, or invalid for other reasons."'
)

_BEARER = BearerToken("bearerAuth")
_OAUTH = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl="/oauth/token/",
            scopes={READ: "Read access to assistants", WRITE: "Write access to assistants"},
        )
    ),
    scheme_name="OAuth2ClientCredentialFlow",
    auto_error=False,
)


@dataclass(frozen=True)
class ClientAccess:
    """What the holder of an access token may reach.

    Attributes:
        scopes: The token's scopes, as far as the client still has them.
    """

    client: ClientView
    scopes: frozenset[str]

    @property
    def site_ids(self) -> tuple[int, ...] | None:
        """The sites that it reaches; None is all of them."""
        return self.client.site_ids

    @property
    def may_write(self) -> bool:
        """Whether it may change anything."""
        return WRITE in self.scopes


async def _opened(services: Services, token: str) -> ClientAccess | None:
    try:
        client_id, scopes = await services.access_tokens.open(token)
    except TokenRefused:
        return None
    # Asked each time: a revoked client is out at once, not when its tokens end.
    client = await services.clients.find(client_id)
    return None if client is None else ClientAccess(client, scopes & frozenset(client.scopes))


def _requires(scope: str) -> Callable[..., Awaitable[ClientAccess]]:
    """Make the dependency that refuses: 401 without a good token, 403 without the scope."""

    async def access(
        token: Annotated[str | None, Depends(_BEARER)],
        _documented: Annotated[Any, Security(_OAUTH, scopes=[scope])],
        services: Injected,
    ) -> ClientAccess:
        if token is None:
            raise _unauthorized(CHALLENGE)
        opened = await _opened(services, token)
        if opened is None:
            raise _unauthorized(INVALID_TOKEN)
        if scope not in opened.scopes:
            raise HttpError(HTTPStatus.FORBIDDEN, "forbidden", "The token lacks a scope.")
        return opened

    return access


def _unauthorized(challenge: str) -> HttpError:
    headers = {"WWW-Authenticate": challenge}
    return HttpError(HTTPStatus.UNAUTHORIZED, "unauthorized", "Authentication is required.", headers=headers)


reads, writes = _requires(READ), _requires(WRITE)
Reads = Annotated[ClientAccess, Depends(reads)]
"""A token that may read, as a parameter of an endpoint."""
Writes = Annotated[ClientAccess, Depends(writes)]
"""A token that may change things, as a parameter of an endpoint."""
