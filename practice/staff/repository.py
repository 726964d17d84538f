"""The staff's SQL."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from practice.records.integrators import RevokedToken
from practice.records.staff import StaffMember


async def find_by_email(session: AsyncSession, email: str) -> StaffMember | None:
    """Find who has an address (lower case)."""
    query = select(StaffMember).where(StaffMember.email == email).options(selectinload(StaffMember.sites))
    return (await session.scalars(query)).one_or_none()


async def find_member(session: AsyncSession, staff_id: str) -> StaffMember | None:
    """Find a person."""
    query = select(StaffMember).where(StaffMember.id == staff_id).options(selectinload(StaffMember.sites))
    return (await session.scalars(query)).one_or_none()


async def forget_ended(session: AsyncSession, now: datetime) -> None:
    """Forget the ended sessions that are over by themselves."""
    await session.execute(delete(RevokedToken).where(RevokedToken.expires_at <= now))
