"""The staff's SQL."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from practice.records.integrators import RevokedToken
from practice.records.staff import StaffMember


async def find_by_email(session: AsyncSession, email: str) -> StaffMember | None:
    """Find a staff member by e-mail address, lower case."""
    return await _find(session, StaffMember.email == email)


async def find_member(session: AsyncSession, staff_id: str) -> StaffMember | None:
    """Find a staff member."""
    return await _find(session, StaffMember.id == staff_id)


async def delete_expired(session: AsyncSession, now: datetime) -> None:
    """Delete the ended sessions that would have expired by now."""
    await session.execute(delete(RevokedToken).where(RevokedToken.expires_at <= now))


async def _find(session: AsyncSession, condition: ColumnElement[bool]) -> StaffMember | None:
    query = select(StaffMember).where(condition).options(selectinload(StaffMember.sites))
    return (await session.scalars(query)).one_or_none()
