"""``…/{assistant_code}/routes/``: tags that choose an assistant."""

from fastapi import APIRouter
from starlette.responses import Response

from contracts.assistants import AssistantRoute, AssistantRouteRequest
from practice.assistants.views import AssistantView, RouteView
from practice.errors import AssistantNotFound, RouteNotFound
from webhooks.assistants_api.body import AdminRoute
from webhooks.assistants_api.errors import BODY, COMMON, missing
from webhooks.assistants_api.paths import ReadAssistant, RecordNumber, WrittenAssistant
from webhooks.dependencies import Injected

router = APIRouter(
    prefix="/apis/admin/assistants/{assistant_code}/routes",
    tags=["Assistants"],
    route_class=AdminRoute,
    responses=COMMON,
)
_NO_ASSISTANT, _NO_ROUTE = missing(AssistantNotFound), missing(AssistantNotFound, RouteNotFound)


@router.get("/", operation_id="listAssistantRoutes", summary="List routes", responses=_NO_ASSISTANT)
async def list_routes(assistant: ReadAssistant, services: Injected) -> list[AssistantRoute]:
    """The routes that lead to an assistant, oldest first.

    The route with the most tags that all fit a conversation wins, and the oldest of equals.
    """
    return [_wire(one, assistant) for one in await services.routes.list_routes(assistant.id)]


@router.post(
    "/",
    operation_id="createAssistantRoute",
    summary="Make a route",
    status_code=201,
    responses=BODY | _NO_ASSISTANT,
)
async def create_route(
    assistant: WrittenAssistant, services: Injected, body: AssistantRouteRequest
) -> AssistantRoute:
    """A route counts at once. Without tags it fits every conversation."""
    return _wire(await services.routes.create_route(assistant.id, body.tags), assistant)


@router.get("/{id}/", operation_id="retrieveAssistantRoute", summary="Get a route", responses=_NO_ROUTE)
async def get_route(
    assistant: ReadAssistant, route_number: RecordNumber, services: Injected
) -> AssistantRoute:
    """One of the routes of this assistant, by its number."""
    return _wire(await services.routes.get_route(assistant.id, route_number), assistant)


@router.put(
    "/{id}/", operation_id="updateAssistantRoute", summary="Replace a route", responses=BODY | _NO_ROUTE
)
async def replace_route(
    assistant: WrittenAssistant, route_number: RecordNumber, services: Injected, body: AssistantRouteRequest
) -> AssistantRoute:
    """The tags are those that are given; without any the route fits every conversation."""
    return _wire(await services.routes.update_route(assistant.id, route_number, body.tags), assistant)


@router.patch(
    "/{id}/", operation_id="partialUpdateAssistantRoute", summary="Change a route", responses=BODY | _NO_ROUTE
)
async def change_route(
    assistant: WrittenAssistant, route_number: RecordNumber, services: Injected, body: AssistantRouteRequest
) -> AssistantRoute:
    """The tags are those that are given; they stay as they are when they are left out."""
    tags = body.tags if "tags" in body.model_fields_set else None
    return _wire(await services.routes.update_route(assistant.id, route_number, tags), assistant)


@router.delete(
    "/{id}/",
    operation_id="destroyAssistantRoute",
    summary="Delete a route",
    status_code=204,
    response_class=Response,
    responses=_NO_ROUTE,
)
async def delete_route(assistant: WrittenAssistant, route_number: RecordNumber, services: Injected) -> None:
    """The route leads no new conversation to the assistant; those that go on stay where they are."""
    await services.routes.delete_route(assistant.id, route_number)


def _wire(route: RouteView, assistant: AssistantView) -> AssistantRoute:
    return AssistantRoute(id=route.id, assistant=assistant.code, tags=route.tags)
