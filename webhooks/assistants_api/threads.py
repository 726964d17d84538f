"""``…/{assistant_code}/threads/``: conversations of an assistant, and their messages."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from contracts.conversation import ADDED_BY
from practice.conversations.integrator_threads import MessageView, ThreadView
from practice.errors import ThreadNotFound
from webhooks.assistants_api import body as read
from webhooks.assistants_api.assistants import by_code, number_in
from webhooks.assistants_api.auth import Reads, Writes
from webhooks.assistants_api.body import Body, read_fields
from webhooks.assistants_api.json_stream import json_array
from webhooks.assistants_api.messages import read_message
from webhooks.dependencies import Injected

LONGEST_USER = 255
READERS: dict[str, read.Read] = {
    "user_id": read.text(most=LONGEST_USER, blank=True, null=True),
    "content": read.mapping,
}

router = APIRouter(prefix="/apis/admin/assistants/{assistant_code}/threads", tags=["Assistants"])


@router.get("/")
async def list_threads(assistant_code: str, access: Reads, services: Injected) -> Response:
    """List an assistant's threads: calls, chats, and those that integrators keep."""
    assistant = await by_code(assistant_code, access, services)
    pages = services.threads.pages_of_threads(assistant.id)
    return await json_array([_wire(one, assistant.code) for one in page] async for page in pages)


@router.post("/")
async def create_thread(assistant_code: str, access: Writes, services: Injected, body: Body) -> JSONResponse:
    """Create a thread."""
    assistant = await by_code(assistant_code, access, services)
    given = read_fields(body, READERS)
    made = await services.threads.create_thread(
        assistant.id, given.get("user_id"), given.get("content"), assistant.version
    )
    return JSONResponse(_wire(made, assistant.code), 201)


@router.get("/{id}/")
async def get_thread(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Reads,
    services: Injected,
) -> dict[str, Any]:
    """Get a thread."""
    assistant = await by_code(assistant_code, access, services)
    return _wire(await services.threads.get_thread(assistant.id, _number(id)), assistant.code)


@router.put("/{id}/")
async def replace_thread(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Writes,
    services: Injected,
    body: Body,
) -> dict[str, Any]:
    """Replace a thread's user and content; its messages stay."""
    assistant = await by_code(assistant_code, access, services)
    given = {"user_id": None, "content": {}, **read_fields(body, READERS)}
    return _wire(await services.threads.update_thread(assistant.id, _number(id), given), assistant.code)


@router.patch("/{id}/")
async def change_thread(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Writes,
    services: Injected,
    body: Body,
) -> dict[str, Any]:
    """Change a thread's user or content."""
    assistant = await by_code(assistant_code, access, services)
    given = read_fields(body, READERS)
    return _wire(await services.threads.update_thread(assistant.id, _number(id), given), assistant.code)


@router.delete("/{id}/")
async def delete_thread(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Writes,
    services: Injected,
) -> Response:
    """Delete a thread with its messages."""
    assistant = await by_code(assistant_code, access, services)
    await services.threads.delete_thread(assistant.id, _number(id))
    return Response(status_code=204)


@router.get("/{id}/messages/")
async def list_messages(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Reads,
    services: Injected,
) -> Response:
    """List a thread's messages in order, function calls and results among them."""
    assistant = await by_code(assistant_code, access, services)
    pages = services.threads.pages_of_messages(assistant.id, _number(id))
    return await json_array([_message(one) for one in page] async for page in pages)


@router.post("/{id}/messages/")
async def add_message(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Writes,
    services: Injected,
    body: Body,
) -> JSONResponse:
    """Add a message; nobody answers it, and no bot takes its function results for its own."""
    assistant = await by_code(assistant_code, access, services)
    message = {**read_message(body), ADDED_BY: access.client.id}
    added = await services.threads.append_message(assistant.id, _number(id), message)
    return JSONResponse(_message(added), 201)


def _number(path: str) -> int:
    number = number_in(path)
    if number is None:
        raise ThreadNotFound
    return number


def _wire(thread: ThreadView, code: str) -> dict[str, Any]:
    return {
        "id": thread.number,
        "assistant": code,
        "user_id": thread.user_id,
        "content": thread.content,
        "kind": thread.kind,
        "conversation_id": thread.conversation_id,
        "assistant_version": thread.assistant_version,
        "created_at": _moment(thread.created_at.isoformat()),
    }


def _message(one: MessageView) -> dict[str, Any]:
    fields = {name: value for name, value in one.message.items() if name != ADDED_BY}
    return {"id": one.position + 1, **fields, "created_at": _moment(one.created_at.isoformat())}


def _moment(iso: str) -> str:
    return iso.replace("+00:00", "Z")
