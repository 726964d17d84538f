"""What no platform would tell is settled by the practice's people, once, and counts from then on."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from config.settings import Settings
from contracts.partner import RescheduleDetails
from kit.db.database import FILE_NAME
from kit.ids import new_id
from kit.keyring import Keyring
from practice.bookings.intent_status import Claim
from practice.bookings.ledger import Ledger
from practice.bookings.reconciliation import BookingRecorded, BookingRequests, RequestSettled, RequestUnderWay
from practice.errors import BookingNotFound, InvalidRequest, NotDone, SlotUnavailable, WebhookError
from practice.partner_response import PartnerResponse
from practice.records.bookings import BookingIntent
from practice.records.finding import find_by
from tests.conftest import sqlite_settings
from tests.fakes.bookings import checked, moved_to
from tests.fakes.bots import change_bot
from tests.fakes.follow_ups import NOW, PATIENT, FollowUpWorld, open_world
from tests.fakes.platform import cut

START, LATER = "2026-12-02T19:30:00Z", "2026-12-03T15:00:00Z"


@pytest.fixture
async def world(database_settings: Settings, keyring: Keyring) -> AsyncIterator[FollowUpWorld]:
    async with open_world(database_settings, keyring, start=False) as world:
        yield world


@pytest.fixture
async def small_world(
    tmp_path: Path, sqlite_template: Path, keyring: Keyring
) -> AsyncIterator[FollowUpWorld]:
    """Give the same on SQLite alone, for what does not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    async with open_world(sqlite_settings(tmp_path), keyring, start=False) as world:
        yield world


def requests_of(world: FollowUpWorld) -> BookingRequests:
    return BookingRequests(world.database, world.clock, world.clock, world.bots, world.outbox)


async def doubt(world: FollowUpWorld, key: str = "key-1", **extra: Any) -> str:
    """Leave a booking in doubt; gives its request."""
    world.platform.before.append(cut)
    with pytest.raises(WebhookError):
        await world.book(key, **extra)
    (newest, *_) = await requests_of(world).list_requests()
    return newest.id


async def doubtful_change(
    world: FollowUpWorld, operation: str, change: RescheduleDetails | None = None
) -> str:
    """Book, and leave a change of the booking in doubt; gives the change's request."""
    await world.book()
    world.platform.before.append(cut)
    with pytest.raises(WebhookError):
        await getattr(world.bookings, operation)(world.bot, "change-1", "1", change)
    (request,) = await requests_of(world).list_requests(in_doubt=True)
    return request.id


async def live(world: FollowUpWorld) -> list[tuple[str, str]]:
    """Give kind and state of what is to be done, and of what no longer is."""
    return sorted((row.kind, row.state) for row in await world.rows() if row.kind != "resolve")


async def row_of(world: FollowUpWorld, intent_id: str) -> BookingIntent:
    async with world.database.reading() as session:
        found = await session.get(BookingIntent, intent_id)
    assert found is not None
    return found


async def test_what_was_booked_is_answered_and_followed_up_as_any_booking(world: FollowUpWorld) -> None:
    intent_id = await doubt(world)
    settled = await requests_of(world).settle(intent_id, done=True, booking_id="77")
    assert (settled.state, settled.booking_id) == ("done", "77")

    asked = len(world.platform.requests)
    answer = await world.book()
    booking = {
        "id": "77",
        "status": "confirmed",
        "start_at": START,
        "end_at": "2026-12-02T20:00:00Z",
        "customer": {"phone": PATIENT, "name": "José Bell"},
    }
    assert (answer.status, answer.replayed, answer.body) == (200, True, {"booking": booking})
    assert await world.bookings.get_booking(world.bot.partner_id, intent_id, None) == PartnerResponse(
        200, {"booking": booking}
    )
    assert (await world.bookings.resolve(world.bot, intent_id)).state == "succeeded"
    assert len(world.platform.requests) == asked
    assert await live(world) == [
        ("confirmation_sms", "waiting"),
        ("event", "waiting"),
        ("reminder_sms", "waiting"),
    ]
    assert {row.booking_id for row in await world.rows("reminder_sms")} == {"77"}


