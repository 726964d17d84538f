"""The Assistants Admin API's OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from starlette.routing import BaseRoute

from webhooks.api_documents import ApiDocument, header

DESCRIPTION = """\
For integrators: assistants, their routes, tools, remote APIs and threads, and one evaluation.

## Authentication
Get a token with your client's id and secret at `/oauth/token/`, and send it with every request:
`Authorization: Bearer …`. It is good for an hour. To get things and to evaluate, it needs the scope
`assistants:read`, for all else `assistants:write`; an evaluation without the latter books, changes and passes
on nothing. A client that is revoked is out at once, its tokens too.
A client may be kept to some sites: what belongs to others is not there for it.

## Paths
Paths end with a slash, except that of the evaluation; without it they work as well. Lists are bare arrays.

## Errors
The admin paths answer as Django REST Framework does: `{"detail"}`, or each field with its findings. The
evaluation answers as FastAPI does, the token endpoint as RFC 6749 says. Another method is 405 with `Allow`.

## Limits
A body has at most 256 KiB, instructions 100 000 bytes. What is marked as an extension is not in the
contract.
"""
ADMIN = ApiDocument(
    title="Assistants Admin API",
    version="1.0.0",
    description=DESCRIPTION,
    paths=("/oauth/", "/apis/admin/", "/api/v2/"),
    tags={
        "Authorization": "Tokens for clients.",
        "Assistants": "What bots are made of.",
        "Evaluation": "One answer.",
    },
    headers={
        "WWW-Authenticate": header("How to authenticate."),
        "Retry-After": header("Seconds until it makes sense to ask again.", type="integer"),
        "Cache-Control": header("Not to be kept.", const="no-store"),
        "Pragma": header("Likewise, for old caches.", const="no-cache"),
        "X-Request-Id": header("Names the request in the server's log."),
    },
)


def write(routes: Sequence[BaseRoute], models: Sequence[str], server_url: str) -> dict[str, Any]:
    """Write a server's document; where its address is not known, the token's URL is the contract's own."""
    document = ADMIN.write(routes, server_url)
    components = document["components"]
    for name in ("AssistantViewSet", "AssistantViewSetRequest", "PatchedAssistantViewSetRequest"):
        components["schemas"][name]["properties"]["model"]["enum"] = list(models)
    flow = components["securitySchemes"]["OAuth2ClientCredentialFlow"]["flows"]["clientCredentials"]
    flow["tokenUrl"] = f"{server_url.rstrip('/')}/oauth/token/"
    return document
