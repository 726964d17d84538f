"""What the runtime asks in a conversation: remote APIs, and what it wrote down. An extension."""

from typing import Any

from fastapi import APIRouter, Depends

from contracts.site import ApiAnswer, ApiCall, MemoryEntry
from kit.text import is_text
from practice.assistants.remote_calls import RemoteAnswer
from practice.errors import AssistantNotFound, RemoteApiFailed, RemoteApiNotFound
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected
from webhooks.http_errors import invalid_request
from webhooks.site_api.auth import Access
from webhooks.site_api.errors import BODY, site_errors
from webhooks.site_api.parameters import LONGEST_CONVERSATION, AssistantId, ConversationId

MOST_KEYS = 100


async def _check_assistant(access: Access, assistant_id: AssistantId, services: Injected) -> None:
    await services.assistants.get_assistant(access.site_id, assistant_id)


router = APIRouter(
    prefix="/site/{siteId}/assistant/{siteAssistantId}",
    tags=["Runtime"],
    route_class=BodyRoute,
    dependencies=[Depends(_check_assistant)],
)


@router.post(
    "/api-calls",
    operation_id="callApi",
    summary="Call a remote API",
    status_code=201,
    response_model=ApiAnswer,
    responses={
        201: reply("What the API answered."),
        **site_errors(
            *BODY,
            invalid_request("The path must be a path below the API's URL."),
            AssistantNotFound,
            RemoteApiNotFound,
            RemoteApiFailed,
        ),
    },
)
async def call_api(access: Access, services: Injected, body: ApiCall) -> RemoteAnswer:
    """Extension: the server adds the credentials, and keeps to the API's host and path.

    The API's own status is in the answer.
    """
    return await services.remote_calls.call(
        body.api_code, [access.site_id], path=body.path, method=body.method, query=body.query, body=body.body
    )


@router.get(
    "/memory/{conversation_id}",
    operation_id="readMemory",
    summary="Read a memory",
    responses={
        200: reply("Key to data.", examples={"example": {"insurance": {"name": "Delta"}}}),
        **site_errors(AssistantNotFound),
    },
)
async def read_memory(
    assistant_id: AssistantId, conversation_id: ConversationId, services: Injected
) -> dict[str, Any]:
    """Extension: what the assistant wrote down in a conversation; empty when nothing."""
    return await services.memories.read(assistant_id, _checked(conversation_id))


@router.put(
    "/memory/{conversation_id}",
    operation_id="writeMemory",
    summary="Write something down",
    responses={200: reply("As it is now."), **site_errors(AssistantNotFound, *BODY)},
)
async def write_memory(
    assistant_id: AssistantId, conversation_id: ConversationId, services: Injected, body: MemoryEntry
) -> MemoryEntry:
    """Extension: the same key is written over; a conversation has at most 100 keys."""
    known = await services.memories.read(assistant_id, _checked(conversation_id))
    if body.key not in known and len(known) >= MOST_KEYS:
        raise invalid_request("Bad Request", f"a conversation has at most {MOST_KEYS} keys")
    await services.memories.write(assistant_id, conversation_id, body.key, body.data)
    return body


def _checked(conversation_id: str) -> str:
    if not 0 < len(conversation_id) <= LONGEST_CONVERSATION or not is_text(conversation_id):
        raise AssistantNotFound
    return conversation_id