async def test_booking_whose_id_nobody_knows_goes_by_its_request(small_world: FollowUpWorld) -> None:
    world = small_world
    intent_id = await doubt(world)
    await requests_of(world).settle(intent_id, done=True)
    assert (await world.book()).body["booking"]["id"] == intent_id
    with pytest.raises(BookingNotFound, match="Only the practice"):
        await world.bookings.cancel(world.bot, "c1", intent_id)


async def test_what_was_not_booked_leaves_its_time_and_its_key_free(world: FollowUpWorld) -> None:
    world.bot = await change_bot(world.bots, world.bot.partner_id, world.bot.id, guards_slots=True)
    intent_id = await doubt(world)
    with pytest.raises(SlotUnavailable):
        await world.book("key-2")
    settled = await requests_of(world).settle(intent_id, done=False)
    assert (settled.state, settled.given_up_at) == ("refused", None)
    with pytest.raises(NotDone):
        await world.bookings.get_booking(world.bot.partner_id, intent_id, None)
    assert (await world.bookings.resolve(world.bot, intent_id)).state == "refused"
    assert await live(world) == []
    assert (await world.book("key-2")).status == 201
    assert (await world.book("key-1", start_at=LATER)).status == 201


async def test_nothing_is_settled_while_the_platform_is_asked_or_once_it_has_answered(
    small_world: FollowUpWorld,
) -> None:
    world = small_world
    world.platform.gate.clear()
    asking = asyncio.create_task(world.book())
    await world.platform.arrived.wait()
    (request,) = await requests_of(world).list_requests()
    assert request.state == "under_way"
    assert await requests_of(world).list_requests(in_doubt=True) == []
    for done in (True, False):
        with pytest.raises(RequestUnderWay):
            await requests_of(world).settle(request.id, done=done)
    world.platform.gate.set()
    assert (await asking).status == 201
    with pytest.raises(RequestSettled):
        await requests_of(world).settle(request.id, done=False)
    assert (await world.book()).body["booking"]["id"] == "1"


@pytest.mark.parametrize("done", [True, False])
async def test_a_booking_is_news_from_a_worker_that_comes_back_late_and_nothing_else_is(
    world: FollowUpWorld, done: bool
) -> None:
    ledger = Ledger(world.database, world.clock, world.clock, outbox=world.outbox)
    claims = [await ledger.claim(world.bot, key, checked()) for key in ("k1", "k2")]
    world.clock.move(seconds=30)
    for claim in claims:
        assert isinstance(claim, Claim)
        await requests_of(world).settle(claim.intent.id, done=done)
    booked, refused = claims
    assert isinstance(booked, Claim)
    assert isinstance(refused, Claim)
    body = {"booking": {"id": "9", "status": "accepted", "start_at": START}}
    status = await ledger.settle(world.bot, booked, PartnerResponse(201, body), None)
    assert (status.state, status.intent.booking_id) == ("succeeded", None if done else "9")
    taken = {"error": {"code": "slot_unavailable", "message": "Taken."}}
    status = await ledger.settle(world.bot, refused, PartnerResponse(409, taken), None)
    assert status.state == ("succeeded" if done else "refused")
    assert len(await world.rows("event")) == (2 if done else 1)


async def test_who_settles_waits_for_a_worker_that_is_writing(world: FollowUpWorld) -> None:
    intent_id = await doubt(world)
    async with world.database.session() as session:
        row = await find_by(session, BookingIntent, id=intent_id, lock=True)
        assert row is not None
        settling = asyncio.create_task(requests_of(world).settle(intent_id, done=False))
        await until_somebody_waits(world)
        row.state, row.booking_id = "succeeded", "5"
    with pytest.raises(RequestSettled):
        await settling
    assert (await row_of(world, intent_id)).state == "succeeded"


