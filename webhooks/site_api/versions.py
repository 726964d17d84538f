"""``…/versions``: what an assistant was, what the runtime lives on, and the way back. An extension."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from practice.assistants.views import AssistantView, ToolView, function_of, hundredths
from webhooks.dependencies import Injected, Services
from webhooks.site_api.assistants import wire
from webhooks.site_api.auth import Access
from webhooks.site_api.files import wire_file
from webhooks.site_api.numbers import AssistantId, SiteId, number

LATEST = "latest"

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}/versions", tags=["Site Assistants"])


async def _version(request: Request) -> int | None:
    return None if request.path_params["version"] == LATEST else number("version", request)


Version = Annotated[int | None, Depends(_version)]


@router.get("")
async def list_versions(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected
) -> list[dict[str, Any]]:
    """List an assistant's versions, newest first."""
    access.require(site_id)
    return [
        {
            "version": one.number,
            "cause": one.cause,
            "madeBy": one.made_by,
            "createdAt": one.created_at.isoformat().replace("+00:00", "Z"),
        }
        for one in await services.assistants.list_versions(site_id, assistant_id)
    ]


@router.get("/{version}")
async def get_version(
    access: Access, site_id: SiteId, assistant_id: AssistantId, version: Version, services: Injected
) -> dict[str, Any]:
    """Get an assistant at a version with all that a conversation needs; ``latest`` is the one of now."""
    access.require(site_id)
    return await _whole(services, await services.assistants.get_version(site_id, assistant_id, version))


@router.post("/{version}/restore")
async def restore_version(
    access: Access, site_id: SiteId, assistant_id: AssistantId, version: Version, services: Injected
) -> JSONResponse:
    """Make an assistant what it was; that is a new version."""
    access.require(site_id)
    if version is None:
        now = await services.assistants.get_assistant(site_id, assistant_id)
    else:
        now = await services.assistants.restore_version(site_id, assistant_id, version, made_by=access.user)
    return JSONResponse({**wire(now), "version": now.version}, 201)


async def _whole(services: Services, one: AssistantView) -> dict[str, Any]:
    files = await services.files.list_files(one.site_id, one.id, one.file_ids)
    tools = await services.tools.list_tools([one.site_id])
    return {
        **wire(one),
        "version": one.version,
        "code": one.code,
        "model": one.model,
        "temperature": hundredths(one.temperature_hundredths),
        "topP": hundredths(one.top_p_hundredths),
        "responseFormatJson": one.response_format_json,
        "includeConversationTranscript": one.include_conversation_transcript,
        "includeConversationMetadata": one.include_conversation_metadata,
        "tools": [_tool(tool) for tool in tools if _has(one, tool)],
        "apis": await services.remote_apis.list_codes(one.site_id),
        "files": [wire_file(file) for file in files],
    }


def _has(assistant: AssistantView, tool: ToolView) -> bool:
    if assistant.tool_ids is None:
        return tool.function is not None
    return tool.id in assistant.tool_ids


def _tool(tool: ToolView) -> dict[str, Any]:
    if tool.source_code is None:
        return {"id": tool.id, "type": "function", "name": tool.function}
    return {
        "id": tool.id,
        "type": "assistant",
        "name": function_of(tool.source_code),
        "code": tool.source_code,
        "assistantId": tool.source_id,
        "description": tool.source_name or tool.source_code,
    }
