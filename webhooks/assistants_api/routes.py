"""``…/{assistant_code}/routes/``: tags that choose an assistant."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from practice.assistants.views import RouteView
from practice.errors import InvalidField, RouteNotFound
from webhooks.assistants_api import body as read
from webhooks.assistants_api.assistants import by_code, number_in
from webhooks.assistants_api.auth import Reads, Writes
from webhooks.assistants_api.body import Body, read_fields
from webhooks.assistants_api.errors import refused
from webhooks.dependencies import Injected

READERS: dict[str, read.Read] = {"tags": read.mapping}

router = APIRouter(prefix="/apis/admin/assistants/{assistant_code}/routes", tags=["Assistants"])


@router.get("/")
async def list_routes(assistant_code: str, access: Reads, services: Injected) -> list[dict[str, Any]]:
    """List an assistant's routes."""
    assistant = await by_code(assistant_code, access, services)
    return [_wire(one, assistant.code) for one in await services.routes.list_routes(assistant.id)]


@router.post("/")
async def create_route(assistant_code: str, access: Writes, services: Injected, body: Body) -> JSONResponse:
    """Create a route; without tags it fits every conversation."""
    assistant = await by_code(assistant_code, access, services)
    tags = read_fields(body, READERS).get("tags", {})
    try:
        made = await services.routes.create_route(assistant.id, tags)
    except InvalidField as error:
        raise refused(error) from error
    return JSONResponse(_wire(made, assistant.code), 201)


@router.get("/{id}/")
async def get_route(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Reads,
    services: Injected,
) -> dict[str, Any]:
    """Get a route."""
    assistant = await by_code(assistant_code, access, services)
    return _wire(await services.routes.get_route(assistant.id, _number(id)), assistant.code)


@router.put("/{id}/")
async def replace_route(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Writes,
    services: Injected,
    body: Body,
) -> dict[str, Any]:
    """Replace a route's tags."""
    assistant = await by_code(assistant_code, access, services)
    tags = read_fields(body, READERS).get("tags", {})
    try:
        changed = await services.routes.update_route(assistant.id, _number(id), tags)
    except InvalidField as error:
        raise refused(error) from error
    return _wire(changed, assistant.code)


@router.patch("/{id}/")
async def change_route(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Writes,
    services: Injected,
    body: Body,
) -> dict[str, Any]:
    """Change a route's tags, if they are named."""
    assistant = await by_code(assistant_code, access, services)
    tags = read_fields(body, READERS).get("tags")
    try:
        changed = await services.routes.update_route(assistant.id, _number(id), tags)
    except InvalidField as error:
        raise refused(error) from error
    return _wire(changed, assistant.code)


@router.delete("/{id}/")
async def delete_route(
    assistant_code: str,
    id: str,  # noqa: A002 - the contract's name
    access: Writes,
    services: Injected,
) -> Response:
    """Delete a route."""
    assistant = await by_code(assistant_code, access, services)
    await services.routes.delete_route(assistant.id, _number(id))
    return Response(status_code=204)


def _number(path: str) -> int:
    number = number_in(path)
    if number is None:
        raise RouteNotFound
    return number


def _wire(route: RouteView, code: str) -> dict[str, Any]:
    return {"id": route.id, "assistant": code, "tags": route.tags}
