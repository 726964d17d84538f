"""A booking service over a platform that a test holds in its hands, and the request that it is given."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

import httpx
from sqlalchemy import select

from config.settings import LedgerSettings, RelaySettings
from contracts.partner import BookingDetails, RescheduleDetails
from kit.clock import Clock
from kit.db.database import Database
from kit.fault_points import FaultPoints
from kit.keyring import Keyring
from practice.bookings.command import BookingCommand, booking_command
from practice.bookings.service import Bookings
from practice.outbox.service import Outbox
from practice.partners.bots import Bots
from practice.partners.views import BotView
from practice.platforms.relay import Relay
from practice.records.bookings import BookingIntent
from tests.fakes.bots import create_bot
from tests.fakes.demo_practice import DemoIds
from tests.fakes.platform import FakePlatform

SECRET = "whsec_of_the_platform"

# What a test does not say: one attempt, and none of the waiting that a platform in trouble is owed.
_HASTY: dict[str, Any] = {"attempts": 1, "first_pause_seconds": 0.001, "breaker_failures": 1000}


def details(minutes: int = 30, **extra: Any) -> BookingDetails:
    """Ask for half an hour, or more."""
    booking = {
        "start_at": "2026-12-01T14:00:00-05:00",
        "duration_minutes": minutes,
        "customer": {"phone": "+12025550100", "name": "José Bell"},
        **extra,
    }
    return BookingDetails.model_validate(booking)


def moved_to(start: str, **extra: Any) -> RescheduleDetails:
    """Ask for another time."""
    return RescheduleDetails.model_validate({"start_at": start, **extra})


def checked(minutes: int = 30, **extra: Any) -> BookingCommand:
    """Give the same as the service gives it to the ledger."""
    return booking_command(details(minutes, **extra))


def make_bookings(
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
    faults: FaultPoints | None = None,
    **rules: Any,
) -> Bookings:
    """Make a service; two of them over one database are two processes."""
    settings = RelaySettings(**{**_HASTY, **rules})
    relay = Relay(settings, clock, keyring, embedded=embedded, outside=platform)
    return Bookings(
        database,
        clock,
        relay,
        settings,
        LedgerSettings(lease_seconds=lease_seconds),
        lease_clock=lease_clock or clock,
        outbox=outbox,
        on_follow_up=on_follow_up,
        faults=faults,
    )


class Scene:
    """A bot with a platform outside, services for it, and both clocks in the test's hands.

    Attributes:
        bot: The bot.
        platform: Its platform.
        now: What the practice's clock shows.
        lease_now: What the machine's clock shows the ledger.
    """

    def __init__(self, database: Database, keyring: Keyring, bot: BotView, start: datetime) -> None:
        self.database = database
        self.keyring = keyring
        self.bot = bot
        self.now = self.lease_now = start
        self.platform = FakePlatform(SECRET, self.clock)
        self._services: list[Bookings] = []

    @classmethod
    async def make(cls, database: Database, clock: Clock, keyring: Keyring, demo: DemoIds) -> Self:
        """Register the bot."""
        return cls(database, keyring, await register(database, clock, keyring, demo), clock())

    def clock(self) -> datetime:
        """Show the practice's time."""
        return self.now

    def lease_clock(self) -> datetime:
        """Show the machine's time."""
        return self.lease_now

    def bookings(self, database: Database | None = None, **rules: Any) -> Bookings:
        """Make another service: another process, as far as the ledger knows."""
        lease_clock = rules.pop("lease_clock", self.lease_clock)
        bookings = make_bookings(
            database or self.database, self.clock, self.keyring, self.platform, lease_clock, **rules
        )
        self._services.append(bookings)
        return bookings

    async def rows(self) -> list[BookingIntent]:
        """Read the ledger, oldest first."""
        async with self.database.reading() as session:
            query = select(BookingIntent).order_by(BookingIntent.created_at, BookingIntent.id)
            return list((await session.scalars(query)).all())

    async def row(self, key: str) -> BookingIntent:
        """Read one key's row."""
        return next(row for row in await self.rows() if row.idempotency_key == key)

    async def aclose(self) -> None:
        """Let the services finish."""
        self.platform.gate.set()
        for bookings in self._services:
            await bookings.aclose()


async def register(
    database: Database, clock: Clock, keyring: Keyring, demo: DemoIds, **fields: Any
) -> BotView:
    """Register a bot with a platform outside."""
    return await create_bot(
        Bots(database, clock, keyring),
        demo.partner_id,
        **{
            "name": "outside",
            "account_id": demo.account_id,
            "timezone": "America/New_York",
            "webhook_url": "https://platform.example/hooks/",
            "webhook_secret": SECRET,
            **fields,
        },
    )
