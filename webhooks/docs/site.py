"""The Site Assistants API's OpenAPI document, as the framework reads it from its routes."""

from typing import Any

from fastapi.openapi.utils import get_openapi

from webhooks.auth import login
from webhooks.openapi import VERSION
from webhooks.site_api import assistants, chat, files

UNVALIDATED = "422"
"""The framework's own refusals, which never come: the door reads numbers and bodies itself."""


def site_document(server_url: str) -> dict[str, Any]:
    """Write the document.

    Args:
        server_url: Where the door is.

    Returns:
        The OpenAPI document.
    """
    routers = (login.router, assistants.router, files.router, chat.router)
    document = get_openapi(
        title="Site Assistants API",
        version="1.0.0",
        openapi_version=VERSION,
        description="Instructions and files of a site's assistants, and chats with them."
        " Log in for a token, and send it as a bearer token.",
        routes=[route for router in routers for route in router.routes],
        servers=[{"url": server_url}],
    )
    for path, item in document["paths"].items():
        for operation in item.values():
            operation["responses"].pop(UNVALIDATED, None)
            if path != "/auth/login":
                operation["security"] = [{"bearer": []}]
    components = document.setdefault("components", {})
    components.pop("schemas", None)
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    return document
