"""Schemas of the Assistants Admin API: those of its contract, and what we add to them."""

from collections.abc import Sequence
from typing import Any

from contracts.site import LONGEST_NAME, LONGEST_TAG, MOST_TAGS
from practice.assistants.fields import LONGEST_CODE, SHORTEST_CODE
from practice.assistants.remote_apis import LONGEST_URL
from practice.integrators.service import SCOPES
from webhooks.assistants_api.messages import (
    FUNCTION_NAME,
    LONGEST_ID,
    MOST_CALLS,
    MOST_CHARACTERS,
    ROLES,
)
from webhooks.assistants_api.threads import LONGEST_USER
from webhooks.docs.tables import Schema, nullable

_NUMBER = {"type": "integer", "readOnly": True}
_CODE = {"type": "string", "pattern": "^[a-z0-9-]+$", "minLength": SHORTEST_CODE, "maxLength": LONGEST_CODE}
_DECIMAL = {
    "type": "string",
    "format": "decimal",
    "multipleOf": 0.01,
    "maximum": 1,
    "minimum": 0,
    "pattern": r"^(0(\.\d{1,2})?|1(\.0{1,2})?)$",
    "description": "From 0 to 1, in steps of 0.01; a number is taken as well. As it is answered: `0.70`.",
}
_MOMENT = {"type": "string", "format": "date-time"}


def _object(properties: dict[str, Any], *required: str, description: str = "") -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        schema["required"] = list(required)
    return {**schema, "description": description} if description else schema


_API = {
    "id": _NUMBER,
    "code": {**_CODE, "description": "Extension: how `call_api` names it; made of the host when left out."},
    "url": {"type": "string", "format": "uri", "maxLength": LONGEST_URL, "description": "Base URL."},
    "headers": {
        "type": "string",
        "description": "JSON text of an object of headers; an object itself is taken as well. Not those that"
        " frame a request or belong to its connection, such as `Host` or `Content-Length`. Tokens that may"
        " only read are shown masked values.",
    },
    "oauth": {
        **_object(
            {
                "token_url": {"type": "string", "format": "uri", "maxLength": LONGEST_URL},
                "client_id": {"type": "string", "minLength": 1},
                "client_secret": {"type": "string", "minLength": 1},
                "scope": {"type": "string"},
            },
            "token_url",
            "client_id",
            "client_secret",
        ),
        "writeOnly": True,
        "description": "Extension: an OAuth 2 client, for client credentials; never shown again.",
    },
    "auth": {
        "type": "string",
        "enum": ["none", "headers", "oauth2"],
        "readOnly": True,
        "description": "Extension: how requests to it are authorised.",
    },
}
_ROUTE = {
    "id": _NUMBER,
    "assistant": {"type": "string", "readOnly": True, "description": "The assistant's code."},
    "tags": {
        "type": "object",
        "maxProperties": MOST_TAGS,
        "additionalProperties": {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": LONGEST_TAG},
                {"type": "number"},
                {"type": "boolean"},
            ]
        },
        "description": "The route fits a conversation that has all of them.",
    },
}
_THREAD = {
    "id": _NUMBER,
    "assistant": {"type": "string", "readOnly": True, "description": "The assistant's code."},
    "user_id": nullable(type="string", maxLength=LONGEST_USER, description="Your own."),
    "content": {"type": "object", "description": "Your own; the messages are not in it."},
    "kind": {
        "type": "string",
        "enum": ["call", "chat"],
        "readOnly": True,
        "description": "Extension: what it is.",
    },
    "conversation_id": {
        **nullable(type="string", description="Extension: the conversation that it was evaluated with."),
        "readOnly": True,
    },
    "assistant_version": {
        **nullable(type="integer", description="Extension: the version that it began with, and keeps."),
        "readOnly": True,
    },
    "created_at": {**_MOMENT, "readOnly": True, "description": "Extension."},
}
_TOOL_CALL = _object(
    {
        "id": {"type": "string", "minLength": 1, "maxLength": LONGEST_ID},
        "type": {"type": "string", "const": "function"},
        "function": _object(
            {
                "name": {"type": "string", "pattern": FUNCTION_NAME},
                "arguments": {"type": "string", "maxLength": MOST_CHARACTERS, "description": "JSON."},
            },
            "name",
            "arguments",
        ),
    },
    "id",
    "function",
)
_MESSAGE = _object(
    {
        "id": {**_NUMBER, "description": "Its place, from 1."},
        "role": {"type": "string", "enum": list(ROLES), "description": "`user` when left out."},
        "content": {
            **nullable(type="string", maxLength=MOST_CHARACTERS),
            "description": "Null only beside `tool_calls`.",
        },
        "tool_calls": {
            "type": "array",
            "items": _TOOL_CALL,
            "minItems": 1,
            "maxItems": MOST_CALLS,
            "description": "What the assistant asked for; in its messages alone.",
        },
        "tool_call_id": {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_ID,
            "description": "Which call a message of the role `tool` answers.",
        },
        "created_at": {**_MOMENT, "readOnly": True},
    },
    description="A message in the chat format. Those of calls and chats have more: `answered_by`,"
    " `sources`. The contract leaves messages untyped.",
)
_DETAIL = _object({"detail": {"type": "string"}}, "detail")


