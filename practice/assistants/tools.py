"""What assistants may use: the built-in functions, and other assistants."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from practice.assistants import repository
from practice.assistants.views import ToolView
from practice.errors import InvalidField, ToolNotFound
from practice.records.assistants import Assistant, AssistantTool
from practice.records.finding import is_row_number
from practice.records.insert_once import insert_once
from practice.service import RecordsService


class Tools(RecordsService):
    """The tools of an installation."""

    async def register(self, functions: Sequence[str]) -> None:
        """Give every built-in function, in their order, and every assistant that has none yet a number."""
        now = self._clock()
        async with self._database.session() as session:
            known = set(await session.scalars(select(AssistantTool.function)))
            for name in functions:
                if name not in known:
                    values = {"function": name, "created_at": now}
                    await insert_once(session, AssistantTool, values, ["function"])
            unnumbered = (
                select(Assistant.id)
                .outerjoin(AssistantTool, AssistantTool.assistant_id == Assistant.id)
                .where(AssistantTool.id.is_(None))
                .order_by(Assistant.id)
            )
            for assistant_id in list(await session.scalars(unnumbered)):
                values = {"assistant_id": assistant_id, "created_at": now}
                await insert_once(session, AssistantTool, values, ["assistant_id"])

    async def list_tools(self, site_ids: Sequence[int] | None) -> list[ToolView]:
        """List the tools that assistants of some sites may be given."""
        reachable = [] if site_ids is None else [_reachable(site_ids)]
        async with self._database.reading() as session:
            return [_view(*row) for row in await repository.list_tools(session, *reachable)]

    async def get_tool(self, tool_id: int, site_ids: Sequence[int] | None) -> ToolView:
        """Get a tool."""
        found = []
        if is_row_number(tool_id):
            reachable = [] if site_ids is None else [_reachable(site_ids)]
            async with self._database.reading() as session:
                found = await repository.list_tools(session, AssistantTool.id == tool_id, *reachable)
        if not found:
            raise ToolNotFound
        return _view(*found[0])


async def check_tools(
    session: AsyncSession,
    assistant: Assistant,
    tool_ids: Sequence[int] | None,
    *,
    leave_out_missing: bool = False,
) -> list[int] | None:
    """Make sure that an assistant may have some tools; missing ones are refused, or left out."""
    if tool_ids is None:
        return None
    wanted = [one for one in tool_ids if is_row_number(one)]
    rows = await repository.list_tools(session, AssistantTool.id.in_(wanted), _reachable([assistant.site_id]))
    found = {tool.id: source for tool, source in rows}
    missing = [one for one in tool_ids if one not in found]
    if missing and not leave_out_missing:
        raise InvalidField("tools", f'Invalid pk "{missing[0]}" - object does not exist.')
    kept = [one for one in dict.fromkeys(tool_ids) if one in found]
    used = [found[one] for one in kept]
    if await _leads_to(session, assistant.id, [one.id for one in used if one is not None]):
        raise InvalidField("tools", "An assistant cannot use itself, neither directly nor through others.")
    return kept


async def _leads_to(session: AsyncSession, assistant_id: int, first: Sequence[int]) -> bool:
    """Tell whether assistants lead to one through what they use."""
    seen: set[int] = set()
    ahead = list(first)
    while ahead:
        if assistant_id in ahead:
            return True
        seen.update(ahead)
        lists = await session.scalars(select(Assistant.tool_ids).where(Assistant.id.in_(ahead)))
        tool_ids = {tool_id for tool_ids in lists for tool_id in tool_ids or ()}
        following = await session.scalars(
            select(AssistantTool.assistant_id).where(
                AssistantTool.id.in_(tool_ids), AssistantTool.assistant_id.is_not(None)
            )
        )
        ahead = [one for one in following if one is not None and one not in seen]
    return False


def _reachable(site_ids: Sequence[int]) -> ColumnElement[bool]:
    return or_(AssistantTool.assistant_id.is_(None), Assistant.site_id.in_(site_ids))


def _view(tool: AssistantTool, source: Assistant | None) -> ToolView:
    if source is None:
        return ToolView(tool.id, tool.function)
    return ToolView(tool.id, None, source.code, source.id, source.name)
