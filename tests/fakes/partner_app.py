"""The Partner API, a bot on our own calendar, one on a platform outside, and what each leaves behind."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from config.settings import FollowUpSettings
from kit.clock import system_clock
from practice.records.bookings import Appointment, BookingIntent, SlotHold
from practice.records.partners import Bot
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.bots import create_bot
from tests.fakes.platform import FakePlatform

SECRET = "whsec_of_the_platform_outside"
START = "2026-12-03T10:00:00-05:00"
CUSTOMER = {"phone": "+12025550100", "name": "Anna Bell"}


@dataclass
class PartnerApp:
    """The app, and a partner who calls it.

    Attributes:
        app: The server.
        partner_id: Who has both bots.
        embedded: The bot on the embedded calendar.
        external: The bot on the platform outside.
        platform: That platform.
    """

    app: AppUnderTest
    partner_id: str
    embedded: str
    external: str
    platform: FakePlatform

    async def post(
        self, path: str, body: Any, key: str | None = None, credential: str | None = None, **headers: str
    ) -> httpx.Response:
        """Send a body as JSON; with a key as Idempotency-Key."""
        if key is not None:
            headers["Idempotency-Key"] = key
        sent = self.app.partner(credential, **headers)
        return await self.app.client.post(path, json=body, headers=sent)

    async def get(self, path: str, credential: str | None = None, **query: str) -> httpx.Response:
        """Ask for something."""
        return await self.app.client.get(path, params=query, headers=self.app.partner(credential))

    async def book(self, bot: str, key: str, start: str = START, **headers: str) -> httpx.Response:
        """Book half an hour."""
        return await self.post("/v1/bookings", booking_for(bot, start), key, **headers)

    async def written(self) -> dict[str, int]:
        """Count what requests may leave in the records."""
        tables = (BookingIntent, Appointment, SlotHold, Bot)
        counts = [select(func.count()).select_from(table).scalar_subquery() for table in tables]
        async with self.app.services.database.reading() as session:
            row = (await session.execute(select(*counts))).one()
        return {table.__tablename__: count for table, count in zip(tables, row, strict=True)}


def booking_for(bot: str, start: str = START, **extra: Any) -> dict[str, Any]:
    """Ask for half an hour."""
    booking = {"start_at": start, "duration_minutes": 30, "customer": dict(CUSTOMER)}
    return {"bot_id": bot, "booking": {**booking, **extra}}


def error(response: httpx.Response) -> tuple[int, str]:
    """Read an error, which must be in the API's shape."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, body["error"]["code"]


@contextlib.asynccontextmanager
async def run_partner_app(folder: Path, template: Path, **groups: Any) -> AsyncIterator[PartnerApp]:
    """Run the app with the demo practice, whose partner also has a bot on a platform outside."""
    platform = FakePlatform(SECRET, system_clock)
    # Follow-ups are not under test here, and their engine takes a while to start.
    groups = {"followups": FollowUpSettings(in_server=False), **groups}
    async with run_app(folder, template, platform, **groups) as app:
        bots = app.services.bots
        embedded = await bots.find_bot(app.demo.bot_id)
        assert embedded is not None
        external = await create_bot(
            bots,
            embedded.partner_id,
            name="Elm Street",
            account_id="acct_elmstreet",
            webhook_url="https://platform.example.com/hooks",
            webhook_secret=SECRET,
        )
        yield PartnerApp(app, embedded.partner_id, embedded.id, external.id, platform)
