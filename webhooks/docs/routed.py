"""OpenAPI documents of the doors that have none of their own: as the framework reads them from the routes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from webhooks.openapi import VERSION

UNVALIDATED = "422"
"""The framework's own refusals, which never come: the doors read numbers and bodies themselves."""


@dataclass(frozen=True)
class RoutedDoor:
    """A door that is described by its routes.

    Attributes:
        title: Its name.
        description: CommonMark.
        prefixes: What its paths begin with.
        open: Its paths that want no token.
    """

    title: str
    description: str
    prefixes: tuple[str, ...]
    open: tuple[str, ...]


SITE = RoutedDoor(
    "Site Assistants API",
    "Instructions and files of a site's assistants, and chats with them. Log in for a token, and send it as a"
    " bearer token.",
    ("/site/", "/auth/"),
    ("/auth/login",),
)
ASSISTANTS = RoutedDoor(
    "Assistants Admin API",
    "For integrators: assistants, their routes, tools, remote APIs and threads. Get a token by your client's"
    " credentials, and send it as a bearer token.",
    ("/apis/", "/api/", "/oauth/"),
    ("/oauth/token/",),
)


def routed_document(door: RoutedDoor, routes: Sequence[BaseRoute], server_url: str) -> dict[str, Any]:
    """Write a door's document.

    Args:
        door: The door.
        routes: The routes of the whole application.
        server_url: Where it is.

    Returns:
        The OpenAPI document.
    """
    document = get_openapi(
        title=door.title,
        version="1.0.0",
        openapi_version=VERSION,
        description=door.description,
        routes=routes,
        servers=[{"url": server_url}],
    )
    document["paths"] = {
        path: item for path, item in document["paths"].items() if path.startswith(door.prefixes)
    }
    for path, item in document["paths"].items():
        for operation in item.values():
            operation["responses"].pop(UNVALIDATED, None)
            if path not in door.open:
                operation["security"] = [{"bearer": []}]
    document["components"] = {
        "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    }
    return document
