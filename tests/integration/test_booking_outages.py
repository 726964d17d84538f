"""The database goes away while the platform is asked: what was booked is known, or honestly not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from config.settings import Settings
from kit.db.database import Database, DatabaseUnavailable
from tests.fakes.bookings import Scene, details
from tests.fakes.outages import lose_connections


class Faltering(Database):
    """A database that cannot be written for a while.

    Attributes:
        failures: How many more writes fail.
        failed: One has.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.failures = 0
        self.failed = asyncio.Event()

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        if self.failures:
            self.failures -= 1
            self.failed.set()
            raise DatabaseUnavailable("The database is away.")
        async with super().session() as session:
            yield session


@pytest.fixture
async def faltering(database_settings: Settings) -> AsyncIterator[Faltering]:
    database = Faltering(database_settings)
    yield database
    await database.dispose()


async def test_a_booking_outlives_every_connection_to_the_database(scene: Scene, database: Database) -> None:
    bookings = scene.bookings()
    await asyncio.gather(*(bookings.book(scene.bot, f"before {number}", details()) for number in range(3)))
    scene.platform.gate.clear()
    scene.platform.arrived.clear()
    booking = asyncio.create_task(bookings.book(scene.bot, "k1", details()))
    await scene.platform.arrived.wait()
    await lose_connections(database)
    scene.platform.gate.set()
    assert (await booking).status == 201
    assert (await scene.row("k1")).state == "succeeded"
    assert (await bookings.book(scene.bot, "k1", details())).replayed


async def test_what_the_platform_said_is_written_down_when_the_database_is_back(
    scene: Scene, faltering: Faltering
) -> None:
    scene.platform.gate.clear()
    booking = asyncio.create_task(scene.bookings(faltering).book(scene.bot, "k1", details()))
    await scene.platform.arrived.wait()
    faltering.failures = 3
    scene.platform.gate.set()
    assert (await booking).status == 201
    assert faltering.failures == 0
    assert (await scene.row("k1")).state == "succeeded"


async def test_without_the_database_for_long_nobody_is_told_that_they_are_booked(
    scene: Scene, faltering: Faltering
) -> None:
    bookings = scene.bookings(faltering, lease_seconds=0.2)
    scene.platform.gate.clear()
    booking = asyncio.create_task(bookings.book(scene.bot, "k1", details()))
    await scene.platform.arrived.wait()
    faltering.failures = 10**9
    scene.platform.gate.set()
    with pytest.raises(DatabaseUnavailable) as caught:
        await booking
    assert caught.value.unclear, "the platform was asked"
    with pytest.raises(DatabaseUnavailable) as caught:  # nor is anybody asked in vain
        await bookings.book(scene.bot, "k2", details())
    assert not caught.value.unclear, "the ledger never had it"
    assert len(scene.platform.requests) == 1

    faltering.failures = 0
    scene.lease_now += timedelta(seconds=1)
    assert (await bookings.book(scene.bot, "k1", details())).status == 200
    assert len(scene.platform.bookings) == 1
