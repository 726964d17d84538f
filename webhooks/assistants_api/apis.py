"""``/apis/admin/assistants/apis/``: remote APIs that assistants may call."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from contracts.assistants import Api, ApiRequest, PatchedApiRequest
from practice.assistants.views import RemoteApiView
from practice.errors import RemoteApiNotFound
from webhooks.assistants_api.auth import ClientAccess, Reads, Writes
from webhooks.assistants_api.body import FORMS, AdminRoute
from webhooks.assistants_api.errors import BODY, COMMON, invalid, missing
from webhooks.dependencies import Injected, Services

MASKED = "********"
"""What a token that may only read sees of a header's value."""

router = APIRouter(
    prefix="/apis/admin/assistants/apis", tags=["Assistants"], route_class=AdminRoute, responses=COMMON
)
_NO_API = missing(RemoteApiNotFound)


def _forms() -> dict[str, Any]:
    """Describe the forms that are taken as well, each by itself: generated clients tell bodies by type."""
    schema = ApiRequest.model_json_schema()
    del schema["$defs"], schema["properties"]["oauth"]
    return {kind: {"schema": {**schema, "description": f"As {kind}."}} for kind in FORMS}


ApiCode = Annotated[
    str, Path(alias="code", description="The API's code, or its number.", examples=["billing"], min_length=1)
]


async def _api(code: ApiCode, access: Writes, services: Injected) -> RemoteApiView:
    return await services.remote_apis.get_api(code, access.site_ids)


WrittenApi = Annotated[RemoteApiView, Depends(_api)]
"""The API of a path's ``{code}``, for a token that may write."""


@router.get("/", operation_id="listApis", summary="List remote APIs")
async def list_apis(access: Reads, services: Injected) -> list[Api]:
    """All remote APIs of the sites that the client reaches. Assistants call them by their codes."""
    return [_wire(one, access) for one in await services.remote_apis.list_apis(access.site_ids)]


@router.post(
    "/",
    operation_id="createApi",
    summary="Make a remote API known",
    status_code=201,
    responses=BODY,
    openapi_extra={"requestBody": {"required": False, "content": _forms()}},
)
async def create_api(access: Writes, services: Injected, body: ApiRequest) -> Api:
    """Assistants may call it at once, by its code. Its credentials are kept sealed."""
    site_id = access.site_ids[0] if access.site_ids else None
    return _wire(await services.remote_apis.create_api(**_given(body), site_id=site_id), access)


@router.get("/{code}/", operation_id="retrieveApi", summary="Get a remote API", responses=_NO_API)
async def get_api(code: ApiCode, access: Reads, services: Injected) -> Api:
    """A token that may only read does not see the values of the headers."""
    return _wire(await services.remote_apis.get_api(code, access.site_ids), access)


@router.put("/{code}/", operation_id="updateApi", summary="Replace a remote API", responses=BODY | _NO_API)
async def replace_api(api: WrittenApi, access: Writes, services: Injected, body: ApiRequest) -> Api:
    """An OAuth 2 client that is left out is forgotten; the code stays."""
    return await _update(api, {"oauth": None, **_given(body)}, access, services)


@router.patch(
    "/{code}/", operation_id="partialUpdateApi", summary="Change a remote API", responses=BODY | _NO_API
)
async def change_api(api: WrittenApi, access: Writes, services: Injected, body: PatchedApiRequest) -> Api:
    """A field that is left out stays as it is, the sealed credentials too."""
    return await _update(api, _given(body), access, services)


@router.delete(
    "/{code}/",
    operation_id="destroyApi",
    summary="Delete a remote API",
    status_code=204,
    response_class=Response,
    responses=_NO_API,
)
async def delete_api(code: ApiCode, access: Writes, services: Injected) -> None:
    """It is forgotten with its credentials; assistants can call it no more."""
    await services.remote_apis.delete_api(code, access.site_ids)


def _given(body: ApiRequest) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True)


async def _update(api: RemoteApiView, given: dict[str, Any], access: ClientAccess, services: Services) -> Api:
    if given.pop("code", api.code) != api.code:
        raise invalid({"code": ["The code of an API cannot be changed."]})
    return _wire(await services.remote_apis.update_api(api.code, access.site_ids, given), access)


def _wire(api: RemoteApiView, access: ClientAccess) -> Api:
    headers = api.headers
    if not access.may_write:
        headers = json.dumps(dict.fromkeys(json.loads(headers), MASKED))
    return Api(id=api.id, code=api.code, url=api.url, headers=headers, auth=api.auth)
