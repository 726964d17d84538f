"""The bodies that the Assistants Admin API's document shows."""

import json
from typing import Any

ASSISTANT: dict[str, Any] = {
    "code": "front-desk",
    "name": "Front desk",
    "instructions": "Be brief and kind. Offer a callback when you do not know.",
    "model": "gpt-4o",
    "response_format_json": False,
    "temperature": "0.70",
    "top_p": "1.00",
    "tools": [1],
    "include_conversation_transcript": True,
    "include_conversation_metadata": True,
}
TOOL: dict[str, Any] = {
    "id": 1,
    "data": {
        "type": "function",
        "function": {
            "name": "get_current_time",
            "description": "The time now.",
            "parameters": {"type": "object", "properties": {"timezone": {"type": "string"}}},
        },
    },
    "source_assistant": "",
}
MADE_ASSISTANT: dict[str, Any] = {
    "id": 7,
    **ASSISTANT,
    "tools_json": json.dumps([TOOL["data"]]),
    "site_id": 1,
    "version": 1,
}
API: dict[str, Any] = {
    "code": "billing",
    "url": "https://billing.example.com/v1",
    "headers": '{"X-Api-Key": "4f1c-secret"}',
}
MADE_API: dict[str, Any] = {"id": 3, **API, "auth": "headers"}
MASKED_API: dict[str, Any] = {**MADE_API, "headers": '{"X-Api-Key": "********"}'}
ROUTE: dict[str, Any] = {"tags": {"called_number": "+15551230000", "after_hours": True}}
MADE_ROUTE: dict[str, Any] = {"id": 2, "assistant": "front-desk", **ROUTE}
THREAD: dict[str, Any] = {"user_id": "user-42", "content": {"ticket": "T-1001"}}
MADE_THREAD: dict[str, Any] = {
    "id": 12,
    "assistant": "front-desk",
    **THREAD,
    "kind": "chat",
    "conversation_id": None,
    "assistant_version": 1,
    "created_at": "2026-12-01T14:00:00Z",
}
MESSAGE: dict[str, Any] = {"role": "user", "content": "Is parking free?"}
MADE_MESSAGE: dict[str, Any] = {"id": 1, **MESSAGE, "created_at": "2026-12-01T14:00:00Z"}
VERSION: dict[str, Any] = {
    "version": 2,
    "cause": "changed: instructions",
    "made_by": "client_01h2xcejqtf2nbrexx3vqjhp41",
    "created_at": "2026-12-01T14:00:00Z",
}
TOKEN_REQUEST: dict[str, Any] = {
    "grant_type": "client_credentials",
    "client_id": "client_01h2xcejqtf2nbrexx3vqjhp41",
    "client_secret": "cs_3q2vAeC1bXZyT0pWnR8sKd",
    "scope": "assistants:read assistants:write",
}
TOKEN: dict[str, Any] = {
    "access_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtleV8xIn0.eyJzdWIiOiJjbGllbnQifQ.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "assistants:read assistants:write",
}
EVALUATION: dict[str, Any] = {"input": {"message": "Is parking free?"}}
EVALUATED: dict[str, Any] = {"output": "Yes, parking behind the house is free."}
