"""The clients' SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.integrators import OAuthClient, SigningKey
from practice.records.practices import Site


async def note_use(session: AsyncSession, client_id: str, at: datetime) -> None:
    """Note when a client was last given a token."""
    await session.execute(update(OAuthClient).where(OAuthClient.id == client_id).values(last_used_at=at))


async def revoke_client(session: AsyncSession, client_id: str, at: datetime) -> bool:
    """Revoke a client; one already revoked keeps its moment. False when there is none."""
    if await session.get(OAuthClient, client_id) is None:
        return False
    await session.execute(
        update(OAuthClient)
        .where(OAuthClient.id == client_id, OAuthClient.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return True


async def list_missing_sites(session: AsyncSession, site_ids: Sequence[int]) -> list[int]:
    """List those of the sites that are not there."""
    known = set(await session.scalars(select(Site.id).where(Site.id.in_(site_ids))))
    return [site_id for site_id in site_ids if site_id not in known]


async def list_signing_keys(session: AsyncSession, now: datetime) -> list[SigningKey]:
    """List the keys that still verify, newest first."""
    query = (
        select(SigningKey)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > now))
        .order_by(SigningKey.created_at.desc(), SigningKey.id.desc())
    )
    return list(await session.scalars(query))


async def retire_keys(session: AsyncSession, at: datetime, now: datetime) -> None:
    """Let the keys in use end, and forget those that have ended."""
    await session.execute(update(SigningKey).where(SigningKey.retired_at.is_(None)).values(retired_at=at))
    await session.execute(delete(SigningKey).where(SigningKey.retired_at <= now))
