"""``/apis/admin/assistants/``: assistants, their versions, and the tools they may be given."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from config.settings import Settings
from contracts.site import LONGEST_NAME
from practice.assistants.fields import LONGEST_CODE, SEED_MODELS, SHORTEST_CODE, AssistantFields
from practice.assistants.views import AssistantView, ToolView, function_of, hundredths
from practice.errors import InvalidField, SiteNotFound, ToolNotFound, VersionNotFound
from tools.registry import find_function
from webhooks.assistants_api import body as read
from webhooks.assistants_api.auth import ClientAccess, Reads, Writes
from webhooks.assistants_api.body import Body, read_fields
from webhooks.assistants_api.errors import invalid, refused
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError

MOST_DIGITS = 18
REQUIRED = ("code", "name", "instructions", "tools")
DEFAULTS: AssistantFields = {
    "model": None,
    "temperature_hundredths": 70,
    "top_p_hundredths": 100,
    "response_format_json": False,
    "include_conversation_transcript": True,
    "include_conversation_metadata": True,
}
"""What a field is that a new assistant, or one that is replaced, does not name."""
KEPT_AS = {"temperature": "temperature_hundredths", "top_p": "top_p_hundredths", "tools": "tool_ids"}

router = APIRouter(prefix="/apis/admin/assistants", tags=["Assistants"])


@router.get("/tools/")
async def list_tools(access: Reads, services: Injected) -> list[dict[str, Any]]:
    """List the tools that assistants may be given."""
    return [_tool(tool) for tool in await services.tools.list_tools(access.site_ids)]


@router.api_route("/tools/", methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def refuse_method() -> None:
    """Refuse what would otherwise be taken for an assistant of that code."""
    raise HttpError(
        HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "Not allowed.", headers={"Allow": "GET"}
    )


@router.get("/tools/{id}/")
async def get_tool(id: str, access: Reads, services: Injected) -> dict[str, Any]:  # noqa: A002 - the contract's name
    """Get a tool."""
    number = number_in(id)
    if number is None:
        raise ToolNotFound
    return _tool(await services.tools.get_tool(number, access.site_ids))


@router.get("/")
async def list_assistants(access: Reads, services: Injected) -> list[dict[str, Any]]:
    """List the assistants."""
    return await _wires(services, access, await services.assistants.list_of_sites(access.site_ids))


@router.post("/")
async def create_assistant(access: Writes, services: Injected, body: Body) -> JSONResponse:
    """Create an assistant."""
    given = read_fields(body, _readers(services), REQUIRED)
    site_id = await _site_of(access, services, body)
    fields: AssistantFields = {**DEFAULTS, **_fields(given)}
    try:
        made = await services.assistants.create_assistant(
            site_id, fields, code=given["code"], made_by=access.client.id
        )
    except InvalidField as error:
        raise refused(error) from error
    except SiteNotFound as error:
        raise _no_site(site_id) from error
    return JSONResponse((await _wires(services, access, [made]))[0], 201)


@router.get("/{code}/")
async def get_assistant(code: str, access: Reads, services: Injected) -> dict[str, Any]:
    """Get an assistant."""
    return (await _wires(services, access, [await by_code(code, access, services)]))[0]


@router.put("/{code}/")
async def replace_assistant(code: str, access: Writes, services: Injected, body: Body) -> dict[str, Any]:
    """Replace an assistant; a field that is not named is what it is by default."""
    found = await by_code(code, access, services)
    given = read_fields(body, _readers(services), REQUIRED)
    return await _update(found, access, services, given, {**DEFAULTS, **_fields(given)})


@router.patch("/{code}/")
async def change_assistant(code: str, access: Writes, services: Injected, body: Body) -> dict[str, Any]:
    """Change an assistant; a field that is not named stays."""
    found = await by_code(code, access, services)
    given = read_fields(body, _readers(services))
    return await _update(found, access, services, given, _fields(given))


@router.delete("/{code}/")
async def delete_assistant(code: str, access: Writes, services: Injected) -> Response:
    """Delete an assistant."""
    found = await by_code(code, access, services)
    await services.assistants.delete_assistant(found.site_id, found.id)
    return Response(status_code=204)


@router.get("/{code}/versions/")
async def list_versions(code: str, access: Reads, services: Injected) -> list[dict[str, Any]]:
    """List an assistant's versions, newest first."""
    found = await by_code(code, access, services)
    return [
        {"version": one.number, "cause": one.cause, "made_by": one.made_by, "created_at": one.created_at}
        for one in await services.assistants.list_versions(found.site_id, found.id)
    ]


