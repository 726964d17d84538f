"""The follow-ups' process: what it finds, takes over, keeps and forgets."""

import asyncio
import io
import logging
import shutil
import threading
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from config.logs import configure_logs
from config.settings import LedgerSettings, LogSettings, Settings
from kit.clock import system_clock
from kit.db.database import FILE_NAME
from kit.http.addresses import SETTING, Networks
from kit.http.guard import GuardedTransport
from kit.keyring import Keyring
from kit.vault import Vault
from practice.bookings.intent_status import Claim
from practice.bookings.ledger import Ledger
from practice.calendar.embedded import EmbeddedCalendar
from practice.errors import WebhookError
from practice.follow_ups.attempts import Attempts
from practice.follow_ups.events import EventDelivery
from practice.follow_ups.reconcile import Reconciler
from practice.outbox.views import AttemptResult, Completed, FollowUpView, Retry, RetrySchedule
from practice.partners.views import EVENT_SECRETS
from practice.records.bookings import AppointmentChange
from practice.records.follow_ups import FollowUp, Replica
from practice.records.partners import Bot, Partner
from tests.conftest import sqlite_settings
from tests.fakes.bookings import checked
from tests.fakes.calendar import TEN, booking, cancellation, rows_of
from tests.fakes.clock import fixed_clock
from tests.fakes.follow_ups import NOW, PATIENT, QUICK, FollowUpWorld, RunningClock, open_world
from tests.fakes.platform import answers, cut, later


@pytest.fixture
def small_settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    return sqlite_settings(tmp_path)


@pytest.fixture
async def world(small_settings: Settings, keyring: Keyring) -> AsyncIterator[FollowUpWorld]:
    async with open_world(small_settings, keyring) as world:
        yield world


@pytest.fixture
async def resting(small_settings: Settings, keyring: Keyring) -> AsyncIterator[FollowUpWorld]:
    """Give a world whose follow-ups have not begun."""
    async with open_world(small_settings, keyring, start=False) as world:
        yield world


async def replicas(world: FollowUpWorld) -> list[str]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Replica.id)))


async def test_booking_whose_worker_died_is_found_and_finished(world: FollowUpWorld) -> None:
    # A worker that claims a key and is never heard of again.
    ledger = Ledger(world.database, world.clock, world.clock, LedgerSettings())
    claim = await ledger.claim(world.bot, "key-1", checked(start_at="2026-12-02T14:30:00-05:00"))
    assert isinstance(claim, Claim)
    world.clock.move(minutes=10)
    await world.until("resolve", "done")
    await world.until("confirmation_sms", "done")
    assert len(world.platform.bookings) == 1


async def test_what_waits_is_carried_on_at_the_next_start(
    database_settings: Settings, keyring: Keyring
) -> None:
    async with open_world(database_settings, keyring) as world:
        world.partner.trouble.extend([lambda: httpx.Response(500)] * 3)
        await world.book()
        await world.partner.arrived.wait()
        await world.follow_ups.stop()
        assert await replicas(world) == []
        (row,) = await world.rows("event")
        assert row.state == "running"
        world.partner.trouble.clear()
        before = world.follow_ups.replica_id
        world.follow_ups.start()
        assert world.follow_ups.replica_id != before
        await world.until("event", "done")
        assert len(world.partner.events) == 1


async def test_replica_says_that_it_lives_and_leaves(world: FollowUpWorld) -> None:
    await world.follow_ups.running.wait()
    assert await replicas(world) == [world.follow_ups.replica_id]
    await world.follow_ups.stop()
    assert await replicas(world) == []
    assert not [one for one in threading.enumerate() if "dbos" in one.name or one.name == "follow-ups"]


async def test_replica_that_could_not_say_so_for_long_does_nothing(
    small_settings: Settings, keyring: Keyring
) -> None:
    wall = RunningClock(system_clock())
    rules = QUICK.model_copy(update={"sweep_seconds": 3600.0})
    async with open_world(small_settings, keyring, rules=rules, wall_clock=wall) as world:
        await world.follow_ups.running.wait()
        wall.move(seconds=25)
        await world.book()
        await world.until("event", "running")
        assert not world.partner.bodies
        assert not world.twilio.posts


