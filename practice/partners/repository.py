"""The partners' SQL."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload

from practice.records.partners import Bot, BotNumber, Partner, PartnerKey
from practice.records.practices import Practice


async def find_live_key(session: AsyncSession, sha256: str, now: datetime) -> PartnerKey | None:
    """Find a key that is good now, of a partner who is not disabled, with that partner."""
    query = (
        select(PartnerKey)
        .join(PartnerKey.partner)
        .options(contains_eager(PartnerKey.partner))
        .where(
            PartnerKey.sha256 == sha256,
            PartnerKey.revoked_at.is_(None),
            or_(PartnerKey.expires_at.is_(None), PartnerKey.expires_at > now),
            Partner.disabled_at.is_(None),
        )
    )
    return (await session.scalars(query)).one_or_none()


async def find_bot(session: AsyncSession, *conditions: ColumnElement[bool]) -> Bot | None:
    """Find the oldest bot that meets the conditions, with its partner and numbers."""
    query = (
        select(Bot)
        .where(*conditions)
        .options(selectinload(Bot.numbers), selectinload(Bot.partner))
        .order_by(Bot.created_at, Bot.id)
        .limit(1)
    )
    return (await session.scalars(query)).one_or_none()


async def list_bots(session: AsyncSession, limit: int) -> list[Bot]:
    """List bots, oldest first, with their numbers and partners."""
    query = select(Bot).order_by(Bot.id).limit(limit)
    query = query.options(selectinload(Bot.numbers), selectinload(Bot.partner))
    return list(await session.scalars(query))


async def find_bot_id_by_number(session: AsyncSession, number: str) -> str | None:
    """Find whose number it is."""
    return await session.scalar(select(BotNumber.bot_id).where(BotNumber.number == number))


async def find_practice(session: AsyncSession, practice_id: str) -> Practice | None:
    """Find a practice with what is public about it."""
    query = (
        select(Practice)
        .where(Practice.id == practice_id)
        .options(
            selectinload(Practice.hours),
            selectinload(Practice.closures),
            selectinload(Practice.services),
            selectinload(Practice.practitioners),
        )
    )
    return (await session.scalars(query)).one_or_none()


async def list_keys(session: AsyncSession, partner_id: str) -> list[PartnerKey]:
    """List a partner's keys, oldest first."""
    query = select(PartnerKey).where(PartnerKey.partner_id == partner_id).order_by(PartnerKey.id)
    return list(await session.scalars(query))


async def revoke_key(session: AsyncSession, partner_id: str, key_id: str, at: datetime) -> None:
    """Revoke a partner's key; one already revoked keeps its moment."""
    await session.execute(
        update(PartnerKey)
        .where(PartnerKey.id == key_id, PartnerKey.partner_id == partner_id, PartnerKey.revoked_at.is_(None))
        .values(revoked_at=at)
    )
