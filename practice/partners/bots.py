"""Bots: registered, looked up, changed, deleted."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import RelaySettings
from contracts.partner import BotProfile, BotScheduling
from contracts.partner_bots import BotChanges, BotRegistration, ChangedScheduling
from kit.clock import Clock, system_clock
from kit.db.database import Database
from kit.ids import is_id, new_id
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import BotNotFound, InvalidRequest
from practice.partners import bot_repository, profile, repository
from practice.partners.bot_row import DEFAULT_LANGUAGE, apply_settings, require_account
from practice.partners.page import bot_before, cursor_after
from practice.partners.views import SECRETS, BotView, SavedBot
from practice.partners.webhooks import check_webhook_url, new_secret
from practice.records.finding import find_by
from practice.records.partners import Bot
from practice.service import RecordsService


class Bots(RecordsService):
    """The partners' bots, which may have any number or only those that were granted to their partners."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keyring: Keyring,
        *,
        wall_clock: Clock = system_clock,
        settings: RelaySettings | None = None,
        numbers_granted: bool = False,
    ) -> None:
        super().__init__(database, clock)
        self._wall_clock = wall_clock
        self._vault = Vault(keyring, SECRETS)
        self._settings = settings or RelaySettings()
        self._numbers_granted = numbers_granted

    async def get_bot(self, partner_id: str, bot_id: str) -> BotView:
        """Get a partner's bot."""
        bot = await self.find_bot(bot_id)
        if bot is None or bot.partner_id != partner_id:
            raise BotNotFound
        return bot

    async def find_bot(self, bot_id: str, *, deleted: bool = False) -> BotView | None:
        """Find a bot by ``bot_…``; with ``deleted``, also one that was deleted, whose bookings go on."""
        if not is_id(bot_id, "bot"):
            return None
        async with self._database.lookup() as session:
            return await bot_repository.find_bot(session, bot_id, deleted=deleted)

    async def find_bot_by_number(self, number: str) -> BotView | None:
        """Find the bot that answers a number (E.164)."""
        async with self._database.lookup() as session:
            return await bot_repository.find_bot_by_number(session, number)

    async def find_bot_by_assistant(self, site_id: int, assistant_id: int) -> BotView | None:
        """Find the oldest bot of an assistant."""
        async with self._database.lookup() as session:
            return await bot_repository.find_bot_by_assistant(session, site_id, assistant_id)

    async def find_bot_by_site(self, site_id: int) -> BotView | None:
        """Find the oldest bot of a site."""
        async with self._database.reading() as session:
            found = await bot_repository.list_bots(session, 1, Bot.site_id == site_id)
        return found[0] if found else None

    async def list_bots_of_site(self, site_id: int, limit: int = 100) -> list[BotView]:
        """List the bots of a site, oldest first."""
        async with self._database.reading() as session:
            return await bot_repository.list_bots(session, limit, Bot.site_id == site_id)

    async def list_bots(self, limit: int = 100) -> list[BotView]:
        """List the installation's bots, for its operator."""
        async with self._database.reading() as session:
            return await bot_repository.list_bots(session, limit)

    async def page_of_bots(
        self, partner_id: str, limit: int, cursor: str | None = None
    ) -> tuple[list[BotView], str | None]:
        """List a partner's bots, newest first; the cursor is what the page before gave, or None."""
        conditions = [Bot.partner_id == partner_id]
        if cursor is not None:
            conditions.append(Bot.id < bot_before(cursor))
        async with self._database.reading() as session:
            bots = await bot_repository.list_bots(session, limit + 1, *conditions, newest_first=True)
        shown = bots[:limit]
        return shown, cursor_after(shown[-1].id) if len(bots) > limit else None

    async def create_bot(self, partner_id: str, registration: BotRegistration) -> SavedBot:
        """Register a bot.

        With a webhook, the account may be any: one that nobody has named before is made. Naming an account
        gives the partner nothing of it, or whoever is first to name one would later have the calendar, the
        platform and the secret of its owner. That takes a grant, which the operator gives; and without a
        webhook there has to be one.

        Raises:
            AccountNotFound: The account is not the partner's, and there is no webhook.
            InvalidRequest: The webhook's URL may not be called.
            PhoneNumberTaken: Another bot has one of the numbers, or another partner was granted it.
        """
        now, scheduling = self._clock(), registration.scheduling
        bot = Bot(
            id=new_id("bot", now),
            partner_id=partner_id,
            account_id=registration.account_id,
            language=DEFAULT_LANGUAGE,
            embedded=scheduling is None,
            created_at=now,
        )
        secret = None
        if scheduling is not None:
            secret = self._set_webhook(bot, scheduling.webhook_url, scheduling.webhook_secret)
        async with self._database.session() as session:
            if scheduling is None:
                await require_account(session, bot)
            else:
                # Not called by what the bot is: the operator, who grants accounts, sees their names.
                await repository.make_account(session, bot.account_id, bot.account_id, now)
            await apply_settings(session, bot, registration, set(BotRegistration.model_fields))
            return SavedBot(await self._write(session, bot, registration.phone_numbers or ()), secret)

    async def update_bot(self, partner_id: str, bot_id: str, changes: BotChanges) -> SavedBot:
        """Change a bot.

        A replaced webhook secret is tried for some hours more where the platform refuses the new one.

        Raises:
            InvalidRequest: The account cannot be changed, the webhook's URL may not be called, or there is
                no webhook to have a secret.
            AccountNotFound: Without its webhook the bot would need an account that is not the partner's.
            PhoneNumberTaken: Another bot has one of the numbers, or another partner was granted it.
        """
        given, secret = changes.model_fields_set, None
        async with self._database.session() as session:
            bot = await _get(session, partner_id, bot_id)
            if "account_id" in given and changes.account_id != bot.account_id:
                raise InvalidRequest("account_id cannot be changed; register another bot.")
            if "scheduling" in given:
                secret = self._change_webhook(bot, changes.scheduling)
                if bot.webhook_url is None:
                    await require_account(session, bot)
            await apply_settings(session, bot, changes, given)
            bot.updated_at = self._clock()
            numbers = changes.phone_numbers or () if "phone_numbers" in given else None
            return SavedBot(await self._write(session, bot, numbers), secret)

    async def delete_bot(self, partner_id: str, bot_id: str) -> None:
        """Delete a bot: its numbers are free from now on, its bookings are kept."""
        async with self._database.session() as session:
            bot = await _get(session, partner_id, bot_id)
            bot.deleted_at = self._clock()
            await bot_repository.give_numbers(session, bot.id, ())

    async def describe(self, bot: BotView, webhook_secret: str | None = None) -> BotProfile:
        """Describe a bot and its practice, with its webhook's secret where that is new."""
        described, practice = profile.describe(bot), None
        if bot.practice_id is not None:
            today = self._clock().astimezone(ZoneInfo(bot.timezone)).date()
            async with self._database.reading() as session:
                found = await bot_repository.find_practice(session, bot.practice_id)
            practice = profile.practice_facts(found, today) if found is not None else None
        described.practice = practice
        if bot.webhook_url is not None and webhook_secret is not None:
            described.scheduling = BotScheduling(webhook_url=bot.webhook_url, webhook_secret=webhook_secret)
        return described

    def _change_webhook(self, bot: Bot, scheduling: ChangedScheduling | None) -> str | None:
        """Change a bot's webhook; give its secret where it is new."""
        if scheduling is None:
            bot.webhook_url, bot.embedded = None, True
            bot.sealed_secret = bot.sealed_previous_secret = bot.previous_secret_until = None
            return None
        wants_secret = bool(scheduling.rotate_secret) or scheduling.webhook_secret is not None
        url = scheduling.webhook_url or bot.webhook_url
        if url is None:
            if wants_secret:
                raise InvalidRequest("scheduling.webhook_url is required.")
            return None
        if bot.sealed_secret is None or wants_secret:
            return self._set_webhook(bot, url, scheduling.webhook_secret)
        self._set_url(bot, url)
        return None

    def _set_webhook(self, bot: Bot, url: str, secret: str | None) -> str:
        """Give a bot a webhook with a secret, a new one when there is none."""
        self._set_url(bot, url)
        secret = secret or new_secret()
        overlap = timedelta(hours=self._settings.secret_overlap_hours)
        bot.sealed_previous_secret = bot.sealed_secret
        bot.previous_secret_until = self._wall_clock() + overlap if bot.sealed_secret else None
        bot.sealed_secret = self._vault.seal(secret)
        return secret

    async def _write(self, session: AsyncSession, bot: Bot, numbers: Iterable[str] | None) -> BotView:
        """Write a bot, and its numbers where they are given; read what others see of it."""
        session.add(bot)
        await session.flush()
        if numbers is not None:
            wanted = set(numbers)
            await bot_repository.check_grants(session, bot, wanted, required=self._numbers_granted)
            await bot_repository.give_numbers(session, bot.id, wanted)
        written = await bot_repository.find_bot(session, bot.id)
        if written is None:
            raise BotNotFound
        return written

    def _set_url(self, bot: Bot, url: str) -> None:
        check_webhook_url(url, self._settings, named="scheduling.webhook_url")
        bot.webhook_url, bot.embedded = url, False


async def _get(session: AsyncSession, partner_id: str, bot_id: str) -> Bot:
    found = None
    if is_id(bot_id, "bot"):
        found = await find_by(session, Bot, id=bot_id, partner_id=partner_id, deleted_at=None, lock=True)
    if found is None:
        raise BotNotFound
    return found
