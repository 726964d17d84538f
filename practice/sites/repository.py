"""The sites' SQL."""

from sqlalchemy import func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.chat_sessions import ChatSession, ChatSessionParticipant
from practice.records.practices import Site


async def site_exists(session: AsyncSession, site_id: int) -> bool:
    """Tell whether there is such a site."""
    return await session.scalar(select(Site.id).where(Site.id == site_id)) is not None


async def join_open_hand_offs(session: AsyncSession, site_id: int, account_id: str) -> None:
    """Let an account take part in the site's hand-offs that nobody has finished, last in each list."""
    part = ChatSessionParticipant
    last = select(func.max(part.position)).where(part.session_id == ChatSession.id).scalar_subquery()
    mine = select(part.session_id).where(part.session_id == ChatSession.id, part.account_id == account_id)
    open_ones = select(ChatSession.id, literal(account_id), func.coalesce(last + 1, 0)).where(
        ChatSession.site_id == site_id,
        ChatSession.bot_id.is_not(None),
        ChatSession.finished_ms.is_(None),
        ~mine.exists(),
    )
    await session.execute(insert(part).from_select(["session_id", "account_id", "position"], open_ones))