@router.post("/{code}/versions/{version}/restore/")
async def restore_version(code: str, version: str, access: Writes, services: Injected) -> dict[str, Any]:
    """Make an assistant what it was at a version; that is a new version."""
    found, number = await by_code(code, access, services), number_in(version)
    if number is None:
        raise VersionNotFound
    try:
        now = await services.assistants.restore_version(
            found.site_id, found.id, number, made_by=access.client.id
        )
    except InvalidField as error:
        raise refused(error) from error
    return (await _wires(services, access, [now]))[0]


async def by_code(code: str, access: ClientAccess, services: Services) -> AssistantView:
    """Get an assistant that a client may reach.

    Raises:
        AssistantNotFound: None of this code that the client reaches.
    """
    return await services.assistants.get_by_code(code, access.site_ids)


def number_in(path: str) -> int | None:
    """Read a record's number in a path.

    Returns:
        The number, or None when it is none.
    """
    return int(path) if path.isascii() and path.isdecimal() and len(path) <= MOST_DIGITS else None


def models(settings: Settings) -> list[str]:
    """List the models that an assistant may ask for."""
    return list(dict.fromkeys([*SEED_MODELS, settings.openai.model, *settings.openai.extra_models]))


def _readers(services: Services) -> dict[str, read.Read]:
    return {
        "code": read.text(least=SHORTEST_CODE, most=LONGEST_CODE),
        "name": read.text(most=LONGEST_NAME),
        "instructions": read.text(),
        "model": read.choice(*models(services.settings)),
        "response_format_json": read.flag,
        "temperature": read.hundredths,
        "top_p": read.hundredths,
        "tools": read.numbers,
        "include_conversation_transcript": read.flag,
        "include_conversation_metadata": read.flag,
    }


def _fields(given: dict[str, Any]) -> AssistantFields:
    kept: Any = {KEPT_AS.get(name, name): value for name, value in given.items() if name != "code"}
    fields: AssistantFields = kept
    return fields


async def _update(
    found: AssistantView,
    access: ClientAccess,
    services: Services,
    given: dict[str, Any],
    fields: AssistantFields,
) -> dict[str, Any]:
    if given.get("code", found.code) != found.code:
        raise invalid({"code": ["The code of an assistant cannot be changed."]})
    try:
        now = await services.assistants.update_assistant(
            found.site_id, found.id, fields, made_by=access.client.id
        )
    except InvalidField as error:
        raise refused(error) from error
    return (await _wires(services, access, [now]))[0]


async def _site_of(access: ClientAccess, services: Services, body: dict[str, Any]) -> int:
    """Find the site of a new assistant: the one that is named, else the client's first."""
    named = body.get("site_id")
    if named is None:
        return access.site_ids[0] if access.site_ids else await services.assistants.default_site()
    if isinstance(named, bool) or not isinstance(named, int) or not access.client.reaches(named):
        raise _no_site(named)
    return named


def _no_site(named: Any) -> HttpError:
    return invalid({"site_id": [f'Invalid pk "{str(named)[:40]}" - object does not exist.']})


async def _wires(
    services: Services, access: ClientAccess, assistants: list[AssistantView]
) -> list[dict[str, Any]]:
    tools = {tool.id: tool for tool in await services.tools.list_tools(access.site_ids)}
    built_in = [tool for tool in tools.values() if tool.function is not None]
    model = services.settings.openai.model
    return [
        _wire(one, built_in if one.tool_ids is None else _given(one.tool_ids, tools), model)
        for one in assistants
    ]


def _given(tool_ids: Sequence[int], tools: Mapping[int, ToolView]) -> list[ToolView]:
    return [tools[number] for number in sorted(set(tool_ids)) if number in tools]


def _wire(one: AssistantView, used: Sequence[ToolView], model: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "code": one.code,
        "name": one.name or "",
        "instructions": one.instructions or "",
        "model": one.model or model,
        "response_format_json": one.response_format_json,
        "temperature": hundredths(one.temperature_hundredths),
        "top_p": hundredths(one.top_p_hundredths),
        "tools": [tool.id for tool in used],
        "tools_json": json.dumps([_data(tool) for tool in used]),
        "include_conversation_transcript": one.include_conversation_transcript,
        "include_conversation_metadata": one.include_conversation_metadata,
        "site_id": one.site_id,
        "version": one.version,
    }


def _tool(tool: ToolView) -> dict[str, Any]:
    return {"id": tool.id, "data": _data(tool), "source_assistant": tool.source_code or ""}


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
