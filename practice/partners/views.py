"""What other rooms see of partners and bots."""

from dataclasses import dataclass, field
from datetime import datetime

SECRETS = "webhook-secret"
"""The vault's purpose for platforms' webhook secrets."""

EVENT_SECRETS = "event-secret"
"""The vault's purpose for the secrets that partners' events are signed with."""


@dataclass(frozen=True, slots=True)
class PartnerPrincipal:
    """Who stands behind a partner key."""

    partner_id: str
    name: str
    key_id: str
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class KeyView:
    """A partner's key as a list shows it."""

    id: str
    partner_id: str
    prefix: str
    created_at: datetime
    revoked_at: datetime | None
    name: str | None = None
    scopes: tuple[str, ...] | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: ``sk_ptnr_…``, in plain, never to be seen again."""

    key: str = field(repr=False)
    view: KeyView


@dataclass(frozen=True, slots=True)
class PartnerView:
    """A partner as the operator sees it; a strict one gets 409 for a key that comes with another body."""

    id: str
    name: str
    strict_idempotency: bool
    event_url: str | None
    disabled_at: datetime | None
    created_at: datetime
    account_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as the operator sees it, with its calendar here and its platform, if it has them."""

    id: str
    name: str
    practice_id: str | None
    webhook_url: str | None
    created_at: datetime
    partner_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BotView:
    """A registered bot with all that routing a call or a booking needs.

    Attributes:
        practice_id: ``prac_…`` when the practice is kept here and its partner was granted it, else None.
        phone_numbers: Its numbers, E.164.
        transfer_number: E.164 number of a person, or None.
        webhook_url: The platform's base URL; None means the embedded calendar when ``embedded``.
        embedded: The embedded calendar is its platform: it has no webhook, the account has a practice here,
            and its partner was granted the account.
        sealed_secret: The platform's webhook secret, encrypted, or None.
        sealed_previous_secret: The one before it, encrypted, tried while ``previous_secret_until`` is ahead.
        account_webhook_url: The account's platform, for bots that have none of their own; None without a
            grant, as is its secret.
        account_sealed_secret: The secret of the account's platform, encrypted.
        guards_slots: The ledger refuses a second booking of a time it knows as taken; None is as the
            platform has it: yes for the embedded calendar, no for others.
    """

    id: str
    partner_id: str
    name: str
    account_id: str
    practice_id: str | None
    site_id: int | None
    assistant_id: int | None
    phone_numbers: tuple[str, ...]
    language: str
    timezone: str
    transfer_number: str | None
    webhook_url: str | None
    embedded: bool
    strict_idempotency: bool = False
    sealed_secret: bytes | None = field(default=None, repr=False)
    sealed_previous_secret: bytes | None = field(default=None, repr=False)
    previous_secret_until: datetime | None = None
    account_webhook_url: str | None = None
    account_sealed_secret: bytes | None = field(default=None, repr=False)
    guards_slots: bool | None = None
    confirmation_sms: bool = False
    reminder_sms: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SavedBot:
    """A bot that was just registered or changed; a new secret is in plain, never to be seen again."""

    view: BotView
    webhook_secret: str | None = field(default=None, repr=False)