async def cancel_in_the_calendar(world: FollowUpWorld, moment: datetime) -> None:
    calendar = EmbeddedCalendar(world.database, fixed_clock(moment))
    _, made = await calendar.book(world.demo.account_id, booking("b1", TEN))
    await calendar.changes.cancel(world.demo.account_id, made["booking"]["id"], cancellation("c1"))


async def test_replica_whose_clock_was_set_back_says_that_it_lives_by_its_new_time(
    small_settings: Settings, keyring: Keyring
) -> None:
    wall_clock = RunningClock()
    async with open_world(small_settings, keyring, wall_clock=wall_clock) as world:
        await world.follow_ups.running.wait()
        wall_clock.move(hours=-1)
        await world.follow_ups.sweep()
        async with world.database.reading() as session:
            (seen_at,) = await session.scalars(select(Replica.seen_at))
    assert seen_at <= wall_clock()


async def test_old_rows_are_deleted_and_young_ones_kept(world: FollowUpWorld) -> None:
    await world.book()
    (event,) = await world.until("event", "done")
    await world.until("confirmation_sms", "done")
    async with world.database.session() as session:
        old = NOW - timedelta(days=31)
        await session.execute(update(FollowUp).where(FollowUp.id == event.id).values(updated_at=old))
        gone = system_clock() - timedelta(days=3)
        session.add(Replica(id="gone", started_at=gone, seen_at=gone))
    await cancel_in_the_calendar(world, old)
    await world.follow_ups.tidy()
    assert await rows_of(world.database, AppointmentChange) == []
    assert {row.kind for row in await world.rows()} == {"confirmation_sms", "reminder_sms"}
    assert await replicas(world) == [world.follow_ups.replica_id]


async def test_engine_forgets_what_is_over(world: FollowUpWorld) -> None:
    await world.book()
    await world.until("event", "done")
    await world.until("confirmation_sms", "done")

    async def remembered() -> int:
        tables = ("workflow_status", "operation_outputs", "workflow_input")
        async with world.database.reading() as session:
            counts = [await session.scalar(text(f"SELECT count(*) FROM {one}")) for one in tables]  # noqa: S608
        return sum(count or 0 for count in counts)

    assert await remembered() > 0
    await world.follow_ups.tidy()
    assert await remembered() > 0  # it is young
    async with asyncio.timeout(10):
        while await remembered():  # the engine writes the end of a run a moment after its work
            async with world.database.session() as session:
                await session.execute(text("UPDATE workflow_status SET completed_at = 1000"))
            await world.follow_ups.tidy()


async def test_follow_up_that_claims_to_run_and_does_not_is_begun_anew(world: FollowUpWorld) -> None:
    await world.book()
    (event,) = await world.until("event", "done")
    await world.until("confirmation_sms", "done")
    async with world.database.session() as session:
        values = {"state": "running", "updated_at": NOW - timedelta(hours=3)}
        await session.execute(update(FollowUp).where(FollowUp.id == event.id).values(**values))
    async with asyncio.timeout(10):
        # The engine may take a moment to write down that the first run has ended; until then it runs.
        while len(world.partner.events) == 1:
            await world.follow_ups.tidy()
            await asyncio.sleep(0.05)
    await world.until("event", "done")
    assert [event_id for event_id, _ in world.partner.events] == [event.id, event.id]


async def test_without_an_account_no_message_is_planned(small_settings: Settings, keyring: Keyring) -> None:
    async with open_world(small_settings, keyring, sends_sms=False) as world:
        await world.book()
        await world.until("event", "done")
        assert [row.kind for row in await world.rows()] == ["event"]


@pytest.mark.parametrize("start", ["2026-11-30T14:30:00-05:00", "2026-12-01T08:30:00-05:00"])
async def test_appointment_that_is_near_gets_no_reminder(resting: FollowUpWorld, start: str) -> None:
    await resting.book(start_at=start)
    assert {row.kind for row in await resting.rows()} == {"event", "confirmation_sms"}