async def until_somebody_waits(world: FollowUpWorld) -> None:
    """Wait until a transaction waits for another; on SQLite it waits before it begins."""
    waiting = text(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while not world.database.is_sqlite:  # another process's news: there is no event
            async with world.database.reading() as session:
                if await session.scalar(waiting) is not None:
                    return
            await asyncio.sleep(0.01)


async def test_a_cancellation_that_was_done_is_followed_as_any(small_world: FollowUpWorld) -> None:
    world = small_world
    change = await doubtful_change(world, "cancel")
    await requests_of(world).settle(change, done=True)
    assert (await world.bookings.get_booking(world.bot.partner_id, "1", None)).body["booking"]["status"] == (
        "cancelled"
    )
    answer = await world.bookings.cancel(world.bot, "change-1", "1")
    assert (answer.replayed, answer.body["booking"]["status"]) == (True, "cancelled")
    assert await live(world) == [
        ("confirmation_sms", "cancelled"),
        ("confirmation_sms", "waiting"),
        ("event", "waiting"),
        ("event", "waiting"),
        ("reminder_sms", "cancelled"),
    ]


async def test_a_move_that_was_done_is_followed_as_any(world: FollowUpWorld) -> None:
    change = await doubtful_change(world, "reschedule", moved_to(LATER))
    await requests_of(world).settle(change, done=True)
    now = (await world.bookings.get_booking(world.bot.partner_id, "1", None)).body["booking"]
    assert (now["start_at"], now["end_at"], now["customer"]["name"]) == (
        LATER,
        "2026-12-03T15:30:00Z",
        "José Bell",
    )
    assert now["status"] == "accepted"
    reminders = [(row.state, row.due_at.isoformat()) for row in await world.rows("reminder_sms")]
    assert reminders == [("cancelled", "2026-12-01T19:30:00+00:00"), ("waiting", "2026-12-02T15:00:00+00:00")]


@pytest.mark.parametrize(("operation", "wanted"), [("cancel", None), ("reschedule", moved_to(LATER))])
async def test_a_change_that_was_not_done_leaves_the_booking_as_it_was(
    small_world: FollowUpWorld, operation: str, wanted: RescheduleDetails | None
) -> None:
    world = small_world
    change = await doubtful_change(world, operation, wanted)
    before = await live(world)
    await requests_of(world).settle(change, done=False)
    now = (await world.bookings.get_booking(world.bot.partner_id, "1", None)).body["booking"]
    assert (now["status"], now["start_at"]) == ("accepted", "2026-12-02T14:30:00-05:00")
    assert await live(world) == before
    with pytest.raises(NotDone):
        await world.bookings.get_booking(world.bot.partner_id, change, None)


async def test_what_cannot_be_so_is_refused_and_changes_nothing(small_world: FollowUpWorld) -> None:
    world = small_world
    await world.book("made")
    intent_id = await doubt(world, start_at=LATER)
    before = await row_of(world, intent_id)
    requests = requests_of(world)
    with pytest.raises(BookingRecorded):
        await requests.settle(intent_id, done=True, booking_id="1")
    with pytest.raises(BookingNotFound):
        await requests.settle(intent_id, done=True, booking_id="..")
    with pytest.raises(InvalidRequest):
        await requests.settle(intent_id, done=False, booking_id="2")
    for unknown in (new_id("intent", NOW), "1", ""):
        with pytest.raises(BookingNotFound):
            await requests.settle(unknown, done=True)
    after = await row_of(world, intent_id)
    assert (after.state, after.updated_at) == ("unknown", before.updated_at)


async def test_the_list_says_whose_it_is_and_what_is_open(small_world: FollowUpWorld) -> None:
    world = small_world
    change = await doubtful_change(world, "cancel")
    assert await world.bookings.queries.give_up(change)
    everything = await requests_of(world).list_requests()
    assert [(one.operation, one.state) for one in everything] == [("cancel", "in_doubt"), ("book", "done")]
    assert {(one.customer_name, one.customer_phone, one.booking_id) for one in everything} == {
        ("José Bell", PATIENT, "1")
    }
    (open_one,) = await requests_of(world).list_requests(in_doubt=True)
    assert (open_one.id, open_one.start, open_one.given_up_at) == (
        change,
        everything[1].start,
        open_one.updated_at,
    )
    assert PATIENT not in repr(open_one)
    assert [one.id for one in await requests_of(world).list_requests(limit=1)] == [change]
