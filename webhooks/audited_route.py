"""Routes whose every use by a person is written into the audit log."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from webhooks.body_route import BodyRoute
from webhooks.dependencies import services_of

STREAMS = "stream_"
"""Functions that follow what a page of the log's own already shows begin so."""


@dataclass
class _Actor:
    who: str
    site_id: int
    subject: list[str] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)


def acts_as(connection: HTTPConnection, who: str, site_id: int) -> None:
    """Say who sends a request, and at which site."""
    connection.state.actor = _Actor(who, site_id)


def concerns(connection: HTTPConnection, *subject: str, **detail: Any) -> None:
    """Say what a request is about, beside the ids in its path."""
    actor = _actor_of(connection)
    if actor is not None:
        actor.subject += subject
        actor.detail |= detail


class AuditedRoute(APIRoute):
    """A route that notes who was answered by it: before the answer leaves, or it does not."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handler = super().get_route_handler()
        action = f"{self.endpoint.__module__.rpartition('.')[2]}.{self.name}"

        async def handle(request: Request) -> Response:
            request.state.actor = None
            response = await handler(request)
            actor = _actor_of(request)
            if actor is not None and response.status_code < HTTPStatus.BAD_REQUEST:
                ids = [str(value) for name, value in request.path_params.items() if name != "siteId"]
                await services_of(request).audit.note(
                    actor.who,
                    action,
                    site_id=actor.site_id,
                    subject=" ".join([*ids, *actor.subject]),
                    **actor.detail,
                )
            return response

        return handler if self.name.startswith(STREAMS) else handle


class AuditedBodyRoute(AuditedRoute, BodyRoute):
    """An audited route whose body is read as ours are."""


def _actor_of(connection: HTTPConnection) -> _Actor | None:
    actor: _Actor | None = getattr(connection.state, "actor", None)
    return actor