@pytest.mark.parametrize("status", ["pending", "declined", "no_show", "waitlisted"])
async def test_patient_is_not_told_of_a_booking_that_does_not_stand(
    resting: FollowUpWorld, status: str
) -> None:
    booking = {"id": "1", "status": status, "start_at": "2026-12-02T14:30:00-05:00"}
    resting.platform.before.append(answers(201, {"booking": booking}))
    await resting.book()
    assert [row.kind for row in await resting.rows()] == ["event"]


@pytest.mark.parametrize("status", ["confirmed", "Accepted", None])
async def test_patient_is_told_of_a_booking_that_stands(resting: FollowUpWorld, status: str | None) -> None:
    booking = {"id": "1", "start_at": "2026-12-02T14:30:00-05:00", **({"status": status} if status else {})}
    resting.platform.before.append(answers(201, {"booking": booking}))
    await resting.book()
    assert {row.kind for row in await resting.rows()} == {"event", "confirmation_sms", "reminder_sms"}


async def test_bot_with_messages_off_sends_none(resting: FollowUpWorld) -> None:
    async with resting.database.session() as session:
        await session.execute(update(Bot).values(confirmation_sms=False, reminder_sms=False))
    found = await resting.bots.find_bot(resting.bot.id)
    assert found is not None
    resting.bot = found
    await resting.book()
    assert [row.kind for row in await resting.rows()] == ["event"]


async def test_bot_without_a_number_cannot_send(resting: FollowUpWorld) -> None:
    await resting.book()
    async with resting.database.session() as session:
        await session.execute(text("DELETE FROM bot_numbers"))
    resting.follow_ups.start()
    (row,) = await resting.until("confirmation_sms", "dead")
    assert row.last_error is not None
    assert "CHAIRSIDE_SMS_FROM_NUMBER" in row.last_error
    assert not resting.twilio.posts


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({"event_url": None}, "cancelled", "the partner takes no events"),
        ({"disabled_at": NOW}, "cancelled", "the partner takes no events"),
        ({"sealed_event_secret": None}, "dead", "the partner's event secret cannot be used"),
        ({"sealed_event_secret": b"not sealed here"}, "dead", "the partner's event secret cannot be used"),
        ({"event_url": "http://partner.example/"}, "dead", "the event URL must begin with https://."),
        (
            {"event_url": "https://169.254.169.254/latest/meta-data"},
            "dead",
            f"the event URL must be on the public internet, or in a network that {SETTING} allows.",
        ),
    ],
)
async def test_event_that_cannot_be_sent_says_why(
    resting: FollowUpWorld, change: dict[str, Any], state: str, reason: str
) -> None:
    await resting.book()
    async with resting.database.session() as session:
        await session.execute(update(Partner).values(**change))
    resting.follow_ups.start()
    (row,) = await resting.until("event", state)
    assert row.last_error == reason
    assert not resting.partner.bodies


async def test_event_url_whose_name_leads_inside_is_not_called(resting: FollowUpWorld) -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["10.0.0.1"]

    await resting.book()
    (row,) = await resting.rows("event")
    vault = Vault(resting.keyring, EVENT_SECRETS)
    guarded = GuardedTransport(Networks(), inside)
    delivery = EventDelivery(resting.settings, resting.database, vault, system_clock, guarded)
    outcome = await delivery.attempt(row)
    await delivery.aclose()
    assert outcome == Retry("the event URL leads to an address that is not allowed")


async def test_partner_without_an_address_gets_no_event(resting: FollowUpWorld) -> None:
    await resting.partners.send_events_to(resting.demo.partner_id, None)
    await resting.book()
    assert {row.kind for row in await resting.rows()} == {"confirmation_sms", "reminder_sms"}


class Faulty:
    """A handler with a fault."""

    retries = RetrySchedule(timedelta(seconds=1), timedelta(seconds=1), timedelta(hours=1))

    def __init__(self) -> None:
        self.attempted: list[str] = []

    async def attempt(self, follow_up: FollowUpView) -> AttemptResult:
        self.attempted.append(follow_up.id)
        raise KeyError(follow_up.payload["to"])

    async def give_up(self, follow_up: FollowUpView, error: str) -> None:
        pass


