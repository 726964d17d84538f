"""The messages' SQL."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.staff_messages import StaffMessage


async def get_by_key(session: AsyncSession, bot_id: str, idempotency_key: str) -> StaffMessage:
    """Get the message that a key left."""
    query = select(StaffMessage).where(
        StaffMessage.bot_id == bot_id, StaffMessage.idempotency_key == idempotency_key
    )
    return (await session.scalars(query)).one()


async def list_messages(session: AsyncSession, bot_id: str, limit: int) -> list[StaffMessage]:
    """List a bot's messages, newest first."""
    query = (
        select(StaffMessage)
        .where(StaffMessage.bot_id == bot_id)
        .order_by(StaffMessage.created_at.desc(), StaffMessage.id.desc())
        .limit(limit)
    )
    return list(await session.scalars(query))
