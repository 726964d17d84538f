"""``…/versions``: what an assistant was, what the runtime lives on, and the way back. An extension."""

from fastapi import APIRouter

from contracts.site import AssistantConfig, AssistantFile, AssistantToolSpec, RestoredAssistant
from contracts.site import Version as VersionEntry
from practice.assistants.views import AssistantView, ToolView, function_of, hundredths
from practice.errors import AssistantNotFound, VersionNotFound
from webhooks.api_documents import reply
from webhooks.dependencies import Injected, Services
from webhooks.http_errors import HttpError
from webhooks.site_api.assistants import wire
from webhooks.site_api.auth import Access, AdminAccess
from webhooks.site_api.errors import site_errors
from webhooks.site_api.parameters import AssistantId, Version

router = APIRouter(prefix="/site/{siteId}/assistant/{siteAssistantId}/versions", tags=["Versions"])


@router.get(
    "",
    operation_id="listSiteAssistantVersions",
    summary="List versions",
    responses={200: reply("The versions."), **site_errors(AssistantNotFound)},
)
async def list_versions(access: Access, assistant_id: AssistantId, services: Injected) -> list[VersionEntry]:
    """Extension: what changed, when, and by whom; newest first."""
    return [
        VersionEntry(version=one.number, cause=one.cause, made_by=one.made_by, created_at=one.created_at)
        for one in await services.assistants.list_versions(access.site_id, assistant_id)
    ]


@router.get(
    "/{version}",
    operation_id="getSiteAssistantVersion",
    summary="Get a version",
    responses={200: reply("The assistant as it was."), **site_errors(AssistantNotFound, VersionNotFound)},
)
async def get_version(
    access: Access, assistant_id: AssistantId, version: Version, services: Injected
) -> AssistantConfig:
    """Extension: all that a conversation needs of the assistant at that version; `latest` is now."""
    return await _config(
        services, await services.assistants.get_version(access.site_id, assistant_id, version)
    )


@router.post(
    "/{version}/restore",
    operation_id="restoreSiteAssistantVersion",
    summary="Bring a version back",
    status_code=201,
    responses={
        201: reply("As it is now."),
        **site_errors(
            HttpError(400, "circle", "An assistant cannot use itself, neither directly nor through others."),
            AssistantNotFound,
            VersionNotFound,
        ),
    },
)
async def restore_version(
    access: AdminAccess, assistant_id: AssistantId, version: Version, services: Injected
) -> RestoredAssistant:
    """Extension: the assistant is what it was at that version; that is a new version."""
    if version is None:
        now = await services.assistants.get_assistant(access.site_id, assistant_id)
    else:
        now = await services.assistants.restore_version(
            access.site_id, assistant_id, version, made_by=access.user
        )
    return RestoredAssistant(**wire(now).model_dump(by_alias=False), version=now.version)


async def _config(services: Services, one: AssistantView) -> AssistantConfig:
    files = await services.files.list_files(one.site_id, one.id, one.file_ids)
    tools = await services.tools.list_tools([one.site_id])
    return AssistantConfig(
        **wire(one).model_dump(by_alias=False),
        version=one.version,
        code=one.code,
        model=one.model,
        temperature=hundredths(one.temperature_hundredths),
        top_p=hundredths(one.top_p_hundredths),
        response_format_json=one.response_format_json,
        include_conversation_transcript=one.include_conversation_transcript,
        include_conversation_metadata=one.include_conversation_metadata,
        tools=[_tool(tool) for tool in tools if _has(one, tool)],
        apis=await services.remote_apis.list_codes(one.site_id),
        files=[AssistantFile.model_validate(file, from_attributes=True) for file in files],
    )


def _has(assistant: AssistantView, tool: ToolView) -> bool:
    if assistant.tool_ids is None:
        return tool.function is not None
    return tool.id in assistant.tool_ids


def _tool(tool: ToolView) -> AssistantToolSpec:
    if tool.source_code is None:
        return AssistantToolSpec(id=tool.id, type="function", name=tool.function or "")
    return AssistantToolSpec(
        id=tool.id,
        type="assistant",
        name=function_of(tool.source_code),
        code=tool.source_code,
        assistant_id=tool.source_id,
        description=tool.source_name or tool.source_code,
    )