async def test_fault_of_ours_is_tried_again_and_never_names_the_patient(resting: FollowUpWorld) -> None:
    await resting.book()
    (row,) = await resting.rows("confirmation_sms")
    attempts = Attempts(resting.database, resting.clock, {"confirmation_sms": Faulty()}, 1)
    lines = io.StringIO()
    configure_logs(LogSettings(), lines)
    try:
        pause = await attempts.attempt(row.id)
    finally:
        configure_logs(LogSettings(level="error"))
        logging.getLogger().handlers.clear()
    assert pause is not None
    assert 0.9 <= pause <= 1.1
    (row,) = await resting.rows("confirmation_sms")
    assert (row.state, row.last_error) == ("running", "a fault of ours: KeyError")
    assert PATIENT not in lines.getvalue()
    assert "José" not in lines.getvalue()
    resting.clock.move(hours=2)
    assert await attempts.attempt(row.id) is None
    assert [one.state for one in await resting.rows("confirmation_sms")] == ["dead"]


async def test_what_is_over_is_not_attempted_again(world: FollowUpWorld) -> None:
    await world.book()
    (row,) = await world.until("confirmation_sms", "done")
    faulty = Faulty()
    attempts = Attempts(world.database, world.clock, {"confirmation_sms": faulty}, 1)
    assert await attempts.attempt(row.id) is None
    assert faulty.attempted == []
    assert await attempts.attempt("fup_nobody_knows") is None
    assert await world.rows("confirmation_sms") == [row]


async def test_doubt_is_written_down_beside_the_request(resting: FollowUpWorld) -> None:
    resting.platform.after.append(cut)
    with pytest.raises(WebhookError):
        await resting.book()
    (row,) = await resting.rows()
    assert (row.kind, row.state) == ("resolve", "waiting")
    assert row.due_at > row.created_at
    resting.platform.before.append(cut)
    with pytest.raises(WebhookError):
        await resting.book()  # the same again: one is enough
    assert len(await resting.rows()) == 1


async def test_doubt_leaves_a_platform_alone_as_long_as_it_asks(resting: FollowUpWorld) -> None:
    resting.platform.before.append(cut)
    with pytest.raises(WebhookError):
        await resting.book()
    (row,) = await resting.rows("resolve")
    doubts = Reconciler(QUICK, resting.database, resting.bookings, resting.bots, resting.messages)
    for status in (429, 503):
        resting.platform.before.append(later(status, "600"))
        outcome = await doubts.attempt(row)
        assert isinstance(outcome, Retry)
        assert outcome.not_before == timedelta(minutes=10)
    assert await doubts.attempt(row) == Completed()


async def test_workflow_engine_writes_no_lines_of_its_own(world: FollowUpWorld) -> None:
    await world.follow_ups.running.wait()
    logger = logging.getLogger("dbos")
    assert {type(handler) for handler in logger.handlers} == {logging.NullHandler}
    assert logger.propagate
    assert logger.level == logging.WARNING


async def test_kind_that_this_version_does_not_know_is_not_lost(resting: FollowUpWorld) -> None:
    await resting.book()
    (row,) = await resting.rows("event")
    assert await Attempts(resting.database, resting.clock, {}, 1).attempt(row.id) is None
    assert [one.state for one in await resting.rows("event")] == ["dead"]


async def test_event_loop_is_not_held_while_the_engine_starts_works_and_stops(
    small_settings: Settings, keyring: Keyring
) -> None:
    loop, longest, busiest = asyncio.get_running_loop(), 0.0, 0.0

    async def watch() -> None:
        nonlocal longest, busiest
        while True:
            before, worked = loop.time(), time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, loop.time() - before)
            busiest = max(busiest, time.thread_time() - worked)

    async with open_world(small_settings, keyring, start=False) as world:
        await world.book()
        watching = asyncio.create_task(watch())
        world.follow_ups.start()
        await world.until("event", "done")
        await world.follow_ups.stop()
        watching.cancel()
    # What the loop's own thread works is the same on a busy machine; how long it waits for its turn is not.
    assert busiest < 0.05
    assert longest < 5
