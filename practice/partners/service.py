"""Partners: keys checked, bots looked up, both made."""

from typing import Any

from config.clock import Clock
from config.database import Database
from config.keyring import Keyring
from practice.partners.views import BotView, PartnerPrincipal


class Partners:
    """Partners, their keys and their bots."""

    def __init__(self, database: Database, clock: Clock, keyring: Keyring) -> None:
        self._database, self._clock, self._keyring = database, clock, keyring

    async def authenticate(self, key: str) -> PartnerPrincipal:
        """Find who stands behind a key (raises InvalidApiKey)."""
        raise NotImplementedError

    async def get_bot(self, partner_id: str, bot_id: str) -> BotView:
        """Get a partner's bot (raises BotNotFound)."""
        raise NotImplementedError

    async def find_bot(self, bot_id: str) -> BotView | None:
        """Find a bot by id."""
        raise NotImplementedError

    async def find_bot_by_number(self, number: str) -> BotView | None:
        """Find the bot that owns a number (E.164)."""
        raise NotImplementedError

    async def find_bot_by_assistant(self, site_id: int, assistant_id: int) -> BotView | None:
        """Find the (oldest) bot of an assistant; the chat door needs it."""
        raise NotImplementedError

    async def create_partner(self, name: str, *, strict_idempotency: bool = False) -> str:
        """Create a partner; gives its id."""
        raise NotImplementedError

    async def create_key(self, partner_id: str) -> str:
        """Create a key; the plaintext is given this once."""
        raise NotImplementedError

    async def revoke_key(self, partner_id: str, key_id: str) -> None:
        """Revoke a key."""
        raise NotImplementedError

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
        """Register a bot."""
        raise NotImplementedError

    async def profile(self, bot_id: str) -> dict[str, Any]:
        """Describe a bot and its practice (the BotProfile shape)."""
        raise NotImplementedError
