"""A relay over whatever network a test puts behind it, a bot to relay for, and servers on sockets."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx

from config.settings import RelaySettings
from kit.clock import Clock
from kit.keyring import Keyring
from kit.vault import Vault
from practice.partners.views import SECRETS, BotView
from practice.platforms.relay import Relay
from tests.fakes.clock import MovableSeconds

KEYRING = Keyring(b"a master key of thirty-two bytes")
SECRET = "whsec_of_the_platform"
BOOKING = {
    "start_at": "2026-12-01T14:00:00-05:00",
    "duration_minutes": 30,
    "customer": {"phone": "+12025550100", "name": "José Bell"},
}


def sealed(secret: str) -> bytes:
    """Seal a webhook secret as the records keep it."""
    return Vault(KEYRING, SECRETS).seal(secret)


def make_bot(**changes: Any) -> BotView:
    """Make a bot whose platform is outside."""
    bot = BotView(
        id="bot_01h2xcejqtf2nbrexx3vqjhp41",
        partner_id="ptnr_1",
        name="outside",
        account_id="acct_01h2xcejqtf2nbrexx3vqjhp41",
        practice_id=None,
        site_id=None,
        assistant_id=None,
        phone_numbers=(),
        language="en-US",
        timezone="America/New_York",
        transfer_number=None,
        webhook_url="https://platform.example/hooks/",
        embedded=False,
        sealed_secret=sealed(SECRET),
    )
    return replace(bot, **changes)


def make_relay(
    clock: Clock,
    outside: httpx.AsyncBaseTransport | None = None,
    *,
    embedded: httpx.AsyncBaseTransport | None = None,
    seconds: MovableSeconds | None = None,
    **rules: Any,
) -> Relay:
    """Make a relay."""
    settings = RelaySettings(**rules)
    time = seconds or MovableSeconds()
    return Relay(settings, clock, KEYRING, embedded=embedded, outside=outside, monotonic=time)


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(handler: Handler, port: int = 0, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on 127.0.0.1, and leave no connection behind; gives the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                await handler(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
            tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        left = list(tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
