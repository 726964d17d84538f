"""What a bot's row becomes of the fields that a partner gave."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from practice.errors import AccountNotFound, AssistantNotFound, InvalidRequest, SiteNotFound
from practice.partners import bot_repository, repository
from practice.records.partners import Bot
from practice.records.practices import Practice

_PLAIN = ("name", "language", "transfer_number", "guards_slots", "confirmation_sms", "reminder_sms")
"""Fields that are kept as they are said."""


async def require_account(session: AsyncSession, bot: Bot) -> None:
    """Make sure that a bot's partner was granted its account.

    Raises:
        AccountNotFound: They were not, or there is no such account.
    """
    if not await repository.is_granted(session, bot.account_id, bot.partner_id):
        raise AccountNotFound


async def apply_fields(session: AsyncSession, bot: Bot, fields: Mapping[str, Any]) -> None:
    """Put fields into a bot's row, and what follows from them.

    Args:
        bot: The row; its webhook is set already.
        fields: As in ``BotFields``.

    Raises:
        InvalidRequest: There is an assistant without a site.
        SiteNotFound: The site belongs to no account of the partner's.
        AssistantNotFound: The assistant is not the site's.
    """
    for name in _PLAIN:
        if name in fields:
            setattr(bot, name, fields[name])
    granted = await repository.is_granted(session, bot.account_id, bot.partner_id)
    practice = await bot_repository.find_practice_of(session, bot.account_id) if granted else None
    if "site_id" in fields or "assistant_id" in fields:
        practice = await _place(session, bot, fields, practice)
        bot.practice_id = None if practice is None else practice.id
    elif practice is not None and bot.practice_id is None:
        bot.practice_id = practice.id
    if "timezone" in fields:
        bot.timezone = fields["timezone"] or (practice.timezone if practice is not None else "UTC")


async def _place(
    session: AsyncSession, bot: Bot, fields: Mapping[str, Any], practice: Practice | None
) -> Practice | None:
    """Set a bot's site and assistant; give its practice, which is the site's where its account has none."""
    site_id, assistant_id = fields.get("site_id", bot.site_id), bot.assistant_id
    if "assistant_id" in fields:
        assistant_id = fields["assistant_id"]
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
