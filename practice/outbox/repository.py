"""The follow-ups' SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.partners.views import BotView
from practice.records.accounts import Account
from practice.records.bookings import Appointment, BookingIntent
from practice.records.chat_sessions import ChatSession
from practice.records.encrypted import is_hash_of
from practice.records.follow_ups import FollowUp, Replica
from practice.records.insert_once import insert_once
from practice.records.partners import AccountPartner, Bot, Partner
from practice.records.practices import Service

LIVE = ("waiting", "running")
OVER = ("done", "cancelled", "dead")


async def insert_follow_up(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Insert a follow-up unless its fact has one."""
    return await insert_once(session, FollowUp, values, ["workflow_id"])


async def takes_events(session: AsyncSession, partner_id: str) -> bool:
    """Tell whether a partner wants to hear of bookings."""
    query = select(Partner.id).where(
        Partner.id == partner_id, Partner.event_url.is_not(None), Partner.disabled_at.is_(None)
    )
    return await session.scalar(query) is not None


async def is_hand_off_open(session: AsyncSession, session_id: str) -> bool:
    """Tell whether a hand-off still waits for somebody to take it."""
    query = select(ChatSession.id).where(
        ChatSession.id == session_id, ChatSession.accepted_ms.is_(None), ChatSession.finished_ms.is_(None)
    )
    return await session.scalar(query) is not None


async def find_granted_account(session: AsyncSession, bot: BotView) -> Account | None:
    """Find a bot's account, if its partner was granted it."""
    query = (
        select(Account)
        .join(AccountPartner, AccountPartner.account_id == Account.id)
        .where(Account.id == bot.account_id, AccountPartner.partner_id == bot.partner_id)
    )
    return (await session.scalars(query)).one_or_none()


async def count_texts(session: AsyncSession, bot: BotView, to: str, since: datetime) -> tuple[int, int, int]:
    """Count the texts that may have been sent since a moment: to a number, by a bot, for its account."""
    query = (
        select(
            func.count().filter(is_hash_of(FollowUp.sent_to_hash, to)),
            func.count().filter(FollowUp.bot_id == bot.id),
            func.count().filter(Bot.account_id == bot.account_id),
        )
        .join(Bot, Bot.id == FollowUp.bot_id)
        .where(FollowUp.sent_to_hash.is_not(None), FollowUp.updated_at >= since)
    )
    number, of_bot, of_account = (await session.execute(query)).one()
    return number, of_bot, of_account


async def find_service_name(session: AsyncSession, practice_id: str | None, service_id: str) -> str | None:
    """Find what a practice calls a service."""
    query = select(Service.name).where(Service.id == service_id, Service.practice_id == practice_id)
    return await session.scalar(query)


async def find_booked(session: AsyncSession, bot: BotView, booking_id: str) -> BookingIntent | None:
    """Find the record of a booking that a bot speaks of: the request that succeeded in making it.

    The embedded calendar's ids are one of a kind. Any partner may register a bot over a platform of its own
    for any account, and call its bookings as it likes: what it says is about its own bookings alone.
    """
    query = select(BookingIntent).where(
        BookingIntent.account_id == bot.account_id,
        BookingIntent.booking_id == booking_id,
        BookingIntent.operation == "book",
        BookingIntent.state == "succeeded",
    )
    if not bot.embedded:
        query = query.where(BookingIntent.partner_id == bot.partner_id)
    return (await session.scalars(query.order_by(BookingIntent.created_at.desc()).limit(1))).one_or_none()


async def has_live_resolve(session: AsyncSession, intent_id: str) -> bool:
    """Tell whether someone is on the way to find out about a booking of unknown outcome."""
    query = select(FollowUp.id).where(
        FollowUp.intent_id == intent_id, FollowUp.kind == "resolve", FollowUp.state.in_(LIVE)
    )
    return await session.scalar(query.limit(1)) is not None


async def cancel_text_messages(
    session: AsyncSession, bot: BotView, booking_id: str, kinds: Sequence[str], now: datetime
) -> None:
    """Cancel what has not been sent yet of a booking, whichever bot of those that share it planned it."""
    bots = select(Bot.id).where(Bot.account_id == bot.account_id)
    if not bot.embedded:
        bots = bots.where(Bot.partner_id == bot.partner_id)
    conditions: list[ColumnElement[bool]] = [
        FollowUp.bot_id.in_(bots),
        FollowUp.booking_id == booking_id,
        FollowUp.kind.in_(kinds),
        FollowUp.state.in_(LIVE),
    ]
    await session.execute(update(FollowUp).where(*conditions).values(state="cancelled", updated_at=now))


async def list_due(session: AsyncSession, now: datetime, limit: int) -> list[FollowUp]:
    """List what is waiting and due, the longest due first."""
    query = select(FollowUp).where(FollowUp.state == "waiting", FollowUp.due_at <= now)
    return list(await session.scalars(query.order_by(FollowUp.due_at, FollowUp.id).limit(limit)))


