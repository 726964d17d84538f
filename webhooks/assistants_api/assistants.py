"""``/apis/admin/assistants/``: assistants, their versions, and the tools they may be given."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from config.settings import Settings
from contracts.assistants import (
    SOURCE_DEFAULT_MODEL,
    SOURCE_MODELS,
    AssistantTool,
    AssistantVersion,
    AssistantViewSet,
    AssistantViewSetRequest,
    PatchedAssistantViewSetRequest,
)
from practice.assistants.views import AssistantFields, AssistantView, ToolView, function_of
from practice.errors import AssistantNotFound, SiteNotFound, ToolNotFound, VersionNotFound
from tools.registry import find_function
from webhooks.assistants_api.auth import ClientAccess, Reads, Writes
from webhooks.assistants_api.body import AdminRoute
from webhooks.assistants_api.errors import BODY, COMMON, INVALID, invalid, missing
from webhooks.assistants_api.paths import ReadByCode, RecordNumber, WrittenByCode, number_in
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError

router = APIRouter(
    prefix="/apis/admin/assistants", tags=["Assistants"], route_class=AdminRoute, responses=COMMON
)
_KEPT_AS = {"temperature": "temperature_hundredths", "top_p": "top_p_hundredths", "tools": "tool_ids"}
_HUNDREDTHS = {"temperature_hundredths", "top_p_hundredths"}
_FIXED = {"code", "site_id"}
"""Fields that are given once, and are no part of a version."""
_NO_ASSISTANT = missing(AssistantNotFound)
_NO_VERSION = missing(AssistantNotFound, VersionNotFound)


@router.get("/tools/", operation_id="listAssistantTools", summary="List tools")
async def list_tools(access: Reads, services: Injected) -> list[AssistantTool]:
    """What assistants may be given: the built-in functions, and other assistants that the client reaches."""
    return [_tool(tool) for tool in await services.tools.list_tools(access.site_ids)]


@router.get(
    "/tools/{id}/",
    operation_id="retrieveAssistantTool",
    summary="Get a tool",
    responses=missing(ToolNotFound),
)
async def get_tool(tool_number: RecordNumber, access: Reads, services: Injected) -> AssistantTool:
    """A built-in function, or another assistant that is asked with one text."""
    return _tool(await services.tools.get_tool(tool_number, access.site_ids))


@router.get("/", operation_id="listassistants", summary="List assistants")
async def list_assistants(access: Reads, services: Injected) -> list[AssistantViewSet]:
    """All assistants of the sites that the client reaches, as they are now."""
    return await _wires(services, access, await services.assistants.list_of_sites(access.site_ids))


@router.post(
    "/", operation_id="createassistants", summary="Make an assistant", status_code=201, responses=BODY
)
async def create_assistant(
    access: Writes, services: Injected, body: AssistantViewSetRequest
) -> AssistantViewSet:
    """A field that is left out is what it is by default. This is the assistant's first version."""
    fields = _fields(body, services.settings)
    site_id = await _site_of(access, services, body.site_id)
    try:
        made = await services.assistants.create_assistant(
            site_id, fields, code=body.code, made_by=access.client.id
        )
    except SiteNotFound as error:
        raise _no_site(site_id) from error
    return await _wire(services, access, made)


@router.get(
    "/{code}/", operation_id="retrieveassistants", summary="Get an assistant", responses=_NO_ASSISTANT
)
async def get_assistant(assistant: ReadByCode, access: Reads, services: Injected) -> AssistantViewSet:
    """The assistant as it is now; conversations go on with the version that they began with."""
    return await _wire(services, access, assistant)


@router.put(
    "/{code}/",
    operation_id="updateassistants",
    summary="Replace an assistant",
    responses=BODY | _NO_ASSISTANT,
)
async def replace_assistant(
    assistant: WrittenByCode, access: Writes, services: Injected, body: AssistantViewSetRequest
) -> AssistantViewSet:
    """A field that is left out is what it is by default. What changes makes a new version."""
    return await _update(assistant, access, services, body, _fields(body, services.settings))


@router.patch(
    "/{code}/",
    operation_id="partialUpdateassistants",
    summary="Change an assistant",
    responses=BODY | _NO_ASSISTANT,
)
async def change_assistant(
    assistant: WrittenByCode, access: Writes, services: Injected, body: PatchedAssistantViewSetRequest
) -> AssistantViewSet:
    """A field that is left out stays as it is. What changes makes a new version."""
    return await _update(assistant, access, services, body, _fields(body, services.settings, given_only=True))


@router.delete(
    "/{code}/",
    operation_id="destroyassistants",
    summary="Delete an assistant",
    status_code=204,
    response_class=Response,
    responses=_NO_ASSISTANT,
)
async def delete_assistant(assistant: WrittenByCode, services: Injected) -> None:
    """Its files, versions, routes and chats go with it; calls keep what was said."""
    await services.assistants.delete_assistant(assistant.site_id, assistant.id)


@router.get(
    "/{code}/versions/",
    operation_id="listAssistantVersions",
    summary="List versions",
    responses=_NO_ASSISTANT,
)
async def list_versions(assistant: ReadByCode, services: Injected) -> list[AssistantVersion]:
    """Extension: what changed of an assistant, when, and by whom; newest first."""
    return [
        AssistantVersion(version=one.number, cause=one.cause, made_by=one.made_by, created_at=one.created_at)
        for one in await services.assistants.list_versions(assistant.site_id, assistant.id)
    ]


