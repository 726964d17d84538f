"""What a partner's bot says of another partner's bookings does nothing to these, nor to their patients."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from config.settings import Settings
from contracts.partner import BookingDetails
from kit.keyring import Keyring
from practice.outbox import repository
from practice.partners.views import BotView
from practice.records.bookings import BookingIntent
from tests.fakes.bookings import SECRET
from tests.fakes.bots import create_bot
from tests.fakes.follow_ups import FollowUpWorld, open_world


@pytest.fixture
async def world(database_settings: Settings, keyring: Keyring) -> AsyncIterator[FollowUpWorld]:
    async with open_world(database_settings, keyring, start=False) as world:
        yield world


async def stranger_s_bot(world: FollowUpWorld) -> BotView:
    """Register a bot for the same account, over a platform that says yes to everything it is told."""
    return await create_bot(
        world.bots,
        await world.partners.create_partner("Stranger"),
        name="Guest",
        account_id=world.demo.account_id,
        webhook_url="https://platform.example/hooks",
        webhook_secret=SECRET,
        confirmation_sms=True,
        reminder_sms=True,
    )


async def test_a_stranger_s_cancellation_finds_no_patient_and_stops_no_reminder(
    world: FollowUpWorld,
) -> None:
    booking_id = (await world.book()).body["booking"]["id"]
    before = await world.rows()
    bot = await stranger_s_bot(world)
    answer = await world.bookings.cancel(bot, "k", booking_id)
    assert answer.status == 200
    assert [row for row in await world.rows() if row.bot_id == world.bot.id] == before
    assert [row.state for row in before if row.kind == "reminder_sms"] == ["waiting"]
    async with world.database.reading() as session:
        assert await repository.find_booked(session, bot, booking_id) is None


async def test_a_stranger_s_booking_of_the_same_id_does_not_make_a_reminder_unwanted(
    world: FollowUpWorld,
) -> None:
    booking_id = (await world.book()).body["booking"]["id"]
    bot = await stranger_s_bot(world)
    booking = {
        "start_at": "2026-12-03T15:00:00Z",
        "duration_minutes": 30,
        "customer": {"phone": "+12025550101", "name": "Guest"},
    }
    await world.bookings.book(bot, "k", BookingDetails.model_validate(booking))
    async with world.database.session() as session:
        changed = update(BookingIntent).where(BookingIntent.bot_id == bot.id)
        await session.execute(changed.values(booking_id=booking_id, booking_status="cancelled"))
    async with world.database.reading() as session:
        own = await session.scalar(
            select(BookingIntent.slot_start).where(BookingIntent.bot_id == world.bot.id)
        )
        assert [
            start for _, start in await repository.list_booking_states(session, world.bot.id, booking_id)
        ] == [own]
        found = await repository.find_booked(session, world.bot, booking_id)
    assert found is not None
    assert found.bot_id == world.bot.id
