"""Accounts: created, listed, given a booking platform."""

from config.settings import RelaySettings
from kit.clock import Clock
from kit.copying import copy_fields
from kit.db.database import Database
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import AccountNotFound, InvalidRequest
from practice.partners import repository
from practice.partners.views import SECRETS, AccountView
from practice.partners.webhooks import LENGTHS, check_webhook_url, is_platform_secret, new_secret
from practice.records.accounts import Account
from practice.service import RecordsService


class Accounts(RecordsService):
    """The accounts that bots answer for."""

    def __init__(
        self, database: Database, clock: Clock, keyring: Keyring, settings: RelaySettings | None = None
    ) -> None:
        super().__init__(database, clock)
        self._vault = Vault(keyring, SECRETS)
        self._settings = settings or RelaySettings()

    async def list_accounts(self) -> list[AccountView]:
        """List all accounts, for the operator."""
        async with self._database.reading() as session:
            grants = await repository.list_grants(session)
            return [
                copy_fields(
                    AccountView,
                    account,
                    practice_id=practice_id,
                    partner_ids=tuple(one.partner_id for one in grants if one.account_id == account.id),
                )
                for account, practice_id in await repository.list_accounts(session)
            ]

    async def set_platform(self, account_id: str, url: str | None, secret: str | None = None) -> str | None:
        """Set or remove the platform of an account's plain bots; gives the secret, to be shown once."""
        if url is not None:
            check_webhook_url(url, self._settings)
        if secret is not None and not is_platform_secret(secret):
            raise InvalidRequest(f"A secret has {LENGTHS.start} to {LENGTHS.stop - 1} printable characters.")
        fresh = None if url is None else secret or new_secret()
        async with self._database.session() as session:
            account = await session.get(Account, account_id)
            if account is None:
                raise AccountNotFound
            account.webhook_url = url
            account.sealed_secret = None if fresh is None else self._vault.seal(fresh)
        return fresh