def _assistant(models: Sequence[str]) -> dict[str, Any]:
    return {
        "id": _NUMBER,
        "code": {**_CODE, "description": "Unique, and never changed. `apis` and `tools` are reserved."},
        "name": {"type": "string", "maxLength": LONGEST_NAME},
        "instructions": {"type": "string", "description": "At most 100 000 bytes."},
        "model": {"type": "string", "enum": list(models), "description": "The server's own when left out."},
        "response_format_json": {"type": "boolean"},
        "temperature": _DECIMAL,
        "top_p": _DECIMAL,
        "tools": {
            "type": "array",
            "items": {"type": "integer"},
            "description": "Numbers of tools; may be empty.",
        },
        "tools_json": {
            "type": "string",
            "readOnly": True,
            "description": "JSON text of the tools as a model is told of them.",
        },
        "include_conversation_transcript": {"type": "boolean"},
        "include_conversation_metadata": {"type": "boolean"},
        "site_id": {
            "type": "integer",
            "description": "Extension: whose it is; the client's own site, or the first, when left out. It is"
            " given once, and never changed.",
        },
        "version": {**_NUMBER, "description": "Extension: grows with every change."},
    }


_EVALUATION = {
    "EvaluationInput": _object(
        {
            "input": {
                "type": "object",
                "description": "A lone text is said as it is, all else as JSON; at most 4000 characters.",
            }
        },
        "input",
    ),
    "EvaluationOutput": _object(
        {
            "output": {
                "type": "string",
                "description": "JSON text of an object where the assistant has `response_format_json`; with"
                " `message` alone, when no model made one.",
            }
        },
        "output",
    ),
    "HTTPValidationError": _object(
        {
            "detail": {
                "type": "array",
                "items": _object(
                    {
                        "loc": {
                            "type": "array",
                            "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                        },
                        "msg": {"type": "string"},
                        "type": {"type": "string"},
                    },
                    "loc",
                    "msg",
                    "type",
                ),
            }
        },
        "detail",
    ),
}
_OAUTH = {
    "TokenRequest": _object(
        {
            "grant_type": {"type": "string", "enum": ["client_credentials"]},
            "client_id": {"type": "string", "description": "Here, or by HTTP Basic."},
            "client_secret": {"type": "string"},
            "scope": {"type": "string", "description": "Parted by spaces; all that the client has, without."},
        },
        "grant_type",
    ),
    "Token": _object(
        {
            "access_token": {"type": "string"},
            "token_type": {"type": "string", "const": "Bearer"},
            "expires_in": {"type": "integer", "const": 3600, "description": "Seconds."},
            "scope": {"type": "string", "examples": [" ".join(SCOPES)]},
        },
        "access_token",
        "token_type",
        "expires_in",
        "scope",
    ),
    "TokenError": _object(
        {"error": {"type": "string"}, "error_description": {"type": "string"}},
        "error",
        description="RFC 6749, section 5.2.",
    ),
}


def schemas(models: Sequence[str]) -> dict[str, Schema]:
    """Give the door's schemas."""
    assistant = _assistant(models)
    return {
        "Api": _object(_API, "url", "headers"),
        "PatchedApi": _object(_API),
        "AssistantViewSet": _object(assistant, "code", "name", "instructions", "tools"),
        "PatchedAssistantViewSet": _object(assistant),
        "AssistantRoute": _object(_ROUTE),
        "AssistantTool": _object(
            {
                "id": _NUMBER,
                "data": {"type": "object", "readOnly": True, "description": "As a model is told of it."},
                "source_assistant": {
                    "type": "string",
                    "readOnly": True,
                    "description": "The code of the assistant that it is; empty for a built-in function.",
                },
            }
        ),
        "AssistantThread": _object(_THREAD),
        "AssistantThreadMessage": _MESSAGE,
        "AssistantVersion": _object(
            {
                "version": {"type": "integer"},
                "cause": {"type": "string"},
                "made_by": nullable(type="string"),
                "created_at": _MOMENT,
            },
            "version",
            "cause",
            "made_by",
            "created_at",
        ),
        "Detail": _DETAIL,
        "Invalid": {
            "anyOf": [_DETAIL, {"type": "object", "additionalProperties": array_of_text()}],
            "description": "What is wrong with each field; or `detail`, where the body cannot be read.",
        },
        **_EVALUATION,
        **_OAUTH,
    }


def array_of_text() -> dict[str, Any]:
    """Make the schema of a list of sentences."""
    return {"type": "array", "items": {"type": "string"}}