async def list_some(session: AsyncSession, state: str | None, kind: str | None, limit: int) -> list[FollowUp]:
    """List follow-ups, newest first."""
    query = select(FollowUp).order_by(FollowUp.created_at.desc(), FollowUp.id.desc()).limit(limit)
    if state is not None:
        query = query.where(FollowUp.state == state)
    if kind is not None:
        query = query.where(FollowUp.kind == kind)
    return list(await session.scalars(query))


async def count_by_state(session: AsyncSession) -> dict[str, int]:
    """Count follow-ups in each state."""
    rows = await session.execute(select(FollowUp.state, func.count()).group_by(FollowUp.state))
    return {state: count for state, count in rows}  # noqa: C416 - rows are tuples to Python alone


async def mark_running(session: AsyncSession, follow_up_ids: Sequence[str], now: datetime) -> None:
    """Say that follow-ups were handed over; what was cancelled or done since stays so."""
    await session.execute(
        update(FollowUp)
        .where(FollowUp.id.in_(follow_up_ids), FollowUp.state == "waiting")
        .values(state="running", updated_at=now)
    )


async def mark_tried(session: AsyncSession, follow_up_id: str, wall_now: datetime, now: datetime) -> bool:
    """Say that a text message is about to be sent; False when it is no longer wanted.

    The first such moment stays: everything that was sent since counts.
    """
    row = await session.get(FollowUp, follow_up_id, with_for_update=True)
    if row is None or row.state not in LIVE:
        return False
    row.payload = {"tried_at": wall_now.isoformat(), **row.payload}
    row.sent_to_hash = row.payload["to"]
    row.updated_at = now
    return True


async def record(
    session: AsyncSession, follow_up_id: str, state: str, error: str | None, now: datetime
) -> bool:
    """Write down what came of an attempt; False when it was cancelled meanwhile."""
    row = await session.get(FollowUp, follow_up_id, with_for_update=True)
    if row is None or row.state not in LIVE:
        return False
    row.state, row.last_error, row.updated_at = state, error, now
    row.attempts += 1
    return True


async def wait_again(session: AsyncSession, follow_up_id: str, states: Sequence[str], now: datetime) -> bool:
    """Have a follow-up done once more, as a workflow of its own; False when its state is another."""
    row = await session.get(FollowUp, follow_up_id, with_for_update=True)
    if row is None or row.state not in states:
        return False
    row.payload = {**row.payload, "run": row.payload.get("run", 0) + 1}
    row.state, row.due_at, row.updated_at, row.attempts = "waiting", now, now, 0
    return True


async def list_silent(session: AsyncSession, before: datetime, limit: int) -> list[FollowUp]:
    """List what is said to be running and has not been heard of for long."""
    query = select(FollowUp).where(FollowUp.state == "running", FollowUp.updated_at < before)
    return list(await session.scalars(query.limit(limit)))


async def list_without_resolve(session: AsyncSession, intent_ids: Sequence[str]) -> list[BookingIntent]:
    """List those booking requests about which nobody is finding out."""
    live = select(FollowUp.intent_id).where(FollowUp.kind == "resolve", FollowUp.state.in_(LIVE))
    query = select(BookingIntent).where(BookingIntent.id.in_(intent_ids), BookingIntent.id.not_in(live))
    return list(await session.scalars(query))


async def list_booking_states(
    session: AsyncSession, bot_id: str, booking_id: str
) -> list[tuple[str | None, datetime | None]]:
    """List status and start of a booking by our own record and by the embedded calendar's, where they are."""
    account_id = select(Bot.account_id).where(Bot.id == bot_id).scalar_subquery()
    partner_id = select(Bot.partner_id).where(Bot.id == bot_id).scalar_subquery()
    recorded = select(BookingIntent.booking_status, BookingIntent.slot_start).where(
        BookingIntent.account_id == account_id,
        BookingIntent.partner_id == partner_id,
        BookingIntent.booking_id == booking_id,
        BookingIntent.operation == "book",
        BookingIntent.state == "succeeded",
    )
    kept = select(Appointment.status, Appointment.start_at).where(
        Appointment.account_id == account_id, Appointment.id == booking_id
    )
    found: list[tuple[str | None, datetime | None]] = []
    for query in (recorded, kept):
        found.extend((status, start) for status, start in await session.execute(query))
    return found


async def purge(session: AsyncSession, before: datetime) -> int:
    """Delete what has been over since before a moment; gives how many."""
    statement = delete(FollowUp).where(FollowUp.state.in_(OVER), FollowUp.updated_at < before)
    return len((await session.execute(statement.returning(FollowUp.id))).all())


async def beat(session: AsyncSession, replica_id: str, now: datetime) -> None:
    """Say that a replica lives."""
    values = {"id": replica_id, "started_at": now, "seen_at": now}
    if not await insert_once(session, Replica, values, ["id"]):
        await session.execute(update(Replica).where(Replica.id == replica_id).values(seen_at=now))
