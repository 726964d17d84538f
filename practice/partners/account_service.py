"""Accounts: made, listed, given a platform."""

from kit.http.addresses import Networks, UrlRefused, check_url
from kit.ids import new_id
from practice.errors import AccountNotFound, InvalidRequest
from practice.partners import repository
from practice.partners.secrets import LENGTHS, is_platform_secret, new_secret
from practice.partners.store import Store
from practice.partners.views import AccountView
from practice.records.accounts import Account


class Accounts(Store):
    """The accounts that bots answer for."""

    async def create_account(self, name: str) -> str:
        """Make an account.

        Returns:
            ``acct_…``.
        """
        now = self._clock()
        account = Account(id=new_id("acct", now), name=name, created_at=now)
        async with self._database.session() as session:
            session.add(account)
        return account.id

    async def list_accounts(self) -> list[AccountView]:
        """List all accounts, for the operator."""
        async with self._database.reading() as session:
            grants = await repository.list_grants(session)
            return [
                AccountView(
                    id=account.id,
                    name=account.name,
                    practice_id=practice_id,
                    webhook_url=account.webhook_url,
                    created_at=account.created_at,
                    partner_ids=tuple(one.partner_id for one in grants if one.account_id == account.id),
                )
                for account, practice_id in await repository.list_accounts(session)
            ]

    async def set_platform(self, account_id: str, url: str | None, secret: str | None = None) -> str | None:
        """Say where bots book that are granted an account and have neither webhook nor calendar.

        Args:
            account_id: ``acct_…``.
            url: The platform's base URL; None takes the platform away.
            secret: What requests are signed with from now on; None makes one.

        Returns:
            The secret, to be shown once; None when the platform is taken away.

        Raises:
            AccountNotFound: There is no such account.
            InvalidRequest: The URL is none that may be called, or the secret is none.
        """
        if url is not None:
            self._check_url(url)
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

    def _check_url(self, url: str, *, with_query: bool = False) -> None:
        networks = Networks.parse(self._settings.allowed_networks)
        try:
            check_url(url, networks, allow_http=self._settings.allow_http, with_query=with_query)
        except UrlRefused as error:
            raise InvalidRequest(f"The URL {error}") from error
