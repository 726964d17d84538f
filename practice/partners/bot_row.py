"""Setting the columns of a bot's row from what its partner sent."""

from collections.abc import Set as AbstractSet

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.partner_bots import BotSettings
from language.phone import is_costly
from practice.errors import AccountNotFound, AssistantNotFound, InvalidRequest, SiteNotFound
from practice.partners import bot_repository, repository
from practice.records.finding import find_by
from practice.records.partners import Bot, BotNumber
from practice.records.practices import Practice

DEFAULT_LANGUAGE = "en-US"


async def require_account(session: AsyncSession, bot: Bot) -> None:
    """Make sure that a bot's partner was granted its account; else AccountNotFound."""
    if not await repository.is_granted(session, bot.account_id, bot.partner_id):
        raise AccountNotFound


async def apply_settings(session: AsyncSession, bot: Bot, sent: BotSettings, given: AbstractSet[str]) -> None:
    """Set a bot's columns that were given, null clearing a field, and what follows from them."""
    values = {
        "name": sent.name,
        "language": sent.language or DEFAULT_LANGUAGE,
        "transfer_number": sent.transfer_number,
        "guards_slots": sent.guards_slots,
        "confirmation_sms": sent.confirmation_sms or False,
        "reminder_sms": sent.reminder_sms or False,
    }
    if "transfer_number" in given and sent.transfer_number is not None:
        await _check_transfer(session, sent.transfer_number)
    for name in values.keys() & given:
        setattr(bot, name, values[name])
    granted = await repository.is_granted(session, bot.account_id, bot.partner_id)
    practice = await find_by(session, Practice, account_id=bot.account_id) if granted else None
    if {"site_id", "assistant_id"} & given:
        practice = await _place(session, bot, sent, given, practice)
        bot.practice_id = None if practice is None else practice.id
    elif practice is not None and bot.practice_id is None:
        bot.practice_id = practice.id
    if "timezone" in given:
        bot.timezone = sent.timezone or (practice.timezone if practice is not None else "UTC")


async def _check_transfer(session: AsyncSession, number: str) -> None:
    """Make sure that callers can be put through to a number at an ordinary call's price, and to a person."""
    if is_costly(number):
        raise InvalidRequest("transfer_number costs extra; it cannot be rung.")
    if await session.get(BotNumber, number) is not None:
        raise InvalidRequest("transfer_number is answered by a bot; it cannot be rung.")


async def _place(
    session: AsyncSession, bot: Bot, sent: BotSettings, given: AbstractSet[str], practice: Practice | None
) -> Practice | None:
    """Set a bot's site and assistant; give its practice, which is the site's where its account has none."""
    site_id = sent.site_id if "site_id" in given else bot.site_id
    assistant_id = bot.assistant_id
    if "assistant_id" in given:
        assistant_id = sent.assistant_id
    elif site_id != bot.site_id:
        assistant_id = None  # it was the other site's
    if assistant_id is not None and site_id is None:
        raise InvalidRequest("site_id is required where there is an assistant_id.")
    if site_id is not None:
        of_site = await bot_repository.find_practice_of_site(session, site_id, bot.partner_id)
        if of_site is None or (practice is not None and practice.id != of_site.id):
            raise SiteNotFound("site_id names no site of an account of yours.")
        practice = of_site
    if assistant_id is not None and not await bot_repository.is_at_site(session, assistant_id, site_id):
        raise AssistantNotFound("assistant_id names no assistant of that site.")
    bot.site_id, bot.assistant_id = site_id, assistant_id
    return practice
