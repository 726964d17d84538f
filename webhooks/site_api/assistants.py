"""``/site/{siteId}/assistant``: the instructions of a site's assistants."""

from fastapi import APIRouter

from contracts.site import CreateSiteAssistant, Done, SiteAssistant, UpdateSiteAssistant
from practice.assistants.views import AssistantFields, AssistantView
from practice.errors import AssistantNotFound, SiteNotFound
from webhooks.api_documents import reply
from webhooks.body_route import BodyRoute
from webhooks.dependencies import Injected
from webhooks.http_errors import invalid_request
from webhooks.site_api.auth import Access, AdminAccess
from webhooks.site_api.errors import BODY, site_errors
from webhooks.site_api.parameters import AssistantId

router = APIRouter(prefix="/site/{siteId}/assistant", tags=["Site Assistants"], route_class=BodyRoute)


@router.get(
    "",
    operation_id="listSiteAssistants",
    summary="Retrieve all site assistants for a site",
    responses={200: reply("The assistants."), **site_errors(SiteNotFound)},
)
async def list_assistants(access: Access, services: Injected) -> list[SiteAssistant]:
    """Give a bare array, oldest first, of all the assistants that the site has."""
    return [wire(assistant) for assistant in await services.assistants.list_assistants(access.site_id)]


@router.post(
    "",
    operation_id="createSiteAssistant",
    summary="Create a new site assistant",
    status_code=201,
    responses={201: reply("Site assistant created successfully."), **site_errors(SiteNotFound, *BODY)},
)
async def create_assistant(
    access: AdminAccess, services: Injected, body: CreateSiteAssistant
) -> SiteAssistant:
    """Make an assistant; the site's number stands in the path and in the body, and must be the same."""
    _check_numbers(siteId=(body.site_id, access.site_id))
    made = await services.assistants.create_assistant(access.site_id, _fields(body), made_by=access.user)
    return wire(made)


@router.get(
    "/{siteAssistantId}",
    operation_id="getSiteAssistant",
    summary="Retrieve a site assistant by ID",
    responses={200: reply("The assistant."), **site_errors(AssistantNotFound)},
)
async def get_assistant(access: Access, assistant_id: AssistantId, services: Injected) -> SiteAssistant:
    """Get name and instructions as they are now; its files are listed below it."""
    return wire(await services.assistants.get_assistant(access.site_id, assistant_id))


@router.put(
    "/{siteAssistantId}",
    operation_id="updateSiteAssistant",
    summary="Update an existing site assistant",
    responses={200: reply("As it is now."), **site_errors(AssistantNotFound, *BODY)},
)
async def update_assistant(
    access: AdminAccess, assistant_id: AssistantId, services: Injected, body: UpdateSiteAssistant
) -> SiteAssistant:
    """Change name or instructions: that is a new version; conversations keep the one that they began with."""
    _check_numbers(siteId=(body.site_id, access.site_id), id=(body.id, assistant_id))
    return wire(
        await services.assistants.update_assistant(
            access.site_id, assistant_id, _fields(body), made_by=access.user
        )
    )


@router.delete(
    "/{siteAssistantId}",
    operation_id="deleteSiteAssistant",
    summary="Delete a site assistant",
    responses={200: reply("Gone."), **site_errors(AssistantNotFound)},
)
async def delete_assistant(access: AdminAccess, assistant_id: AssistantId, services: Injected) -> Done:
    """Delete an assistant: it is gone at once, and so are its files and versions."""
    await services.assistants.delete_assistant(access.site_id, assistant_id)
    return Done(message="Site assistant deleted successfully")


def wire(assistant: AssistantView) -> SiteAssistant:
    """Describe an assistant as the contract does."""
    return SiteAssistant(
        id=assistant.id,
        site_id=assistant.site_id,
        assistant_name=assistant.name,
        assistant_instructions=assistant.instructions,
    )


def _check_numbers(**numbers: tuple[float, int]) -> None:
    """Make sure that a body repeats the numbers of its path."""
    wrong = [name for name, (given, wanted) in numbers.items() if given != wanted]
    if wrong:
        raise invalid_request("Bad Request", *(f"{name} must be the one in the path" for name in wrong))


def _fields(body: CreateSiteAssistant | UpdateSiteAssistant) -> AssistantFields:
    """Give what is to change: what is left out, or null, stays."""
    fields: AssistantFields = {}
    if body.assistant_name is not None:
        fields["name"] = body.assistant_name
    if body.assistant_instructions is not None:
        fields["instructions"] = body.assistant_instructions
    return fields
