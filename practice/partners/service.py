"""Partners: keys checked, bots looked up, both made."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from config.clock import Clock
from config.database import Database
from config.keyring import Keyring
from practice.errors import BotNotFound, InvalidApiKey
from practice.ids import is_id, new_id
from practice.partners import keys, repository
from practice.partners.profile import describe
from practice.partners.views import SECRETS, BotView, KeyView, PartnerPrincipal
from practice.records.accounts import Account
from practice.records.partners import Bot, BotNumber, Partner, PartnerKey
from practice.vault import Vault


class Partners:
    """Partners, their keys and their bots."""

    def __init__(self, database: Database, clock: Clock, keyring: Keyring) -> None:
        self._database = database
        self._clock = clock
        self._vault = Vault(keyring, SECRETS)

    async def authenticate(self, key: str) -> PartnerPrincipal:
        """Find who stands behind a key.

        Args:
            key: The bearer token.

        Returns:
            The partner.

        Raises:
            InvalidApiKey: Malformed, unknown, expired or revoked, or its partner is disabled.
        """
        if not keys.is_well_formed(key):
            raise InvalidApiKey
        async with self._database.reading() as session:
            found = await repository.find_live_key(session, keys.fingerprint(key), self._clock())
        if found is None:
            raise InvalidApiKey
        scopes = None if found.scopes is None else frozenset(found.scopes)
        return PartnerPrincipal(found.partner_id, found.partner.name, found.id, scopes)

    async def get_bot(self, partner_id: str, bot_id: str) -> BotView:
        """Get a partner's bot.

        Args:
            partner_id: Who asks.
            bot_id: ``bot_…``.

        Returns:
            The bot.

        Raises:
            BotNotFound: There is none, or it is another partner's.
        """
        bot = await self.find_bot(bot_id)
        if bot is None or bot.partner_id != partner_id:
            raise BotNotFound
        return bot

    async def find_bot(self, bot_id: str) -> BotView | None:
        """Find a bot.

        Args:
            bot_id: ``bot_…``; anything else finds nothing.

        Returns:
            The bot or None.
        """
        return await self._find(Bot.id == bot_id) if is_id(bot_id, "bot") else None

    async def find_bot_by_number(self, number: str) -> BotView | None:
        """Find the bot that answers a number.

        Args:
            number: E.164.

        Returns:
            The bot or None.
        """
        async with self._database.reading() as session:
            bot_id = await repository.find_bot_id_by_number(session, number)
        return None if bot_id is None else await self.find_bot(bot_id)

    async def find_bot_by_assistant(self, site_id: int, assistant_id: int) -> BotView | None:
        """Find the oldest bot of an assistant.

        Args:
            site_id: The assistant's site.
            assistant_id: The assistant.

        Returns:
            The bot or None.
        """
        return await self._find(Bot.site_id == site_id, Bot.assistant_id == assistant_id)

    async def list_bots(self, limit: int = 100) -> list[BotView]:
        """List the installation's bots, for its operator.

        Args:
            limit: At most this many.

        Returns:
            Bots of all partners, oldest first.
        """
        async with self._database.reading() as session:
            return [_view(bot) for bot in await repository.list_bots(session, limit)]

    async def create_account(self, name: str) -> str:
        """Make an account.

        Args:
            name: What the customer is called.

        Returns:
            ``acct_…``.
        """
        now = self._clock()
        account = Account(id=new_id("acct", now), name=name, created_at=now)
        async with self._database.session() as session:
            session.add(account)
        return account.id

    async def create_partner(self, name: str, *, strict_idempotency: bool = False) -> str:
        """Make a partner.

        Args:
            name: What they are called.
            strict_idempotency: Refuse a key that comes again with another body.

        Returns:
            ``ptnr_…``.
        """
        now = self._clock()
        partner = Partner(
            id=new_id("ptnr", now), name=name, strict_idempotency=strict_idempotency, created_at=now
        )
        async with self._database.session() as session:
            session.add(partner)
        return partner.id

    async def create_key(self, partner_id: str) -> str:
        """Make a key for a partner.

        Args:
            partner_id: ``ptnr_…``.

        Returns:
            The plaintext, which is stored nowhere.
        """
        key, now = keys.new_key(), self._clock()
        record = PartnerKey(
            id=new_id("key", now),
            partner_id=partner_id,
            prefix=keys.shown(key),
            sha256=keys.fingerprint(key),
            created_at=now,
        )
        async with self._database.session() as session:
            session.add(record)
        return key

    async def list_keys(self, partner_id: str) -> list[KeyView]:
        """List a partner's keys.

        Args:
            partner_id: Whose.

        Returns:
            Oldest first, without the keys themselves.
        """
        async with self._database.reading() as session:
            return [
                KeyView(one.id, one.prefix, one.created_at, one.revoked_at)
                for one in await repository.list_keys(session, partner_id)
            ]

    async def revoke_key(self, partner_id: str, key_id: str) -> None:
        """Revoke a partner's key; from now on it opens nothing.

        Args:
            partner_id: Whose it is.
            key_id: ``key_…``.
        """
        async with self._database.session() as session:
            await repository.revoke_key(session, partner_id, key_id, self._clock())

    async def create_bot(
        self,
        partner_id: str,
        *,
        name: str,
        account_id: str,
        timezone: str,
        practice_id: str | None = None,
        site_id: int | None = None,
        assistant_id: int | None = None,
        phone_numbers: tuple[str, ...] = (),
        language: str = "en-US",
        transfer_number: str | None = None,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        embedded: bool = False,
    ) -> BotView:
        """Register a bot.

        Args:
            partner_id: Whose it is.
            name: What it is called.
            account_id: Whom it answers for.
            timezone: IANA name.
            practice_id: The practice, when kept here.
            site_id: Its site.
            assistant_id: Its assistant.
            phone_numbers: E.164; each belongs to one bot.
            language: BCP 47 tag.
            transfer_number: E.164 number of a person.
            webhook_url: The platform's base URL.
            webhook_secret: The platform's secret, prefix included.
            embedded: The embedded calendar is the platform.

        Returns:
            The bot.
        """
        now = self._clock()
        bot = Bot(
            id=new_id("bot", now),
            partner_id=partner_id,
            account_id=account_id,
            practice_id=practice_id,
            site_id=site_id,
            assistant_id=assistant_id,
            name=name,
            language=language,
            timezone=timezone,
            transfer_number=transfer_number,
            embedded=embedded,
            confirmation_sms=False,
            reminder_sms=False,
            webhook_url=webhook_url,
            sealed_secret=self._vault.seal(webhook_secret) if webhook_secret is not None else None,
            created_at=now,
            numbers=[BotNumber(number=number) for number in phone_numbers],
        )
        async with self._database.session() as session:
            session.add(bot)
        return await self.get_bot(partner_id, bot.id)

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
        practice = None
        if bot.practice_id is not None:
            async with self._database.reading() as session:
                practice = await repository.find_practice(session, bot.practice_id)
        return describe(bot, practice, self._clock().astimezone(ZoneInfo(bot.timezone)).date())

    async def _find(self, *conditions: ColumnElement[bool]) -> BotView | None:
        async with self._database.reading() as session:
            bot = await repository.find_bot(session, *conditions)
        return None if bot is None else _view(bot)


def _view(bot: Bot) -> BotView:
    return BotView(
        id=bot.id,
        partner_id=bot.partner_id,
        name=bot.name,
        account_id=bot.account_id,
        practice_id=bot.practice_id,
        site_id=bot.site_id,
        assistant_id=bot.assistant_id,
        phone_numbers=tuple(number.number for number in bot.numbers),
        language=bot.language,
        timezone=bot.timezone,
        transfer_number=bot.transfer_number,
        webhook_url=bot.webhook_url,
        embedded=bot.embedded,
        strict_idempotency=bot.partner.strict_idempotency,
        sealed_secret=bot.sealed_secret,
    )
