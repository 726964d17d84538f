"""A booking desk over a platform that a test holds in its hands, and the request that it is given."""

from collections.abc import Callable
from typing import Any

import httpx

from config.clock import Clock
from config.database import Database
from config.keyring import Keyring
from config.settings import LedgerSettings, RelaySettings
from practice.booking.availability import check_booking
from practice.booking.desk import BookingDesk
from practice.booking.relay import Relay
from practice.booking.wish import Wish
from practice.followups.outbox import Outbox

SECRET = "whsec_of_the_platform"

# What a test does not say: one attempt, and none of the waiting that a platform in trouble is owed.
_HASTY: dict[str, Any] = {"attempts": 1, "first_pause_seconds": 0.001, "breaker_failures": 1000}


def wish(minutes: int = 30, **extra: Any) -> dict[str, Any]:
    """Ask for half an hour, or more."""
    return {
        "bot_id": "whatever",
        "booking": {
            "start_at": "2026-12-01T14:00:00-05:00",
            "duration_minutes": minutes,
            "customer": {"phone": "+12025550100", "name": "José Bell"},
            **extra,
        },
    }


def checked(minutes: int = 30, **extra: Any) -> Wish:
    """Give the same as the desk gives it to the ledger."""
    return check_booking(wish(minutes, **extra))


def make_desk(
    database: Database,
    clock: Clock,
    keyring: Keyring,
    platform: httpx.AsyncBaseTransport,
    lease_clock: Clock | None = None,
    *,
    embedded: httpx.AsyncBaseTransport | None = None,
    lease_seconds: float = 5.0,
    outbox: Outbox | None = None,
    on_follow_up: Callable[[], None] | None = None,
    **rules: Any,
) -> BookingDesk:
    """Make a desk; two of them over one database are two processes."""
    settings = RelaySettings(**{**_HASTY, **rules})
    relay = Relay(settings, clock, keyring, embedded=embedded, outside=platform)
    return BookingDesk(
        database,
        clock,
        relay,
        settings,
        LedgerSettings(lease_seconds=lease_seconds),
        lease_clock=lease_clock or clock,
        outbox=outbox,
        on_follow_up=on_follow_up,
    )
