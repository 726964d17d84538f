"""The rows that a practice is made of, found together."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from practice.records.assistants import Assistant, AssistantFile
from practice.records.chat_sessions import HandOffContact
from practice.records.partners import Bot, BotNumber
from practice.records.practices import WHOLE, Practice, Site
from practice.records.staff import StaffMember, StaffSite


@dataclass(slots=True)
class PracticeRows:
    """A practice's rows, loaded whole; no bot where none answers for the assistant."""

    practice: Practice
    site: Site
    assistant: Assistant
    files: list[AssistantFile]
    bot: Bot | None
    contacts: list[HandOffContact]
    staff: list[StaffMember]


async def find_by_code(session: AsyncSession, code: str, *, lock: bool = False) -> PracticeRows | None:
    """Find the practice whose assistant has a code; ``lock`` holds it until the transaction ends."""
    return await _find(session, Assistant.code == code, lock=lock)


async def find_by_practice(
    session: AsyncSession, practice_id: str, *, lock: bool = False, files: bool = True
) -> PracticeRows | None:
    """Find a practice by its id; without an assistant it is none that a file could describe."""
    return await _find(session, Site.practice_id == practice_id, lock=lock, files=files)


async def list_practice_ids(session: AsyncSession) -> list[str]:
    """List the practices, oldest first."""
    return list(await session.scalars(select(Practice.id).order_by(Practice.created_at, Practice.id)))


async def find_owner(session: AsyncSession, number: str, bot_id: str | None) -> str | None:
    """Name the other bot that answers a number, if one does."""
    query = select(Bot.name).join(BotNumber, BotNumber.bot_id == Bot.id).where(BotNumber.number == number)
    return await session.scalar(query if bot_id is None else query.where(Bot.id != bot_id))


async def _find(
    session: AsyncSession, condition: Any, *, lock: bool, files: bool = True
) -> PracticeRows | None:
    query = (
        select(Assistant, Site)
        .join(Site, Site.id == Assistant.site_id)
        .outerjoin(Bot, (Bot.assistant_id == Assistant.id) & Bot.deleted_at.is_(None))
        .where(condition, Site.practice_id.is_not(None))
        # Of several assistants of a practice, the one that answers its phone.
        .order_by(Bot.id.is_(None), Assistant.id)
        .limit(1)
    )
    found = (await session.execute(query)).first()
    if found is None:
        return None
    assistant, site = found
    whole = select(Practice).where(Practice.id == site.practice_id).options(*WHOLE)
    practice = (await session.scalars(whole.with_for_update() if lock else whole)).one()
    bots = (
        select(Bot)
        .where(Bot.assistant_id == assistant.id, Bot.practice_id == practice.id, Bot.deleted_at.is_(None))
        .options(selectinload(Bot.numbers))
        .order_by(Bot.id)
        .limit(1)
    )
    kept = (
        select(AssistantFile)
        .where(AssistantFile.assistant_id == assistant.id, AssistantFile.deleted_at.is_(None))
        .options(undefer(AssistantFile.content))
        .order_by(AssistantFile.id)
    )
    contacts = (
        select(HandOffContact)
        .where(HandOffContact.practice_id == practice.id)
        .order_by(HandOffContact.position)
    )
    staff = (
        select(StaffMember)
        .where(StaffMember.sites.any(StaffSite.site_id == site.id))
        .options(selectinload(StaffMember.sites))
        .order_by(StaffMember.email)
    )
    return PracticeRows(
        practice,
        site,
        assistant,
        list(await session.scalars(kept)) if files else [],
        (await session.scalars(bots)).one_or_none(),
        list(await session.scalars(contacts)),
        list(await session.scalars(staff)),
    )
