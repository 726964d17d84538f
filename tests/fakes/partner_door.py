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
from tests.fakes.doors import Injected, include_routers
from tests.fakes.platform import FakePlatform

SECRET = "whsec_of_the_platform_outside"
START = "2026-12-03T10:00:00-05:00"
CUSTOMER = {"phone": "+12025550100", "name": "Anna Bell"}


@dataclass
class PartnerDoor:
    """The door, and a partner before it.

    Attributes:
        doors: The server.
        partner_id: Who has both bots.
        near: The bot on the embedded calendar.
        far: The bot on the platform outside.
        platform: That platform.
    """

    doors: Injected
    partner_id: str
    near: str
    far: str
    platform: FakePlatform

    async def post(
        self, path: str, body: Any, key: str | None = None, credential: str | None = None, **headers: str
    ) -> httpx.Response:
        """Send a body as JSON; with a key as Idempotency-Key."""
        if key is not None:
            headers["Idempotency-Key"] = key
        sent = self.doors.partner(credential, **headers)
        return await self.doors.client.post(path, json=body, headers=sent)

    async def get(self, path: str, credential: str | None = None, **query: str) -> httpx.Response:
        """Ask for something."""
        return await self.doors.client.get(path, params=query, headers=self.doors.partner(credential))

    async def book(self, bot: str, key: str, start: str = START, **headers: str) -> httpx.Response:
        """Book half an hour."""
        return await self.post("/v1/bookings", booking_for(bot, start), key, **headers)

    async def written(self) -> dict[str, int]:
        """Count what requests may leave in the records."""
        tables = (BookingIntent, Appointment, SlotHold, Bot)
        counts = [select(func.count()).select_from(table).scalar_subquery() for table in tables]
        async with self.doors.services.database.reading() as session:
            row = (await session.execute(select(*counts))).one()
        return {table.__tablename__: count for table, count in zip(tables, row, strict=True)}


def booking_for(bot: str, start: str = START, **extra: Any) -> dict[str, Any]:
    """Ask for half an hour."""
    booking = {"start_at": start, "duration_minutes": 30, "customer": dict(CUSTOMER)}
    return {"bot_id": bot, "booking": {**booking, **extra}}


def error(response: httpx.Response) -> tuple[int, str]:
    """Read an error, which must be in the door's shape."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, body["error"]["code"]


@contextlib.asynccontextmanager
async def open_partner_door(folder: Path, template: Path, **groups: Any) -> AsyncIterator[PartnerDoor]:
    """Open the door on the demo practice, whose partner also has a bot on a platform outside."""
    platform = FakePlatform(SECRET, system_clock)
    # What follows a booking is no matter of the door's, and its engine takes a while to start.
    groups = {"followups": FollowUpSettings(in_server=False), **groups}
    async with include_routers(folder, template, platform, **groups) as doors:
        bots = doors.services.bots
        near = await bots.find_bot(doors.demo.bot_id)
        assert near is not None
        far = await bots.create_bot(
            near.partner_id,
            name="Elm Street",
            account_id="acct_elmstreet",
            webhook_url="https://platform.example.com/hooks",
            webhook_secret=SECRET,
        )
        yield PartnerDoor(doors, near.partner_id, near.id, far.id, platform)
