"""What the runtime asks in a conversation: remote APIs, and what it wrote down. An extension."""

import json
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from kit.text import is_text
from practice.errors import AssistantNotFound
from webhooks.dependencies import Injected, JsonBody
from webhooks.http_errors import invalid_request
from webhooks.site_api.auth import Access
from webhooks.site_api.numbers import AssistantId, SiteId

LONGEST_KEY = 100
LONGEST_CONVERSATION = 255
MOST_DATA_CHARACTERS = 10_000
MOST_KEYS = 100

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}", tags=["Site Assistants"])


@router.post("/api-calls")
async def call_api(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected, body: JsonBody
) -> JSONResponse:
    """Call a remote API with its credentials, which nobody sees."""
    access.require(site_id)
    await services.assistants.get_assistant(site_id, assistant_id)
    found = [
        f"{name} must be a string" for name in ("apiCode", "path") if not isinstance(body.get(name), str)
    ]
    method, query = body.get("method", "GET"), body.get("query")
    if not isinstance(method, str):
        found.append("method must be a string")
    if query is not None and not isinstance(query, dict):
        found.append("query must be an object")
    if found:
        raise invalid_request("Bad Request", *found)
    answer = await services.remote_calls.call(
        body["apiCode"], [site_id], path=body["path"], method=method, query=query, body=body.get("body")
    )
    return JSONResponse({"status": answer.status, "body": answer.body, "truncated": answer.truncated}, 201)


@router.get("/memory/{conversation_id}")
async def read_memory(
    access: Access,
    site_id: SiteId,
    assistant_id: AssistantId,
    conversation_id: str,
    services: Injected,
) -> dict[str, Any]:
    """Read what the assistant wrote down in a conversation."""
    access.require(site_id)
    await services.assistants.get_assistant(site_id, assistant_id)
    return await services.memories.read(assistant_id, _conversation(conversation_id))


@router.put("/memory/{conversation_id}")
async def write_memory(
    access: Access,
    site_id: SiteId,
    assistant_id: AssistantId,
    conversation_id: str,
    services: Injected,
    body: JsonBody,
) -> dict[str, Any]:
    """Write something down; the same key is written over."""
    access.require(site_id)
    await services.assistants.get_assistant(site_id, assistant_id)
    conversation, key = _conversation(conversation_id), body.get("key")
    found = []
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        found.append(f"key must be a string of 1 to {LONGEST_KEY} characters")
    if "data" not in body:
        found.append("data is required")
    elif len(json.dumps(body["data"])) > MOST_DATA_CHARACTERS:
        found.append(f"data must be shorter than or equal to {MOST_DATA_CHARACTERS} characters of JSON")
    if found:
        raise invalid_request("Bad Request", *found)
    known = await services.memories.read(assistant_id, conversation)
    if body["key"] not in known and len(known) >= MOST_KEYS:
        raise invalid_request("Bad Request", f"a conversation has at most {MOST_KEYS} keys")
    await services.memories.write(assistant_id, conversation, body["key"], body["data"])
    return {"key": body["key"], "data": body["data"]}


def _conversation(conversation_id: str) -> str:
    if not 0 < len(conversation_id) <= LONGEST_CONVERSATION or not is_text(conversation_id):
        raise AssistantNotFound
    return conversation_id
