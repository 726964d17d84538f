"""The bots' SQL."""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kit.copying import copy_fields
from practice.errors import PhoneNumberNotGranted, PhoneNumberTaken
from practice.partners.views import BotView
from practice.records.accounts import Account
from practice.records.assistants import Assistant
from practice.records.insert_once import insert_once
from practice.records.partners import AccountPartner, Bot, BotNumber, NumberGrant, Partner
from practice.records.practices import WHOLE, Practice, Site

_Grant = aliased(AccountPartner)
_PracticeGrant = aliased(AccountPartner)

# One statement for the whole bot: it is asked for on every booking and at the start of every call.
# What belongs to an account comes with the partner's grant of that account alone.
_OF_BOT = (
    "id partner_id name account_id site_id assistant_id language timezone transfer_number webhook_url"
    " embedded sealed_secret sealed_previous_secret previous_secret_until guards_slots confirmation_sms"
    " reminder_sms created_at updated_at"
)
_LOOKUP = (
    select(
        *(getattr(Bot, name) for name in _OF_BOT.split()),
        Partner.strict_idempotency,
        Account.webhook_url.label("account_webhook_url"),
        Account.sealed_secret.label("account_sealed_secret"),
        Practice.id.label("practice_id"),
        Practice.account_id.label("practice_account_id"),
        _PracticeGrant.account_id.label("practice_grant"),
        BotNumber.number,
    )
    .join(Partner, Partner.id == Bot.partner_id)
    .outerjoin(_Grant, (_Grant.account_id == Bot.account_id) & (_Grant.partner_id == Bot.partner_id))
    .outerjoin(Account, Account.id == _Grant.account_id)
    .outerjoin(Practice, Practice.id == Bot.practice_id)
    .outerjoin(
        _PracticeGrant,
        (_PracticeGrant.account_id == Practice.account_id) & (_PracticeGrant.partner_id == Bot.partner_id),
    )
    .outerjoin(BotNumber, BotNumber.bot_id == Bot.id)
)


_OLDEST_FIRST = (Bot.created_at, Bot.id, BotNumber.number)
# Written once: to build such a statement takes longer than to run it.
_EVEN_DELETED = _LOOKUP.where(Bot.id == bindparam("bot_id")).order_by(*_OLDEST_FIRST)
_BY_ID = _EVEN_DELETED.where(Bot.deleted_at.is_(None))
_BY_NUMBER = _LOOKUP.where(
    Bot.id == select(BotNumber.bot_id).where(BotNumber.number == bindparam("wanted")).scalar_subquery(),
    Bot.deleted_at.is_(None),
).order_by(*_OLDEST_FIRST)
_BY_ASSISTANT = _LOOKUP.where(
    Bot.site_id == bindparam("site_id"),
    Bot.assistant_id == bindparam("assistant_id"),
    Bot.deleted_at.is_(None),
).order_by(*_OLDEST_FIRST)


async def find_bot(session: AsyncSession, bot_id: str, *, deleted: bool = False) -> BotView | None:
    """Find a bot; with ``deleted``, also one that was."""
    return await _find(session, _EVEN_DELETED if deleted else _BY_ID, bot_id=bot_id)


async def find_bot_by_number(session: AsyncSession, number: str) -> BotView | None:
    """Find the bot that answers a number."""
    return await _find(session, _BY_NUMBER, wanted=number)


async def find_bot_by_assistant(session: AsyncSession, site_id: int, assistant_id: int) -> BotView | None:
    """Find the oldest bot of an assistant."""
    return await _find(session, _BY_ASSISTANT, site_id=site_id, assistant_id=assistant_id)


async def _find(session: AsyncSession, query: Select[*tuple[Any, ...]], **wanted: Any) -> BotView | None:
    return next(_views(await session.execute(query, wanted)), None)


async def list_bots(
    session: AsyncSession, limit: int, *conditions: ColumnElement[bool], newest_first: bool = False
) -> list[BotView]:
    """List bots that are not deleted and meet the conditions, by age."""
    order = Bot.id.desc() if newest_first else Bot.id
    ids = select(Bot.id).where(Bot.deleted_at.is_(None), *conditions).order_by(order).limit(limit)
    query = _LOOKUP.where(Bot.id.in_(ids)).order_by(order, BotNumber.number)
    return list(_views(await session.execute(query)))


async def give_numbers(session: AsyncSession, bot_id: str, numbers: Iterable[str]) -> None:
    """Give a bot its numbers and take all others from it; the table's key decides who has a number."""
    wanted = sorted(numbers)  # all transactions in the same order: none deadlocks with another
    owned = BotNumber.bot_id == bot_id
    await session.execute(delete(BotNumber).where(owned, BotNumber.number.not_in(wanted)))
    kept = set(await session.scalars(select(BotNumber.number).where(owned)))
    for number in wanted:
        if number in kept:
            continue
        if not await insert_once(session, BotNumber, {"number": number, "bot_id": bot_id}, ["number"]):
            raise PhoneNumberTaken


async def check_grants(session: AsyncSession, bot: Bot, numbers: Collection[str], *, required: bool) -> None:
    """Make sure that a bot may answer numbers: those that it has, and granted ones, where so required."""
    kept = set(await session.scalars(select(BotNumber.number).where(BotNumber.bot_id == bot.id)))
    fresh = set(numbers) - kept
    query = select(NumberGrant.number, NumberGrant.partner_id).where(NumberGrant.number.in_(fresh))
    granted = {row.number: row.partner_id for row in await session.execute(query)}
    if any(partner_id != bot.partner_id for partner_id in granted.values()):
        raise PhoneNumberTaken
    if required and fresh - granted.keys():
        raise PhoneNumberNotGranted


async def find_practice_of_site(session: AsyncSession, site_id: int, partner_id: str) -> Practice | None:
    """Find a site's practice, if the partner was granted its account."""
    query = (
        select(Practice)
        .join(Site, Site.practice_id == Practice.id)
        .join(AccountPartner, AccountPartner.account_id == Practice.account_id)
        .where(Site.id == site_id, AccountPartner.partner_id == partner_id)
    )
    return (await session.scalars(query)).one_or_none()


async def is_at_site(session: AsyncSession, assistant_id: int, site_id: int | None) -> bool:
    """Tell whether an assistant is a site's."""
    query = select(Assistant.id).where(Assistant.id == assistant_id, Assistant.site_id == site_id)
    return await session.scalar(query) is not None


async def find_practice(session: AsyncSession, practice_id: str) -> Practice | None:
    """Find a practice with what is public about it."""
    query = select(Practice).where(Practice.id == practice_id).options(*WHOLE)
    return (await session.scalars(query)).one_or_none()


def _views(rows: Iterable[Any]) -> Iterator[BotView]:
    return (_view(list(group)) for _, group in groupby(rows, key=lambda row: row.id))


def _view(rows: list[Row[*tuple[Any, ...]]]) -> BotView:
    bot = rows[0]
    is_known = bot.practice_grant is not None
    return copy_fields(
        BotView,
        bot,
        practice_id=bot.practice_id if is_known else None,
        site_id=bot.site_id if is_known else None,
        assistant_id=bot.assistant_id if is_known else None,
        phone_numbers=tuple(row.number for row in rows if row.number is not None),
        embedded=bot.embedded and is_known and bot.practice_account_id == bot.account_id,
    )
