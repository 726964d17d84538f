"""The staff's SQL."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from practice.records.integrators import RevokedToken
from practice.records.staff import StaffLogIn, StaffMember, StaffSite
from practice.sites.repository import join_open_hand_offs


async def find_by_email(session: AsyncSession, email: str) -> StaffMember | None:
    """Find a staff member by e-mail address, lower case."""
    return await _find(session, StaffMember.email == email)


async def find_member(session: AsyncSession, staff_id: str) -> StaffMember | None:
    """Find a staff member."""
    return await _find(session, StaffMember.id == staff_id)


async def list_members(session: AsyncSession, site_id: int | None = None) -> list[StaffMember]:
    """List the members of staff of a site, or all, by their addresses."""
    query = select(StaffMember).options(selectinload(StaffMember.sites)).order_by(StaffMember.email)
    if site_id is not None:
        query = query.where(StaffMember.sites.any(StaffSite.site_id == site_id))
    return list(await session.scalars(query))


async def join_site(session: AsyncSession, member: StaffMember, site_id: int) -> None:
    """Let a staff member work at a site; the hand-offs that are open there are theirs too."""
    member.sites.append(StaffSite(site_id=site_id))
    await join_open_hand_offs(session, site_id, member.id)


async def find_by_link(
    session: AsyncSession, sha256: str, now: datetime, *, lock: bool = False
) -> StaffMember | None:
    """Find whose one-time link a hash is of, while it is good."""
    query = (
        select(StaffMember)
        .where(
            StaffMember.link_sha256 == sha256, StaffMember.link_until > now, StaffMember.disabled_at.is_(None)
        )
        .options(selectinload(StaffMember.sites))
    )
    return (await session.scalars(query.with_for_update(of=StaffMember) if lock else query)).one_or_none()


async def list_sessions(
    session: AsyncSession, now: datetime, staff_id: str | None = None
) -> list[tuple[StaffLogIn, str]]:
    """List the sessions that have neither expired nor ended, with their people's addresses."""
    query = (
        select(StaffLogIn, StaffMember.email)
        .join(StaffMember, StaffMember.id == StaffLogIn.staff_id)
        .where(
            StaffLogIn.expires_at > now,
            StaffMember.disabled_at.is_(None),
            StaffLogIn.id.not_in(select(RevokedToken.id)),
        )
        .order_by(StaffLogIn.created_at.desc())
    )
    if staff_id is not None:
        query = query.where(StaffLogIn.staff_id == staff_id)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def _find(session: AsyncSession, condition: ColumnElement[bool]) -> StaffMember | None:
    query = select(StaffMember).where(condition).options(selectinload(StaffMember.sites))
    return (await session.scalars(query)).one_or_none()