@router.post(
    "/{code}/versions/{version}/restore/",
    operation_id="restoreAssistantVersion",
    summary="Bring a version back",
    responses=INVALID | _NO_VERSION,
)
async def restore_version(
    assistant: WrittenByCode,
    version: Annotated[str, Path(description="The version's number.", examples=["2"], min_length=1)],
    access: Writes,
    services: Injected,
) -> AssistantViewSet:
    """Extension: the assistant is what it was at that version; that is a new version.

    400 when a tool of then would lead back to the assistant.
    """
    now = await services.assistants.restore_version(
        assistant.site_id, assistant.id, number_in(version), made_by=access.client.id
    )
    return await _wire(services, access, now)


def models(settings: Settings) -> list[str]:
    """List the models that an assistant may ask for."""
    return list(dict.fromkeys([*SOURCE_MODELS, _house_model(settings), *settings.model.extra_models]))


def _house_model(settings: Settings) -> str:
    return settings.model.name or SOURCE_DEFAULT_MODEL


def _fields(
    body: AssistantViewSetRequest, settings: Settings, *, given_only: bool = False
) -> AssistantFields:
    """Give the fields as the practice keeps them; HttpError (400) for a model that is not offered."""
    given = {name: value for name, value in body if not given_only or name in body.model_fields_set}
    if given.get("model") not in (None, *models(settings)):
        raise invalid({"model": [f'"{given["model"]:.100}" is not a valid choice.']})
    fields: Any = {_KEPT_AS.get(name, name): value for name, value in given.items() if name not in _FIXED}
    for name in _HUNDREDTHS & set(fields):
        fields[name] = int(fields[name] * 100)
    kept: AssistantFields = fields
    return kept


async def _update(
    found: AssistantView,
    access: ClientAccess,
    services: Services,
    body: AssistantViewSetRequest,
    fields: AssistantFields,
) -> AssistantViewSet:
    if "code" in body.model_fields_set and body.code != found.code:
        raise invalid({"code": ["The code of an assistant cannot be changed."]})
    now = await services.assistants.update_assistant(
        found.site_id, found.id, fields, made_by=access.client.id
    )
    return await _wire(services, access, now)


async def _site_of(access: ClientAccess, services: Services, named: Any) -> int:
    """Find the site of a new assistant: the one that is named, else the client's first."""
    if named is None:
        return access.site_ids[0] if access.site_ids else await services.sites.default_site()
    if isinstance(named, bool) or not isinstance(named, int) or not access.client.reaches(named):
        raise _no_site(named)
    return named


def _no_site(named: Any) -> HttpError:
    return invalid({"site_id": [f'Invalid pk "{str(named)[:40]}" - object does not exist.']})


async def _wires(
    services: Services, access: ClientAccess, assistants: Sequence[AssistantView]
) -> list[AssistantViewSet]:
    tools = {tool.id: tool for tool in await services.tools.list_tools(access.site_ids)}
    built_in = [tool for tool in tools.values() if tool.function is not None]
    model = _house_model(services.settings)
    return [
        _shown(one, built_in if one.tool_ids is None else _given(one.tool_ids, tools), model)
        for one in assistants
    ]


async def _wire(services: Services, access: ClientAccess, assistant: AssistantView) -> AssistantViewSet:
    (wire,) = await _wires(services, access, [assistant])
    return wire


def _given(tool_ids: Sequence[int], tools: Mapping[int, ToolView]) -> list[ToolView]:
    return [tools[number] for number in sorted(set(tool_ids)) if number in tools]


def _shown(one: AssistantView, used: Sequence[ToolView], model: str) -> AssistantViewSet:
    return AssistantViewSet(
        id=one.id,
        code=one.code,
        name=one.name or "",
        instructions=one.instructions or "",
        model=one.model or model,
        response_format_json=one.response_format_json,
        temperature=Decimal(one.temperature_hundredths) / 100,
        top_p=Decimal(one.top_p_hundredths) / 100,
        tools=[tool.id for tool in used],
        tools_json=json.dumps([_data(tool) for tool in used]),
        include_conversation_transcript=one.include_conversation_transcript,
        include_conversation_metadata=one.include_conversation_metadata,
        site_id=one.site_id,
        version=one.version,
    )


def _tool(tool: ToolView) -> AssistantTool:
    return AssistantTool(id=tool.id, data=_data(tool), source_assistant=tool.source_code or "")


def _data(tool: ToolView) -> dict[str, Any]:
    """Describe a tool as a model is told of it."""
    if tool.source_code is not None:
        described = {
            "name": function_of(tool.source_code),
            "description": f"Ask the assistant {tool.source_name or tool.source_code}.",
            "parameters": {
                "type": "object",
                "properties": {"input": {"type": "string"}},
                "required": ["input"],
            },
        }
        return {"type": "function", "function": described}
    function = find_function(tool.function or "")
    if function is None:  # known to an older release
        return {"type": "function", "function": {"name": tool.function}}
    return function.openai_tool()
