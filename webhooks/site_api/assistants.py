"""``/site/{siteId}/assistant``: the instructions of a site's assistants."""

# ruff: noqa: FAST003 - the numbers in the path are read by webhooks.site_api.numbers

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from practice.assistants.fields import LONGEST_NAME, MOST_INSTRUCTION_BYTES, AssistantFields
from practice.assistants.views import AssistantView
from webhooks.dependencies import Injected, JsonBody
from webhooks.http_errors import invalid_request
from webhooks.site_api.auth import Access
from webhooks.site_api.numbers import AssistantId, SiteId

NUMBER_WANTED = "must be a number conforming to the specified constraints"

router = APIRouter(prefix="/site/{siteId}/assistant", tags=["Site Assistants"])


@router.get("")
async def list_assistants(access: Access, site_id: SiteId, services: Injected) -> list[dict[str, Any]]:
    """List a site's assistants."""
    access.require(site_id)
    return [wire(assistant) for assistant in await services.assistants.list_assistants(site_id)]


@router.post("")
async def create_assistant(
    access: Access, site_id: SiteId, services: Injected, body: JsonBody
) -> JSONResponse:
    """Create an assistant."""
    access.require(site_id)
    fields = _checked(body, siteId=site_id)
    made = await services.assistants.create_assistant(site_id, fields, made_by=access.user)
    return JSONResponse(wire(made), 201)


@router.get("/{siteAssistantId}")
async def get_assistant(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected
) -> dict[str, Any]:
    """Get an assistant with its instructions."""
    access.require(site_id)
    return wire(await services.assistants.get_assistant(site_id, assistant_id))


@router.put("/{siteAssistantId}")
async def update_assistant(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected, body: JsonBody
) -> dict[str, Any]:
    """Change an assistant's name or instructions; a field that is not sent stays."""
    access.require(site_id)
    fields = _checked(body, siteId=site_id, id=assistant_id)
    return wire(
        await services.assistants.update_assistant(site_id, assistant_id, fields, made_by=access.user)
    )


@router.delete("/{siteAssistantId}")
async def delete_assistant(
    access: Access, site_id: SiteId, assistant_id: AssistantId, services: Injected
) -> dict[str, Any]:
    """Delete an assistant and its files."""
    access.require(site_id)
    await services.assistants.delete_assistant(site_id, assistant_id)
    return {"message": "Site assistant deleted successfully", "statusCode": 200}


def wire(assistant: AssistantView) -> dict[str, Any]:
    """Describe an assistant as the contract does: fields without a value are left out."""
    optional = {"assistantName": assistant.name, "assistantInstructions": assistant.instructions}
    present = {name: value for name, value in optional.items() if value is not None}
    return {"id": assistant.id, "siteId": assistant.site_id, **present}


def _checked(body: dict[str, Any], **numbers: int) -> AssistantFields:
    """Check a body whose ids must repeat those of the path; give what is to change."""
    found = []
    for name, expected in numbers.items():
        value = body.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            found.append(f"{name} {NUMBER_WANTED}")
        elif value != expected:
            found.append(f"{name} must be the one in the path")
    called, instructions = body.get("assistantName"), body.get("assistantInstructions")
    found.extend(
        f"{field} must be a string"
        for field, value in (("assistantName", called), ("assistantInstructions", instructions))
        if value is not None and not isinstance(value, str)
    )
    if isinstance(called, str) and len(called) > LONGEST_NAME:
        found.append(f"assistantName must be shorter than or equal to {LONGEST_NAME} characters")
    if isinstance(instructions, str) and len(instructions.encode()) > MOST_INSTRUCTION_BYTES:
        found.append(f"assistantInstructions must be shorter than or equal to {MOST_INSTRUCTION_BYTES} bytes")
    if found:
        raise invalid_request("Bad Request", *found)
    fields: AssistantFields = {}
    if called is not None:
        fields["name"] = called
    if instructions is not None:
        fields["instructions"] = instructions
    return fields
