"""``…/{assistant_code}/threads/``: conversations of an assistant, and their messages."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.assistant_threads import (
    MESSAGE,
    SHOWN,
    AssistantThread,
    AssistantThreadRequest,
    kept_message,
    shown_message,
)
from contracts.conversation import ADDED_BY
from practice.assistants.views import AssistantView
from practice.conversations.integrator_threads import MessageView, ThreadView
from practice.errors import AssistantNotFound, ThreadNotFound
from webhooks.api_documents import reply
from webhooks.assistants_api.auth import Writes
from webhooks.assistants_api.body import AdminRoute, read_value
from webhooks.assistants_api.errors import BODY, COMMON, missing
from webhooks.assistants_api.json_stream import json_array
from webhooks.assistants_api.paths import ReadAssistant, RecordNumber, WrittenAssistant
from webhooks.dependencies import Injected

router = APIRouter(
    prefix="/apis/admin/assistants/{assistant_code}/threads",
    tags=["Assistants"],
    route_class=AdminRoute,
    responses=COMMON,
)
_NO_ASSISTANT, _NO_THREAD = missing(AssistantNotFound), missing(AssistantNotFound, ThreadNotFound)


@router.get(
    "/",
    operation_id="listAssistantThreads",
    summary="List threads",
    response_model=list[AssistantThread],
    responses=_NO_ASSISTANT,
)
async def list_threads(assistant: ReadAssistant, services: Injected) -> Response:
    """An assistant's threads, oldest first: calls, chats, evaluations, and those that integrators keep."""
    pages = services.threads.pages_of_threads(assistant.id)
    return await json_array([_wire(one, assistant) for one in page] async for page in pages)


@router.post(
    "/",
    operation_id="createAssistantThread",
    summary="Make a thread",
    status_code=201,
    responses=BODY | _NO_ASSISTANT,
)
async def create_thread(
    assistant: WrittenAssistant, services: Injected, body: AssistantThreadRequest
) -> AssistantThread:
    """A thread without messages, for the assistant's version of now. Every call and chat is one, too."""
    made = await services.threads.create_thread(assistant.id, body.user_id, body.content, assistant.version)
    return _wire(made, assistant)


@router.get("/{id}/", operation_id="retrieveAssistantThread", summary="Get a thread", responses=_NO_THREAD)
async def get_thread(
    assistant: ReadAssistant, thread_number: RecordNumber, services: Injected
) -> AssistantThread:
    """One of the threads of this assistant, without its messages."""
    return _wire(await services.threads.get_thread(assistant.id, thread_number), assistant)


@router.put(
    "/{id}/", operation_id="updateAssistantThread", summary="Replace a thread", responses=BODY | _NO_THREAD
)
async def replace_thread(
    assistant: WrittenAssistant, thread_number: RecordNumber, services: Injected, body: AssistantThreadRequest
) -> AssistantThread:
    """A field that is left out is emptied. The messages stay as they are."""
    return _wire(
        await services.threads.update_thread(assistant.id, thread_number, body.model_dump()), assistant
    )


@router.patch(
    "/{id}/",
    operation_id="partialUpdateAssistantThread",
    summary="Change a thread",
    responses=BODY | _NO_THREAD,
)
async def change_thread(
    assistant: WrittenAssistant, thread_number: RecordNumber, services: Injected, body: AssistantThreadRequest
) -> AssistantThread:
    """A field that is left out stays as it is, and so do the messages."""
    changes = body.model_dump(exclude_unset=True)
    return _wire(await services.threads.update_thread(assistant.id, thread_number, changes), assistant)


@router.delete(
    "/{id}/",
    operation_id="destroyAssistantThread",
    summary="Delete a thread",
    status_code=204,
    response_class=Response,
    responses=_NO_THREAD,
)
async def delete_thread(assistant: WrittenAssistant, thread_number: RecordNumber, services: Injected) -> None:
    """The messages go with it. Of a call, it stays known who called whom, and when."""
    await services.threads.delete_thread(assistant.id, thread_number)


@router.get(
    "/{id}/messages/",
    operation_id="listAssistantThreadMessages",
    summary="List messages",
    response_model=list[Any],
    responses={200: reply("The messages.", examples={"messages": [SHOWN]}), **_NO_THREAD},
)
async def list_messages(
    assistant: ReadAssistant, thread_number: RecordNumber, services: Injected
) -> Response:
    """A thread's messages in order, as they happened, function calls and their results among them.

    They are in the chat format, with `id` and `created_at`; those of calls and chats have more, such as
    `answered_by`. What you added that is no message of it is given back as it is.
    """
    pages = services.threads.pages_of_messages(assistant.id, thread_number)
    return await json_array([_message(one) for one in page] async for page in pages)


@router.post(
    "/{id}/messages/",
    operation_id="createAssistantThreadMessage",
    summary="Add a message",
    status_code=201,
    responses={201: reply("Kept.", examples={"message": SHOWN}), **BODY, **_NO_THREAD},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": {"examples": [MESSAGE]}}}}},
)
async def add_message(
    assistant: WrittenAssistant,
    thread_number: RecordNumber,
    access: Writes,
    services: Injected,
    request: Request,
) -> Any:
    """Any JSON; it is put at the end of the thread, and given back as it is.

    What has a role (`user` when left out, `assistant`, `system`, `developer`, `tool`) and a content (text, or
    parts of it), or an assistant's `tool_calls`, is read by the bot. Nobody answers it, and no bot believes
    its function results.
    """
    message = {**kept_message(await read_value(request)), ADDED_BY: access.client.id}
    return _message(await services.threads.append_message(assistant.id, thread_number, message))


def _wire(thread: ThreadView, assistant: AssistantView) -> AssistantThread:
    return AssistantThread(
        id=thread.number,
        assistant=assistant.code,
        user_id=thread.user_id,
        content=thread.content,
        kind=thread.kind,
        conversation_id=thread.conversation_id,
        assistant_version=thread.assistant_version,
        created_at=thread.created_at,
    )


def _message(one: MessageView) -> Any:
    return shown_message(one.position + 1, one.message, one.created_at)
