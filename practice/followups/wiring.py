"""The follow-ups put together, with the clients that they send by."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

from config.clock import Clock
from config.database import Database
from config.fault_points import FaultPoints
from config.keyring import Keyring
from config.settings import Settings
from practice.booking.desk import BookingDesk
from practice.followups.doubts import Doubts
from practice.followups.events import EventDelivery
from practice.followups.outbox import CONFIRMATION, EVENT, REMINDER, RESOLVE, Outbox
from practice.followups.service import FollowUps
from practice.followups.sms import TextMessages
from practice.handoff.service import Messages
from practice.network.addresses import Networks
from practice.network.guard import GuardedTransport, SystemResolver
from practice.partners.service import Partners
from practice.partners.views import EVENT_SECRETS
from practice.vault import Vault


@dataclass(frozen=True)
class Services:
    """What follow-ups stand on.

    Attributes:
        database: The records.
        keyring: The installation's keys.
        clock: The practice's time.
        wall_clock: The machine's.
        desk: The bookings.
        partners: The bots.
        messages: For the practice's people.
        outbox: Where follow-ups are planned.
        wake: Set when one was.
        faults: Where a test may have the process die.
    """

    database: Database
    keyring: Keyring
    clock: Clock
    wall_clock: Clock
    desk: BookingDesk
    partners: Partners
    messages: Messages
    outbox: Outbox
    wake: asyncio.Event
    faults: FaultPoints


@contextlib.asynccontextmanager
async def open_follow_ups(
    settings: Settings,
    services: Services,
    *,
    twilio: httpx.AsyncBaseTransport | None = None,
    partners: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[FollowUps]:
    """Make this process's follow-ups; at the end they stop, and the clients close.

    Args:
        settings: What the process is told.
        services: What they stand on.
        twilio: The way to Twilio; None is the network.
        partners: The way to partners' event URLs; None is the guarded network.

    Yields:
        The follow-ups, not started yet.
    """
    resolver = SystemResolver()
    outside = partners or GuardedTransport(Networks.parse(settings.relay.allowed_networks), resolver)
    wall_clock, database = services.wall_clock, services.database
    sms = TextMessages(settings, database, services.partners, services.clock, wall_clock, twilio)
    events = EventDelivery(settings, database, Vault(services.keyring, EVENT_SECRETS), wall_clock, outside)
    doubts = Doubts(settings.followups, database, services.desk, services.partners, services.messages)
    follow_ups = FollowUps(
        settings,
        database,
        services.desk,
        services.partners,
        services.outbox,
        {RESOLVE: doubts, EVENT: events, CONFIRMATION: sms, REMINDER: sms},
        services.clock,
        wall_clock,
        services.wake,
        services.faults,
    )
    try:
        yield follow_ups
    finally:
        await follow_ups.stop()
        await sms.aclose()
        await events.aclose()
        resolver.close()
