"""What other rooms see of partners and bots."""

from dataclasses import dataclass, field
from datetime import datetime

SECRETS = "webhook-secret"
"""The vault's purpose for platforms' webhook secrets."""


@dataclass(frozen=True, slots=True)
class PartnerPrincipal:
    """Who stands behind a partner key.

    Attributes:
        partner_id: ``ptnr_…``.
        name: The partner's name.
        key_id: ``key_…``, the key that was shown.
        scopes: What the key is for; None is everything.
    """

    partner_id: str
    name: str
    key_id: str
    scopes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class KeyView:
    """A partner's key as a list shows it.

    Attributes:
        id: ``key_…``.
        prefix: Its first letters.
        created_at: UTC.
        revoked_at: UTC, or None while it is good.
    """

    id: str
    prefix: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class BotView:
    """A registered bot with all that routing a call or a booking needs.

    Attributes:
        id: ``bot_…``.
        partner_id: Who registered it.
        name: What it is called.
        account_id: ``acct_…``, the platform's name for the practice.
        practice_id: ``prac_…`` when the practice is kept here, else None.
        site_id: The site whose assistant answers, or None.
        assistant_id: The assistant, or None.
        phone_numbers: Its numbers, E.164.
        language: BCP 47 tag.
        timezone: IANA name.
        transfer_number: E.164 number of a person, or None.
        webhook_url: The platform's base URL; None means the embedded calendar when ``embedded``.
        embedded: The embedded calendar is its platform.
        strict_idempotency: The partner wants 409 when a key is reused for another body.
        sealed_secret: The platform's webhook secret, encrypted, or None.
        sealed_previous_secret: The one before it, encrypted, tried while ``previous_secret_until`` is ahead.
        previous_secret_until: UTC, or None.
        account_webhook_url: The account's platform, for bots that have none of their own.
        account_sealed_secret: The secret of the account's platform, encrypted.
        guards_slots: The ledger refuses a second booking of a time it knows as taken; None is as the
            platform has it: yes for the embedded calendar, no for others.
        confirmation_sms: Patients get a text message when they are booked.
        reminder_sms: Patients get a text message before the appointment.
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
