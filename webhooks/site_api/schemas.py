"""Schemas of the Site Assistants API: those of its contract, and what we add to them."""

from typing import Any

from agent.chat import MOST_CHARS
from practice.assistants.fields import LONGEST_NAME
from practice.assistants.files import MOST_CHUNKS_AT_ONCE
from practice.assistants.remote_calls import LONGEST_PATH, METHODS
from practice.assistants.routes import LONGEST_TAG, MOST_TAGS
from webhooks.docs.tables import Schema, array_of, nullable
from webhooks.site_api.runtime import LONGEST_KEY, MOST_DATA_CHARACTERS

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_MOMENT = {"type": "string", "format": "date-time"}
_NAME = {"type": "string", "maxLength": LONGEST_NAME, "description": "The name of the assistant for the site"}
_INSTRUCTIONS = {
    "type": "string",
    "description": "Instructions for the assistant. At most 100 000 bytes.",
}
_SITE = {**_NUMBER, "description": "The ID of the site the assistant is associated with"}
_ID = {**_NUMBER, "description": "The ID of the assistant"}
_DECIMAL = {"type": "string", "pattern": r"^[01]\.\d\d$"}


def _object(properties: dict[str, Any], *optional: str, description: str = "") -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }
    return {**schema, "description": description} if description else schema


def _open(**properties: dict[str, Any]) -> dict[str, Any]:
    """Make the schema of a request body's optional fields: null is as good as nothing."""
    return {
        name: {**nullable(**{key: value for key, value in one.items() if key != "description"})}
        | ({"description": one["description"]} if "description" in one else {})
        for name, one in properties.items()
    }


_SAID: dict[str, Any] = {"assistantName": _NAME, "assistantInstructions": _INSTRUCTIONS}
_ASSISTANT = {**_SAID, "siteId": _SITE, "id": _ID}
_FILE = {
    "id": _NUMBER,
    "fileName": _TEXT,
    "mimeType": {**_TEXT, "description": "By the content, not by the name."},
    "size": {**_NUMBER, "description": "Bytes."},
    "description": nullable(**_TEXT),
    "createdAt": _MOMENT,
}
_DONE = {"message": _TEXT, "statusCode": {"const": 200}}
_TOOL = {
    "id": _NUMBER,
    "type": {"enum": ["function", "assistant"]},
    "name": {**_TEXT, "description": "By which a model calls it."},
    "code": _TEXT,
    "assistantId": _NUMBER,
    "description": _TEXT,
}

_CHAT = {
    "message": {
        "type": "string",
        "minLength": 1,
        "maxLength": MOST_CHARS,
        "description": "The message content to be sent to the assistant",
    },
    "threadId": nullable(
        type="string",
        description="Extension: which conversation goes on; without it, your latest.",
    ),
}

