"""Bots: registered, looked up, changed, deleted."""

from datetime import timedelta
from typing import Any, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import RelaySettings
from kit.clock import Clock, system_clock
from kit.db.database import Database
from kit.ids import is_id, new_id
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import BotNotFound, InvalidRequest
from practice.partners import bot_repository, repository
from practice.partners.bot_fields import DEFAULT_LANGUAGE, BotFields
from practice.partners.bot_row import apply_fields, require_account
from practice.partners.page import closed, opened
from practice.partners.profile import describe
from practice.partners.views import SECRETS, BotView
from practice.partners.webhooks import new_secret
from practice.records.partners import Bot


class Bots:
    """The partners' bots.

    Args:
        wall_clock: The machine's time, which replaced secrets expire by.
        settings: How long a replaced secret is still valid.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keyring: Keyring,
        *,
        wall_clock: Clock = system_clock,
        settings: RelaySettings | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._wall_clock = wall_clock
        self._vault = Vault(keyring, SECRETS)
        self._settings = settings or RelaySettings()

    async def get_bot(self, partner_id: str, bot_id: str) -> BotView:
        """Get a partner's bot.

        Args:
            bot_id: ``bot_…``.

        Raises:
            BotNotFound: There is none, or it is another partner's.
        """
        bot = await self.find_bot(bot_id)
        if bot is None or bot.partner_id != partner_id:
            raise BotNotFound
        return bot

    async def find_bot(self, bot_id: str, *, deleted: bool = False) -> BotView | None:
        """Find a bot.

        Args:
            bot_id: ``bot_…``; anything else finds nothing.
            deleted: Also one that was deleted, for what it left behind: its bookings go on.

        Returns:
            The bot or None.
        """
        if not is_id(bot_id, "bot"):
            return None
        async with self._database.reading() as session:
            return await bot_repository.find_bot(session, bot_id, deleted=deleted)

    async def find_bot_by_number(self, number: str) -> BotView | None:
        """Find the bot that answers a number.

        Args:
            number: E.164.

        Returns:
            The bot or None.
        """
        async with self._database.reading() as session:
            return await bot_repository.find_bot_by_number(session, number)

    async def find_bot_by_assistant(self, site_id: int, assistant_id: int) -> BotView | None:
        """Find the oldest bot of an assistant.

        Returns:
            The bot or None.
        """
        async with self._database.reading() as session:
            return await bot_repository.find_bot_by_assistant(session, site_id, assistant_id)

    async def find_bot_by_site(self, site_id: int) -> BotView | None:
        """Find the oldest bot of a site.

        Returns:
            The bot or None.
        """
        async with self._database.reading() as session:
            found = await bot_repository.list_bots(session, 1, Bot.site_id == site_id)
        return found[0] if found else None

    async def list_bots(self, limit: int = 100) -> list[BotView]:
        """List the installation's bots, for its operator."""
        async with self._database.reading() as session:
            return await bot_repository.list_bots(session, limit)

    async def page_of_bots(
        self, partner_id: str, limit: int, page: str | None = None
    ) -> tuple[list[BotView], str | None]:
        """List a partner's bots, newest first.

        Args:
            page: Where the page before this one ended, as it said; None begins.

        Returns:
            The bots, and where the next page begins, None after the last.

        Raises:
            InvalidRequest: ``page`` is not one that a page gave.
        """
        conditions = [Bot.partner_id == partner_id]
        if page is not None:
            conditions.append(Bot.id < opened(page))
        async with self._database.reading() as session:
            bots = await bot_repository.list_bots(session, limit + 1, *conditions, newest_first=True)
        shown = bots[:limit]
        return shown, closed(shown[-1].id) if len(bots) > limit else None

    async def create_bot(self, partner_id: str, **fields: Unpack[BotFields]) -> BotView:
        """Register a bot.

        With a webhook, the account may be any: one that nobody has named before is made. Naming an account
        gives the partner nothing of it, or whoever is first to name one would later have the calendar, the
        platform and the secret of those whose it is. That takes a grant, which the operator gives; and
        without a webhook there has to be one.

        Args:
            **fields: ``name`` and ``account_id``, and whatever else is known.

        Raises:
            AccountNotFound: The account is not the partner's, and there is no webhook.
            SiteNotFound: The site belongs to no account of the partner's.
            AssistantNotFound: The assistant is not the site's.
            PhoneNumberTaken: Another bot has one of the numbers.
        """
        now, account_id = self._clock(), fields["account_id"]
        url = fields.get("webhook_url")
        bot = Bot(
            id=new_id("bot", now),
            partner_id=partner_id,
            account_id=account_id,
            name=fields["name"],
            language=DEFAULT_LANGUAGE,
            timezone="UTC",
            embedded=url is None,
            webhook_url=url,
            sealed_secret=None if url is None else self._vault.seal(_secret_for(fields)),
            confirmation_sms=False,
            reminder_sms=False,
            created_at=now,
        )
        async with self._database.session() as session:
            if url is None:
                await require_account(session, bot)
            else:
                # Not called by what the bot is: the operator, who grants accounts, sees their names.
                await repository.make_account(session, account_id, account_id, now)
            await apply_fields(
                session, bot, {"timezone": None, "site_id": None, "assistant_id": None, **fields}
            )
            session.add(bot)
            await session.flush()
            await bot_repository.give_numbers(session, bot.id, fields.get("phone_numbers", ()))
        return await self.get_bot(partner_id, bot.id)

    async def update_bot(self, partner_id: str, bot_id: str, **changes: Unpack[BotFields]) -> BotView:
        """Change a bot.

        A replaced webhook secret is tried for some hours more where the platform refuses the new one.

        Args:
            bot_id: ``bot_…``.

        Raises:
            BotNotFound: There is none, or it is another partner's.
            InvalidRequest: The account cannot be changed, or there is no webhook to have a secret.
            AccountNotFound: Without its webhook the bot would need an account that is not the partner's.
            SiteNotFound: The site belongs to no account of the partner's.
            AssistantNotFound: The assistant is not the site's.
            PhoneNumberTaken: Another bot has one of the numbers.
        """
        async with self._database.session() as session:
            bot = await _get(session, partner_id, bot_id)
            if changes.get("account_id", bot.account_id) != bot.account_id:
                raise InvalidRequest("account_id cannot be changed; register another bot.")
            if "webhook_url" in changes or "webhook_secret" in changes:
                self._change_webhook(bot, changes)
                if bot.webhook_url is None:
                    await require_account(session, bot)
            await apply_fields(session, bot, dict(changes))
            bot.updated_at = self._clock()
            if "phone_numbers" in changes:
                await bot_repository.give_numbers(session, bot.id, changes["phone_numbers"])
        return await self.get_bot(partner_id, bot_id)

    async def delete_bot(self, partner_id: str, bot_id: str) -> None:
        """Delete a bot: its numbers are free from now on, its bookings are kept.

        Args:
            bot_id: ``bot_…``.

        Raises:
            BotNotFound: There is none, or it is another partner's.
        """
        async with self._database.session() as session:
            bot = await _get(session, partner_id, bot_id)
            bot.deleted_at = self._clock()
            await bot_repository.give_numbers(session, bot.id, ())

    def secret_of(self, bot: BotView) -> str | None:
        """Tell the secret of a bot's own webhook, to be shown once.

        Returns:
            The secret in plain, or None when it has no webhook.
        """
        return None if bot.sealed_secret is None else self._vault.open(bot.sealed_secret)

    async def profile(self, bot_id: str) -> dict[str, Any]:
        """Describe a bot and its practice.

        Args:
            bot_id: ``bot_…``.

        Returns:
            The ``BotProfile`` of the Partner API.

        Raises:
            BotNotFound: There is none.
        """
        bot = await self.find_bot(bot_id)
        if bot is None:
            raise BotNotFound
        return await self.describe(bot)

    async def describe(self, bot: BotView) -> dict[str, Any]:
        """Describe a bot that was looked up already, and its practice.

        Returns:
            The ``BotProfile`` of the Partner API.
        """
        practice = None
        if bot.practice_id is not None:
            async with self._database.reading() as session:
                practice = await bot_repository.find_practice(session, bot.practice_id)
        return describe(bot, practice, self._clock().astimezone(ZoneInfo(bot.timezone)).date())

    def _change_webhook(self, bot: Bot, changes: BotFields) -> None:
        bot.webhook_url = changes.get("webhook_url", bot.webhook_url)
        bot.embedded = bot.webhook_url is None
        if bot.webhook_url is None:
            if "webhook_secret" in changes:
                raise InvalidRequest("scheduling.webhook_url is required.")
            bot.sealed_secret = bot.sealed_previous_secret = bot.previous_secret_until = None
        elif "webhook_secret" in changes or bot.sealed_secret is None:
            bot.sealed_previous_secret = bot.sealed_secret
            overlap = timedelta(hours=self._settings.secret_overlap_hours)
            bot.previous_secret_until = self._wall_clock() + overlap if bot.sealed_secret else None
            bot.sealed_secret = self._vault.seal(_secret_for(changes))


async def _get(session: AsyncSession, partner_id: str, bot_id: str) -> Bot:
    found = None
    if is_id(bot_id, "bot"):
        found = await bot_repository.get_for_change(session, partner_id, bot_id)
    if found is None:
        raise BotNotFound
    return found


def _secret_for(fields: BotFields) -> str:
    return fields.get("webhook_secret") or new_secret()
