"""The follow-ups put together, with the clients that they send by."""

import contextlib
from collections.abc import AsyncIterator

import httpx

from config.settings import Settings
from kit.http.addresses import Networks
from kit.http.guard import GuardedTransport, SystemResolver
from kit.vault import Vault
from practice.follow_ups.events import EventDelivery
from practice.follow_ups.mail import Mails
from practice.follow_ups.reconcile import Reconciler
from practice.follow_ups.recordings import Recordings
from practice.follow_ups.service import FollowUps, FollowUpServices
from practice.follow_ups.sms import TextMessages
from practice.outbox.notifications import FETCH_RECORDING, HAND_OFF_EMAIL, MESSAGE_EMAIL, MESSAGE_SMS
from practice.outbox.service import (
    CODE_SMS,
    CONFIRMATION,
    EVENT,
    HAND_OFF_EVENT,
    HAND_OFF_SMS,
    REMINDER,
    REPLY_SMS,
    RESOLVE,
)
from practice.partners.views import EVENT_SECRETS


@contextlib.asynccontextmanager
async def open_follow_ups(
    settings: Settings,
    services: FollowUpServices,
    *,
    twilio: httpx.AsyncBaseTransport | None = None,
    partners: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[FollowUps]:
    """Make this process's follow-ups, which end with it; events go out by the guarded network or another."""
    resolver = SystemResolver()
    outside = partners or GuardedTransport(Networks.parse(settings.relay.allowed_networks), resolver)
    wall_clock, database = services.wall_clock, services.database
    sms = TextMessages(
        settings, database, services.bots, services.clock, wall_clock, twilio, keyring=services.keyring
    )
    events = EventDelivery(settings, database, Vault(services.keyring, EVENT_SECRETS), wall_clock, outside)
    mails = Mails(settings, database, wall_clock)
    recordings = Recordings(settings, database, services.clock, twilio)
    reconciler = Reconciler(settings.followups, database, services.bookings, services.bots, services.messages)
    follow_ups = FollowUps(
        settings,
        services,
        {
            RESOLVE: reconciler,
            EVENT: events,
            HAND_OFF_EVENT: events,
            CONFIRMATION: sms,
            REMINDER: sms,
            HAND_OFF_SMS: sms,
            MESSAGE_SMS: sms,
            REPLY_SMS: sms,
            CODE_SMS: sms,
            MESSAGE_EMAIL: mails,
            HAND_OFF_EMAIL: mails,
            FETCH_RECORDING: recordings,
        },
    )
    try:
        yield follow_ups
    finally:
        await follow_ups.stop()
        await sms.aclose()
        await recordings.aclose()
        await events.aclose()
        resolver.close()
