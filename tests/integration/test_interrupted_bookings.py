"""A booking goes on when whoever asked hangs up, and when the server is told to stop."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from config.settings import FollowUpSettings, Settings
from kit.clock import Clock, system_clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.records.bookings import BookingIntent
from tests.conftest import CHEAP_HASHER
from tests.fakes.bookings import SECRET, register
from tests.fakes.demo_practice import seed_demo
from tests.fakes.http_client import RawHttpClient, RawResponse
from tests.fakes.http_server import HttpServer, serve_http
from tests.fakes.platform import FakePlatform
from webhooks.app import create_app


@dataclass
class Serving:
    """A server on a socket, over a platform in the test's hands.

    Attributes:
        bot_id: The bot on the platform.
        key: Its partner's.
    """

    server: HttpServer
    platform: FakePlatform
    database: Database
    bot_id: str
    key: str

    @property
    def request(self) -> tuple[bytes, dict[str, str]]:
        customer = {"phone": "+12025550100", "name": "Ada Bell"}
        booking = {"start_at": "2027-12-01T14:00:00-05:00", "duration_minutes": 30, "customer": customer}
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": "k1",
        }
        return json.dumps({"bot_id": self.bot_id, "booking": booking}).encode(), headers

    async def book(self) -> RawResponse:
        """Book, on a connection of its own."""
        body, headers = self.request
        return await RawHttpClient(self.server.port, keep=False).send("POST", "/v1/bookings", body, headers)

    async def states(self) -> list[str]:
        """Read the ledger."""
        async with self.database.reading() as session:
            return list(await session.scalars(select(BookingIntent.state)))


@pytest.fixture
async def serving(database_settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Serving]:
    settings = database_settings.model_copy(update={"followups": FollowUpSettings(in_server=False)})
    platform = FakePlatform(SECRET, system_clock)
    demo = await seed_demo(database, clock, hasher=CHEAP_HASHER)
    bot = await register(database, clock, Keyring.load(settings.data_dir, None), demo)
    app = create_app(settings, voice_agent=None, platform_transport=platform)
    # Told to stop, it waits for nobody who still wants an answer.
    async with serve_http(app, lifespan="on", timeout_graceful_shutdown=0) as server:
        yield Serving(server, platform, database, bot.id, demo.partner_key)
        platform.gate.set()


async def test_a_booking_goes_on_when_whoever_asked_hangs_up(serving: Serving) -> None:
    serving.platform.gate.clear()
    body, headers = serving.request
    head = [f"POST /v1/bookings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.server.port)
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    await serving.platform.arrived.wait()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    del reader
    serving.platform.gate.set()
    answer = await serving.book()
    assert (answer.status, answer.json()["booking"]["id"]) == (200, "1")
    assert len(serving.platform.requests) == 1


async def test_a_booking_goes_on_when_the_server_is_told_to_stop(serving: Serving) -> None:
    serving.platform.gate.clear()
    asking = asyncio.create_task(serving.book())
    await serving.platform.arrived.wait()
    serving.server.should_exit = True
    answer = await asking
    assert (answer.status, answer.json()["error"]["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert not serving.server.ended.done()
    serving.platform.gate.set()
    await serving.server.ended
    assert await serving.states() == ["succeeded"]
    assert len(serving.platform.requests) == 1
