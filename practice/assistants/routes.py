"""Routes: tags that choose the assistant for a call or a chat."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from practice.assistants import repository
from practice.assistants.views import RouteView
from practice.errors import RouteNotFound
from practice.records.assistants import Assistant, AssistantRoute
from practice.records.finding import find_by
from practice.service import RecordsService


class Routes(RecordsService):
    """The routes of assistants."""

    async def list_routes(self, assistant_id: int) -> list[RouteView]:
        """List an assistant's routes."""
        async with self._database.reading() as session:
            found = await repository.list_routes(session, AssistantRoute.assistant_id == assistant_id)
            return [_view(one) for one in found]

    async def get_route(self, assistant_id: int, route_id: int) -> RouteView:
        """Get an assistant's route."""
        async with self._database.reading() as session:
            return _view(await _get(session, assistant_id, route_id))

    async def create_route(self, assistant_id: int, tags: Mapping[str, Any]) -> RouteView:
        """Make a route; tags whose values are no text are kept, and take no part in the choice."""
        now = self._clock()
        route = AssistantRoute(assistant_id=assistant_id, tags=dict(tags), created_at=now, updated_at=now)
        async with self._database.session() as session:
            session.add(route)
            await session.flush()
        return _view(route)

    async def update_route(
        self, assistant_id: int, route_id: int, tags: Mapping[str, Any] | None
    ) -> RouteView:
        """Change a route: all its tags from now on; None leaves them."""
        async with self._database.session() as session:
            route = await _get(session, assistant_id, route_id)
            if tags is not None:
                route.tags, route.updated_at = dict(tags), self._clock()
        return _view(route)

    async def delete_route(self, assistant_id: int, route_id: int) -> None:
        """Delete a route."""
        async with self._database.session() as session:
            await session.delete(await _get(session, assistant_id, route_id))

    async def choose(self, site_id: int, tags: Mapping[str, str]) -> int | None:
        """Choose the assistant for a conversation.

        A route fits when all its tags are among the conversation's; a route without tags fits always. Of
        those that fit, the one with the most tags wins, and the oldest of equals. Only values that are texts
        count.
        """
        async with self._database.reading() as session:
            routes = await repository.list_routes(session, Assistant.site_id == site_id)
        fitting = [route for route in routes if fits(route.tags, tags)]
        if not fitting:
            return None
        return min(fitting, key=lambda route: (-len(_texts(route.tags)), route.id)).assistant_id


def fits(wanted: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    """Tell whether all tags of a route are a conversation's; letters' case is not looked at."""
    return all(name in tags and _plain(value) == _plain(tags[name]) for name, value in _texts(wanted).items())


def _texts(tags: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in tags.items() if isinstance(value, str)}


def _plain(value: str) -> str:
    return value.strip().casefold()


async def _get(session: AsyncSession, assistant_id: int, route_id: int) -> AssistantRoute:
    found = await find_by(session, AssistantRoute, assistant_id=assistant_id, id=route_id)
    if found is None:
        raise RouteNotFound
    return found


def _view(route: AssistantRoute) -> RouteView:
    return RouteView(route.id, route.assistant_id, dict(route.tags))
