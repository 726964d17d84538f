"""``/apis/admin/assistants/apis/``: remote APIs that assistants may call."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from practice.assistants.fields import LONGEST_CODE, SHORTEST_CODE
from practice.assistants.remote_apis import LONGEST_URL
from practice.assistants.views import RemoteApiView
from practice.errors import InvalidField
from webhooks.assistants_api import body as read
from webhooks.assistants_api.auth import ClientAccess, Reads, Writes
from webhooks.assistants_api.body import Body, read_fields
from webhooks.assistants_api.errors import invalid, refused
from webhooks.dependencies import Injected
from webhooks.http_errors import HttpError

MASKED = "********"
REQUIRED = ("url", "headers")

router = APIRouter(prefix="/apis/admin/assistants/apis", tags=["Assistants"])


def _headers(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    text: str = read.text(blank=True)(value)
    return text or "{}"


def _oauth(value: Any) -> dict[str, Any] | None:
    return None if value is None else read.mapping(value)


READERS: dict[str, read.Read] = {
    "code": read.text(least=SHORTEST_CODE, most=LONGEST_CODE),
    "url": read.text(most=LONGEST_URL),
    "headers": _headers,
    "oauth": _oauth,
}


@router.get("/")
async def list_apis(access: Reads, services: Injected) -> list[dict[str, Any]]:
    """List the remote APIs."""
    return [_wire(one, access) for one in await services.remote_apis.list_apis(access.site_ids)]


@router.post("/")
async def create_api(access: Writes, services: Injected, body: Body) -> JSONResponse:
    """Make a remote API known; its credentials are kept sealed."""
    given = read_fields(body, READERS, REQUIRED)
    site_id = access.site_ids[0] if access.site_ids else None
    try:
        made = await services.remote_apis.create_api(**given, site_id=site_id)
    except InvalidField as error:
        raise refused(error) from error
    return JSONResponse(_wire(made, access), 201)


@router.api_route("/", methods=["PUT", "PATCH", "DELETE"], include_in_schema=False)
async def refuse_method() -> None:
    """Refuse what would otherwise be taken for an assistant of that code."""
    allow = {"Allow": "GET, POST"}
    raise HttpError(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "Not allowed.", headers=allow)


@router.get("/{code}/")
async def get_api(code: str, access: Reads, services: Injected) -> dict[str, Any]:
    """Get a remote API; who may only read does not see its headers' values."""
    return _wire(await services.remote_apis.get_api(code, access.site_ids), access)


@router.put("/{code}/")
async def replace_api(code: str, access: Writes, services: Injected, body: Body) -> dict[str, Any]:
    """Replace a remote API."""
    found = await services.remote_apis.get_api(code, access.site_ids)
    given = {"oauth": None, **read_fields(body, READERS, REQUIRED)}
    return await _update(found, given, access, services)


@router.patch("/{code}/")
async def change_api(code: str, access: Writes, services: Injected, body: Body) -> dict[str, Any]:
    """Change a remote API; a field that is not named stays."""
    found = await services.remote_apis.get_api(code, access.site_ids)
    return await _update(found, read_fields(body, READERS), access, services)


@router.delete("/{code}/")
async def delete_api(code: str, access: Writes, services: Injected) -> Response:
    """Forget a remote API."""
    await services.remote_apis.delete_api(code, access.site_ids)
    return Response(status_code=204)


async def _update(
    found: RemoteApiView, given: dict[str, Any], access: ClientAccess, services: Injected
) -> dict[str, Any]:
    if given.pop("code", found.code) != found.code:
        raise invalid({"code": ["The code of an API cannot be changed."]})
    try:
        return _wire(await services.remote_apis.update_api(found.code, access.site_ids, given), access)
    except InvalidField as error:
        raise refused(error) from error


def _wire(api: RemoteApiView, access: ClientAccess) -> dict[str, Any]:
    headers = api.headers
    if not access.may_write:
        headers = json.dumps(dict.fromkeys(json.loads(headers), MASKED))
    return {"id": api.id, "code": api.code, "url": api.url, "headers": headers, "auth": api.auth}
