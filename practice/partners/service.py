"""Partners: made, disabled, granted accounts, told of what happens."""

from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from practice.errors import AccountNotFound, PartnerNotFound
from practice.partners import repository
from practice.partners.account_service import Accounts
from practice.partners.bot_service import Bots
from practice.partners.key_service import Keys, check_name
from practice.partners.secrets import checked_event_secret, new_secret
from practice.partners.views import PartnerView
from practice.records.accounts import Account
from practice.records.partners import Partner


class Partners(Keys, Bots, Accounts):
    """Partners, with their keys, their bots and the accounts that these answer for."""

    async def create_partner(self, name: str, *, strict_idempotency: bool = False) -> str:
        """Make a partner.

        Args:
            strict_idempotency: Refuse a key that comes again with another body.

        Returns:
            ``ptnr_…``.

        Raises:
            InvalidRequest: The name is none.
        """
        check_name(name)
        now = self._clock()
        partner = Partner(
            id=new_id("ptnr", now), name=name, strict_idempotency=strict_idempotency, created_at=now
        )
        async with self._database.session() as session:
            session.add(partner)
        return partner.id

    async def list_partners(self) -> list[PartnerView]:
        """List all partners, for the operator."""
        async with self._database.reading() as session:
            grants = await repository.list_grants(session)
            return [
                _view(one, [grant.account_id for grant in grants if grant.partner_id == one.id])
                for one in await repository.list_partners(session)
            ]

    async def get_partner(self, partner_id: str) -> PartnerView:
        """Get a partner.

        Args:
            partner_id: ``ptnr_…``.

        Raises:
            PartnerNotFound: There is none.
        """
        async with self._database.reading() as session:
            partner = await _get(session, partner_id)
            return _view(
                partner, [grant.account_id for grant in await repository.list_grants(session, partner_id)]
            )

    async def disable_partner(self, partner_id: str) -> None:
        """Disable a partner: from now on their keys open nothing. Their bots go on answering the phone.

        Args:
            partner_id: ``ptnr_…``.

        Raises:
            PartnerNotFound: There is none.
        """
        async with self._database.session() as session:
            partner = await _get(session, partner_id)
            partner.disabled_at = partner.disabled_at or self._wall_clock()

    async def enable_partner(self, partner_id: str) -> None:
        """Enable a partner again: their keys are as good as before.

        Args:
            partner_id: ``ptnr_…``.

        Raises:
            PartnerNotFound: There is none.
        """
        async with self._database.session() as session:
            (await _get(session, partner_id)).disabled_at = None

    async def set_strictness(self, partner_id: str, *, strict: bool) -> None:
        """Say what becomes of an Idempotency-Key that comes again with another body.

        Args:
            partner_id: ``ptnr_…``.
            strict: It is refused with 409; otherwise the first booking is the answer.

        Raises:
            PartnerNotFound: There is none.
        """
        async with self._database.session() as session:
            (await _get(session, partner_id)).strict_idempotency = strict

    async def grant_account(self, partner_id: str, account_id: str) -> None:
        """Grant an account: its calendar, its sites, its platform and that platform's secret.

        Args:
            partner_id: ``ptnr_…``.
            account_id: ``acct_…``.

        Raises:
            PartnerNotFound: There is no such partner.
            AccountNotFound: There is no such account.
        """
        async with self._database.session() as session:
            await _get(session, partner_id)
            if await session.get(Account, account_id) is None:
                raise AccountNotFound
            await repository.grant(session, account_id, partner_id, self._clock())

    async def withdraw_account(self, partner_id: str, account_id: str) -> None:
        """Take a grant back: the partner's bots lose what they had by it, at once.

        Args:
            partner_id: ``ptnr_…``.
            account_id: ``acct_…``.

        Raises:
            PartnerNotFound: There is no such partner.
            AccountNotFound: They were not granted such an account.
        """
        async with self._database.session() as session:
            await _get(session, partner_id)
            if not await repository.is_granted(session, account_id, partner_id):
                raise AccountNotFound
            await repository.withdraw(session, account_id, partner_id)

    async def send_events_to(
        self, partner_id: str, url: str | None, secret: str | None = None, *, rotate: bool = False
    ) -> str | None:
        """Say where a partner's events go.

        Args:
            partner_id: ``ptnr_…``.
            url: The address; None ends the events.
            secret: What to sign them with; None keeps the present secret, or makes the first.
            rotate: Make a new secret. The one before it signs beside it for some hours more.

        Returns:
            The secret where it is new, to be shown once; else None.

        Raises:
            PartnerNotFound: There is no such partner.
            InvalidRequest: The address or the secret is none.
        """
        if url is not None:
            self._check_url(url, with_query=True)
        async with self._database.session() as session:
            partner = await _get(session, partner_id)
            partner.event_url = url
            if url is None:
                partner.sealed_event_secret = None
                partner.sealed_previous_event_secret = partner.previous_event_secret_until = None
                return None
            if secret is None and partner.sealed_event_secret is not None and not rotate:
                return None
            fresh = new_secret() if secret is None else checked_event_secret(secret)
            partner.sealed_previous_event_secret = partner.sealed_event_secret
            partner.previous_event_secret_until = (
                self._wall_clock() + self._overlap if partner.sealed_event_secret else None
            )
            partner.sealed_event_secret = self._event_vault.seal(fresh)
        return fresh


async def _get(session: AsyncSession, partner_id: str) -> Partner:
    partner = await session.get(Partner, partner_id)
    if partner is None:
        raise PartnerNotFound
    return partner


def _view(partner: Partner, account_ids: list[str]) -> PartnerView:
    return PartnerView(
        id=partner.id,
        name=partner.name,
        strict_idempotency=partner.strict_idempotency,
        event_url=partner.event_url,
        disabled_at=partner.disabled_at,
        created_at=partner.created_at,
        account_ids=tuple(account_ids),
    )
