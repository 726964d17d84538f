"""Partners: created, disabled, granted accounts, sent events."""

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import RelaySettings
from contracts.partner_bots import E164_PATTERN
from kit.clock import Clock, system_clock
from kit.copying import copy_fields
from kit.db.database import Database
from kit.ids import new_id
from kit.keyring import Keyring
from kit.vault import Vault
from practice.errors import AccountNotFound, InvalidRequest, PartnerNotFound
from practice.partners import repository
from practice.partners.keys import check_name
from practice.partners.views import EVENT_SECRETS, PartnerView
from practice.partners.webhooks import check_webhook_url, checked_event_secret, new_secret
from practice.records.accounts import Account
from practice.records.partners import Partner
from practice.service import RecordsService


class Partners(RecordsService):
    """Partners, the accounts that they were granted, and where their events go."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        keyring: Keyring,
        *,
        wall_clock: Clock = system_clock,
        settings: RelaySettings | None = None,
    ) -> None:
        super().__init__(database, clock)
        self._wall_clock = wall_clock
        self._vault = Vault(keyring, EVENT_SECRETS)
        self._settings = settings or RelaySettings()

    async def create_partner(self, name: str, *, strict_idempotency: bool = False) -> str:
        """Create a partner; a strict one has an Idempotency-Key refused that comes with another body."""
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
                for one in list(
                    await session.scalars(select(Partner).order_by(Partner.created_at, Partner.id))
                )
            ]

    async def get_partner(self, partner_id: str) -> PartnerView:
        """Get a partner."""
        async with self._database.reading() as session:
            partner = await _get(session, partner_id)
            return _view(
                partner, [grant.account_id for grant in await repository.list_grants(session, partner_id)]
            )

    async def disable_partner(self, partner_id: str) -> None:
        """Disable a partner: from now on their keys are refused. Their bots go on answering the phone."""
        async with self._database.session() as session:
            partner = await _get(session, partner_id)
            partner.disabled_at = partner.disabled_at or self._wall_clock()

    async def enable_partner(self, partner_id: str) -> None:
        """Enable a partner again: their keys are as valid as before."""
        async with self._database.session() as session:
            (await _get(session, partner_id)).disabled_at = None

    async def set_strictness(self, partner_id: str, *, strict: bool) -> None:
        """Set whether an Idempotency-Key that comes again with another body is refused (409).

        Otherwise it gets the first booking.
        """
        async with self._database.session() as session:
            (await _get(session, partner_id)).strict_idempotency = strict

    async def grant_account(self, partner_id: str, account_id: str) -> None:
        """Grant an account: its calendar, its sites, its platform and that platform's secret."""
        async with self._database.session() as session:
            await _get(session, partner_id)
            if await session.get(Account, account_id) is None:
                raise AccountNotFound
            await repository.grant(session, account_id, partner_id, self._clock())

    async def withdraw_account(self, partner_id: str, account_id: str) -> None:
        """Withdraw a grant: the partner's bots lose what they had by it, at once."""
        async with self._database.session() as session:
            await _get(session, partner_id)
            if not await repository.is_granted(session, account_id, partner_id):
                raise AccountNotFound
            await repository.withdraw(session, account_id, partner_id)

    async def grant_number(self, partner_id: str, number: str) -> None:
        """Grant a phone number, E.164: from now on only this partner's bots may answer it."""
        if not re.fullmatch(E164_PATTERN, number):
            raise InvalidRequest(f"{number} is no phone number with its country code, such as +12025550142.")
        async with self._database.session() as session:
            await _get(session, partner_id)
            await repository.grant_number(session, number, partner_id, self._clock())

    async def withdraw_number(self, partner_id: str, number: str) -> None:
        """Withdraw a grant: the partner's bots answer that number no more."""
        async with self._database.session() as session:
            await _get(session, partner_id)
            if not await repository.withdraw_number(session, number, partner_id):
                raise InvalidRequest(f"{number} was not granted to {partner_id}.")

    async def send_events_to(
        self, partner_id: str, url: str | None, secret: str | None = None, *, rotate: bool = False
    ) -> str | None:
        """Set where a partner's events go.

        Args:
            secret: What to sign them with; None keeps the present secret, or creates the first.
            rotate: Create a new secret. The previous one signs beside it for some hours more.

        Returns:
            The secret where it is new, to be shown once; else None.
        """
        if url is not None:
            check_webhook_url(url, self._settings, with_query=True)
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
            overlap = timedelta(hours=self._settings.secret_overlap_hours)
            partner.sealed_previous_event_secret = partner.sealed_event_secret
            partner.previous_event_secret_until = (
                self._wall_clock() + overlap if partner.sealed_event_secret else None
            )
            partner.sealed_event_secret = self._vault.seal(fresh)
        return fresh


async def _get(session: AsyncSession, partner_id: str) -> Partner:
    partner = await session.get(Partner, partner_id)
    if partner is None:
        raise PartnerNotFound
    return partner


def _view(partner: Partner, account_ids: list[str]) -> PartnerView:
    return copy_fields(PartnerView, partner, account_ids=tuple(account_ids))