SCHEMAS: dict[str, Schema] = {
    "SiteAssistant": _object(_ASSISTANT, *_SAID, description="A field without a value is left out."),
    "CreateSiteAssistant": _object({**_open(**_SAID), "siteId": _SITE}, *_SAID),
    "UpdateSiteAssistant": _object(
        {
            **_open(**_SAID),
            "siteId": _SITE,
            "id": {**_ID, "description": "The ID of the assistant to be updated"},
        },
        *_SAID,
        description="Both numbers are those of the path. A field that is left out stays.",
    ),
    "ChatMessage": _object(_CHAT, "threadId"),
    "RoutedChatMessage": _object(
        {
            **_CHAT,
            "tags": {
                "type": ["object", "null"],
                "maxProperties": MOST_TAGS,
                "propertyNames": {"minLength": 1, "maxLength": LONGEST_TAG},
                "additionalProperties": {
                    "anyOf": [
                        {"type": "string", "minLength": 1, "maxLength": LONGEST_TAG},
                        {"type": "number"},
                        {"type": "boolean"},
                    ]
                },
                "description": "What you know of the conversation, for the routes; beside `channel` (`text`),"
                " `bot_id`, `language`, `site_id` and `after_hours`, which the server knows.",
            },
        },
        "threadId",
        "tags",
    ),
    "ChatAnswer": _object(
        {
            "message": {**_TEXT, "description": "What the assistant says."},
            "assistantId": _NUMBER,
            "siteId": _NUMBER,
            "threadId": {**_TEXT, "description": "Names the conversation."},
            "createdAt": _MOMENT,
        }
    ),
    "Upload": _object(
        {
            "file": {
                "type": "string",
                "format": "binary",
                "contentMediaType": "application/octet-stream",
                "description": "The file to be uploaded",
            }
        }
    ),
    "AssistantFile": _object(_FILE),
    "Chunks": _object(
        {
            "pages": nullable(**_NUMBER),
            "chunks": {
                "type": "array",
                "items": _object(
                    {
                        "text": _TEXT,
                        "heading": {
                            **_TEXT,
                            "description": "The headings it stands under: `Fees / Cleaning`.",
                        },
                        "page": nullable(**_NUMBER),
                    }
                ),
                "maxItems": MOST_CHUNKS_AT_ONCE,
            },
            "next": nullable(
                type="integer", description="Ask again with this as `start`; null when this was the end."
            ),
        }
    ),
    "Done": _object(_DONE),
    "Version": _object(
        {"version": _NUMBER, "cause": _TEXT, "madeBy": nullable(**_TEXT), "createdAt": _MOMENT}
    ),
    "AssistantVersion": _object(
        {
            **_ASSISTANT,
            "version": _NUMBER,
            "code": _TEXT,
            "model": nullable(**_TEXT, description="The server's own, where it is null."),
            "temperature": _DECIMAL,
            "topP": _DECIMAL,
            "responseFormatJson": {"type": "boolean"},
            "includeConversationTranscript": {"type": "boolean"},
            "includeConversationMetadata": {"type": "boolean"},
            "tools": {
                "type": "array",
                "items": _object(_TOOL, "code", "assistantId", "description"),
            },
            "apis": {"type": "array", "items": _TEXT, "description": "Codes of remote APIs."},
            "files": array_of("AssistantFile"),
        },
        *_SAID,
    ),
    "RestoredAssistant": _object({**_ASSISTANT, "version": _NUMBER}, *_SAID),
    "ApiCall": _object(
        {
            "apiCode": _TEXT,
            "path": {"type": "string", "maxLength": LONGEST_PATH, "description": "Below the API's base URL."},
            "method": {"type": "string", "enum": list(METHODS), "default": "GET"},
            "query": nullable(type="object"),
            "body": {"description": "Sent as JSON; nothing is sent without it."},
        },
        "method",
        "query",
        "body",
    ),
    "ApiAnswer": _object(
        {
            "status": {"type": "integer"},
            "body": {"description": "JSON where it is JSON, else text; credentials are struck out."},
            "truncated": {"type": "boolean", "description": "There was more than is read of an answer."},
        }
    ),
    "Memory": {"type": "object", "description": "Key to data."},
    "MemoryEntry": _object(
        {
            "key": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
            "data": {"description": f"Anything, up to {MOST_DATA_CHARACTERS} characters of JSON."},
        }
    ),
    "LogIn": _object(
        {"email": {"type": "string", "minLength": 1}, "password": {"type": "string", "minLength": 1}}
    ),
    "LoggedIn": _object(
        {
            "message": _TEXT,
            "accessToken": _TEXT,
            "token": {**_TEXT, "description": "The same: two versions of the contract name it differently."},
        }
    ),
    "User": _object(
        {
            "id": _TEXT,
            "email": _TEXT,
            "firstName": nullable(**_TEXT),
            "lastName": nullable(**_TEXT),
            "role": _TEXT,
            "organizationIds": {"type": "array", "items": _NUMBER},
            "brandIds": {"type": "array", "items": _NUMBER},
            "siteIds": {"type": "array", "items": _NUMBER},
            "fhirStoreId": nullable(**_TEXT),
            "tosAcceptedAt": nullable(**_MOMENT),
        }
    ),
    "Error": _object(
        {
            "message": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
            "error": {**_TEXT, "description": "The status in words."},
            "statusCode": {"type": "integer"},
        }
    ),
    "Unauthorized": _object({"message": {"const": "Unauthorized"}, "statusCode": {"const": 401}}),
}
"""By name."""
