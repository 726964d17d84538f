"""The messages' SQL."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from practice.records.partners import Bot, Partner
from practice.records.practices import Practice
from practice.records.staff import StaffMember, StaffSite
from practice.records.staff_messages import Recording, StaffMessage

_URGENCY = case(
    (StaffMessage.done_at.is_not(None), 3),
    (StaffMessage.urgency == "emergency", 0),
    (StaffMessage.urgency == "urgent", 1),
    else_=2,
)
"""What is done last, of the rest the most urgent first."""


async def get_by_key(session: AsyncSession, bot_id: str, idempotency_key: str) -> StaffMessage:
    """Get the message that a key left."""
    query = select(StaffMessage).where(
        StaffMessage.bot_id == bot_id, StaffMessage.idempotency_key == idempotency_key
    )
    return (await session.scalars(query)).one()


def of_sites(site_ids: Sequence[int]) -> ColumnElement[bool]:
    """Limit messages to those of the bots of some sites."""
    return StaffMessage.bot_id.in_(select(Bot.id).where(Bot.site_id.in_(site_ids)))


def of_partner(partner_id: str, bot_id: str | None = None) -> ColumnElement[bool]:
    """Limit messages to those of a partner's bots, or of one of them."""
    bots = select(Bot.id).where(Bot.partner_id == partner_id)
    return StaffMessage.bot_id.in_(bots if bot_id is None else bots.where(Bot.id == bot_id))


def in_state(state: str) -> ColumnElement[bool]:
    """Limit messages to a state."""
    if state == "done":
        return StaffMessage.done_at.is_not(None)
    seen = StaffMessage.seen_at.is_not(None)
    return and_(StaffMessage.done_at.is_(None), seen if state == "seen" else ~seen)


async def list_messages(
    session: AsyncSession, conditions: Sequence[ColumnElement[bool]], skip: int, limit: int
) -> list[tuple[StaffMessage, bool]]:
    """List messages, and whether their sound is kept: open ones first, and of them the most urgent."""
    query = (
        _with_recording()
        .where(*conditions)
        .order_by(_URGENCY, StaffMessage.created_at.desc(), StaffMessage.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def count_new(session: AsyncSession, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Count the messages that nobody has seen."""
    query = select(func.count()).select_from(StaffMessage).where(*conditions, in_state("new"))
    return await session.scalar(query) or 0


async def find_message(
    session: AsyncSession, message_id: str, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False
) -> tuple[StaffMessage, bool] | None:
    """Find a message, and whether its sound is kept."""
    query = _with_recording().where(StaffMessage.id == message_id, *conditions)
    row = (await session.execute(query.with_for_update(of=StaffMessage) if lock else query)).first()
    return None if row is None else (row[0], row[1])


def _with_recording() -> Select[StaffMessage, bool]:
    kept = exists().where(Recording.message_id == StaffMessage.id, Recording.fetched_at.is_not(None))
    return select(StaffMessage, kept.where(Recording.forgotten_at.is_(None)))


async def find_recording(session: AsyncSession, message_id: str) -> Recording | None:
    """Find the sound of a message."""
    query = select(Recording).where(Recording.message_id == message_id)
    return (await session.scalars(query.options(undefer(Recording.content)))).one_or_none()


async def reaches_somebody(session: AsyncSession, bot_id: str, *, sends_email: bool, sends_sms: bool) -> bool:
    """Tell whether anybody reads what callers leave with a bot.

    Somebody does who has a password for the bot's site, an address or number of its practice, or a partner
    who takes events.
    """
    logs_in = exists().where(
        StaffSite.site_id == Bot.site_id,
        StaffSite.staff_id == StaffMember.id,
        StaffMember.disabled_at.is_(None),
        StaffMember.password_hash != "",
    )
    told = exists().where(
        Partner.id == Bot.partner_id, Partner.event_url.is_not(None), Partner.disabled_at.is_(None)
    )
    query = (
        select(Practice.message_emails, Practice.message_numbers, or_(logs_in, told))
        .select_from(Bot)
        .outerjoin(Practice, Practice.id == Bot.practice_id)
        .where(Bot.id == bot_id)
    )
    row = (await session.execute(query)).first()
    return row is not None and bool((sends_email and row[0]) or (sends_sms and row[1]) or row[2])
