"""A booking desk over a platform that a test holds in its hands, and the request that it is given."""

from typing import Any

import httpx

from config.clock import Clock
from config.database import Database
from config.keyring import Keyring
from config.settings import RelaySettings
from practice.booking.desk import BookingDesk
from practice.booking.relay import Relay

SECRET = "whsec_of_the_platform"


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


def make_desk(
    database: Database,
    clock: Clock,
    keyring: Keyring,
    platform: httpx.AsyncBaseTransport,
    lease_clock: Clock | None = None,
    **rules: Any,
) -> BookingDesk:
    """Make a desk; two of them over one database are two processes."""
    relay = Relay(RelaySettings(**rules), clock, keyring, embedded=None, outside=platform)
    return BookingDesk(database, clock, relay, lease_clock=lease_clock or clock)
