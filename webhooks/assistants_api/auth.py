"""Who stands at the Assistants Admin API: an integrator's client with an access token and its scopes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from practice.integrators.service import SCOPES
from practice.integrators.views import ClientView
from webhooks.dependencies import Services, services_of
from webhooks.http_errors import HttpError
from webhooks.security.bearer import bearer_of
from webhooks.security.tokens import TokenRefused

READ, WRITE = SCOPES
CHALLENGE = 'Bearer realm="api"'
INVALID_TOKEN = (
    f'{CHALLENGE},error="invalid_token",error_description="The access token provided is expired, revoked, '
    'malformed, or invalid for other reasons."'
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


def requires(scope: str) -> Callable[[Request], Awaitable[ClientAccess]]:
    """Make the dependency of a route that needs a scope.

    Args:
        scope: ``assistants:read`` or ``assistants:write``.

    Returns:
        The dependency; it gives the access, or refuses: 401 without a good token, 403 without the scope.
    """

    async def access(request: Request) -> ClientAccess:
        token = bearer_of(request)
        if token is None:
            raise _unauthorized(CHALLENGE)
        opened = await _opened(services_of(request), token)
        if opened is None:
            raise _unauthorized(INVALID_TOKEN)
        if scope not in opened.scopes:
            raise HttpError(HTTPStatus.FORBIDDEN, "forbidden", "The token lacks a scope.")
        return opened

    return access


def _unauthorized(challenge: str) -> HttpError:
    headers = {"WWW-Authenticate": challenge}
    return HttpError(HTTPStatus.UNAUTHORIZED, "unauthorized", "Authentication is required.", headers=headers)


Reads = Annotated[ClientAccess, Depends(requires(READ))]
"""A token that may read, as a parameter of an endpoint."""
Writes = Annotated[ClientAccess, Depends(requires(WRITE))]
"""A token that may change things, as a parameter of an endpoint."""
