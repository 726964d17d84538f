"""The Assistants Admin API's OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from practice.integrators.service import SCOPES
from webhooks.assistants_api.evaluate import LONGEST_CONVERSATION
from webhooks.assistants_api.operations import ASSISTANTS, AUTHORIZATION, EVALUATION, OPERATIONS
from webhooks.assistants_api.schemas import schemas
from webhooks.docs.tables import Door, parameter

DESCRIPTION = """\
For integrators: assistants, their routes, tools, remote APIs and threads, and one evaluation.

## Authentication
Get a token with your client's id and secret at `/oauth/token/`, and send it with every request:
`Authorization: Bearer …`. It is good for an hour. To get things and to evaluate, it needs the scope
`assistants:read`, for all else `assistants:write`. A client that is revoked is out at once, its tokens too.
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

PARAMETERS = {
    "Code": parameter("code", "path", "The code.", example="front-desk", minLength=1),
    "AssistantCode": parameter(
        "assistant_code", "path", "The assistant's code.", example="front-desk", minLength=1
    ),
    "Id": parameter("id", "path", "A unique integer value identifying it.", example="12", minLength=1),
    "Version": parameter("version", "path", "The version's number.", example="2", minLength=1),
    "ConversationId": parameter(
        "conversation_id",
        "query",
        "Your conversation: whatever you call it.",
        example="conv-1001",
        minLength=1,
        maxLength=LONGEST_CONVERSATION,
    ),
}
HEADERS = {
    "WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds until it makes sense to ask again.",
        "schema": {"type": "integer"},
    },
    "Cache-Control": {"description": "Not to be kept.", "schema": {"type": "string", "const": "no-store"}},
    "Pragma": {"description": "Likewise, for old caches.", "schema": {"type": "string", "const": "no-cache"}},
    "X-Request-Id": {"description": "Names the request in the server's log.", "schema": {"type": "string"}},
}


def door(models: Sequence[str], server_url: str) -> Door:
    """Describe the door.

    Args:
        server_url: Where it is; the token's URL is the contract's relative one, where that is not known.
    """
    shown: dict[str, Any] = {
        "headers": HEADERS,
        "parameters": PARAMETERS,
        "security": _security(server_url.rstrip("/")),
    }
    return Door(
        title="Assistants Admin API",
        version="1.0.0",
        description=DESCRIPTION,
        tags={
            AUTHORIZATION: "Tokens for clients.",
            ASSISTANTS: "What bots are made of.",
            EVALUATION: "One answer.",
        },
        schemas=schemas(models),
        always=("X-Request-Id",),
        operations=OPERATIONS,
        **shown,
    )


def _security(server_url: str) -> dict[str, Any]:
    texts = ("Read access to assistants", "Write access to assistants")
    flow = {"tokenUrl": f"{server_url}/oauth/token/", "scopes": dict(zip(SCOPES, texts, strict=True))}
    return {
        "bearerAuth": {"type": "http", "scheme": "bearer"},
        "OAuth2ClientCredentialFlow": {"type": "oauth2", "flows": {"clientCredentials": flow}},
    }
