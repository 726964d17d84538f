"""The partners' SQL: partners, their keys and the accounts that they were granted."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from practice.records.accounts import Account
from practice.records.base import Moment
from practice.records.insert_once import insert_once
from practice.records.partners import AccountPartner, Bot, BotNumber, NumberGrant, Partner, PartnerKey
from practice.records.practices import Practice

_LIVE_KEY = (
    select(PartnerKey.id, PartnerKey.partner_id, PartnerKey.scopes, PartnerKey.last_used_at, Partner.name)
    .join(Partner, Partner.id == PartnerKey.partner_id)
    .where(
        PartnerKey.sha256 == bindparam("sha256"),
        PartnerKey.revoked_at.is_(None),
        or_(PartnerKey.expires_at.is_(None), PartnerKey.expires_at > bindparam("now", type_=Moment)),
        Partner.disabled_at.is_(None),
    )
)


async def find_live_key(session: AsyncSession, sha256: str, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """Find a key that is good now, of a partner who is not disabled, with that partner's name."""
    return (await session.execute(_LIVE_KEY, {"sha256": sha256, "now": now})).first()


async def list_keys(session: AsyncSession, partner_id: str | None) -> list[PartnerKey]:
    """List a partner's keys, or everybody's, oldest first."""
    query = select(PartnerKey).order_by(PartnerKey.partner_id, PartnerKey.id)
    if partner_id is not None:
        query = query.where(PartnerKey.partner_id == partner_id)
    return list(await session.scalars(query))


async def find_key_for_change(
    session: AsyncSession, partner_id: str | None, key_id: str
) -> PartnerKey | None:
    """Find a key of a partner, or of anybody, and keep others from changing it meanwhile."""
    key = await session.get(PartnerKey, key_id, with_for_update=True)
    return key if key is not None and partner_id in {None, key.partner_id} else None


async def note_use(session: AsyncSession, key_id: str, at: datetime) -> None:
    """Write down that a key was used."""
    later = or_(PartnerKey.last_used_at.is_(None), PartnerKey.last_used_at < at)
    await session.execute(update(PartnerKey).where(PartnerKey.id == key_id, later).values(last_used_at=at))


async def list_grants(session: AsyncSession, partner_id: str | None = None) -> list[AccountPartner]:
    """List who was granted which account."""
    query = select(AccountPartner).order_by(AccountPartner.created_at, AccountPartner.account_id)
    if partner_id is not None:
        query = query.where(AccountPartner.partner_id == partner_id)
    return list(await session.scalars(query))


async def is_granted(session: AsyncSession, account_id: str, partner_id: str) -> bool:
    """Tell whether a partner was granted an account."""
    return await session.get(AccountPartner, (account_id, partner_id)) is not None


async def grant(session: AsyncSession, account_id: str, partner_id: str, now: datetime) -> None:
    """Grant an account, and give the account's practice to the bots that the partner has for it."""
    values = {"account_id": account_id, "partner_id": partner_id, "created_at": now}
    await insert_once(session, AccountPartner, values, ["account_id", "partner_id"])
    practice = select(Practice.id).where(Practice.account_id == account_id).scalar_subquery()
    await session.execute(
        update(Bot)
        .where(Bot.account_id == account_id, Bot.partner_id == partner_id, Bot.practice_id.is_(None))
        .values(practice_id=practice)
    )


async def withdraw(session: AsyncSession, account_id: str, partner_id: str) -> None:
    """Take a grant back."""
    await session.execute(
        delete(AccountPartner).where(
            AccountPartner.account_id == account_id, AccountPartner.partner_id == partner_id
        )
    )


async def grant_number(session: AsyncSession, number: str, partner_id: str, now: datetime) -> None:
    """Grant a number to a partner; who had it by grant or by registering it first has it no more."""
    await session.execute(delete(NumberGrant).where(NumberGrant.number == number))
    session.add(NumberGrant(number=number, partner_id=partner_id, created_at=now))
    others = select(Bot.id).where(Bot.partner_id != partner_id)
    await session.execute(delete(BotNumber).where(BotNumber.number == number, BotNumber.bot_id.in_(others)))


async def withdraw_number(session: AsyncSession, number: str, partner_id: str) -> bool:
    """Take a number's grant back, and the number from the partner's bots; False when it was not granted."""
    found = await session.get(NumberGrant, number)
    if found is None or found.partner_id != partner_id:
        return False
    await session.delete(found)
    await session.execute(delete(BotNumber).where(BotNumber.number == number))
    return True


async def list_accounts(session: AsyncSession) -> list[tuple[Account, str | None]]:
    """List all accounts with their practices' ids, oldest first."""
    query = (
        select(Account, Practice.id)
        .outerjoin(Practice, Practice.account_id == Account.id)
        .order_by(Account.created_at, Account.id)
    )
    return [(account, practice_id) for account, practice_id in await session.execute(query)]


async def make_account(session: AsyncSession, account_id: str, name: str, now: datetime) -> bool:
    """Make an account unless it is there. True when this call made it."""
    values = {"id": account_id, "name": name, "created_at": now}
    return await insert_once(session, Account, values, ["id"])
