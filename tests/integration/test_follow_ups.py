"""What follows a booking is done once, whatever happens on the way."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from config.settings import Settings
from contracts.chat_sessions import ChatSessionCreate, ChatSessionPatch
from kit.db.database import FILE_NAME, DatabaseUnavailable
from kit.keyring import Keyring
from practice.chat_sessions.ladder import Ladder
from practice.chat_sessions.reminders import HandOffReminders
from practice.chat_sessions.service import ChatSessions
from practice.chat_sessions.views import SessionAccount
from practice.errors import WebhookError
from practice.idempotency_keys import forwarded_key
from practice.records.bookings import BookingIntent
from tests.conftest import sqlite_settings
from tests.fakes.bookings import moved_to
from tests.fakes.demo_practice import TRANSFER_NUMBER
from tests.fakes.follow_ups import PATIENT, FollowUpWorld, make_notices, open_world
from tests.fakes.outages import lose_connections
from tests.fakes.platform import cut, down


@pytest.fixture
async def world(database_settings: Settings, keyring: Keyring) -> AsyncIterator[FollowUpWorld]:
    async with open_world(database_settings, keyring) as world:
        yield world


@pytest.fixture
async def small_world(
    tmp_path: Path, sqlite_template: Path, keyring: Keyring
) -> AsyncIterator[FollowUpWorld]:
    """Give the same on SQLite alone, for what does not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    async with open_world(sqlite_settings(tmp_path), keyring) as world:
        yield world


def answers(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={name.replace("_", "-"): text for name, text in headers.items()})


def too_late() -> httpx.Response:
    raise httpx.ReadTimeout("late")


def cut_off() -> httpx.Response:
    raise httpx.ReadError("cut")


async def test_booking_is_followed_by_one_message_one_event_and_a_planned_reminder(
    world: FollowUpWorld,
) -> None:
    answer = await world.book()
    await world.until("confirmation_sms", "done")
    (event,) = await world.until("event", "done")

    (message,) = world.twilio.messages
    assert (message["to"], message["from"]) == (PATIENT, "+12025550188")
    assert message["body"] == (
        "Maple Street Dental: you're booked on Wednesday, December 2 at 2:30 PM."
        " To change or cancel, call +1 202-555-0142."
    )
    ((event_id, sent),) = world.partner.events
    assert event_id == event.id
    assert sent["type"] == "booking.created"
    assert sent["data"] == {
        "partner_id": world.demo.partner_id,
        "bot_id": world.bot.id,
        "account_id": world.demo.account_id,
        "idempotency_key": "key-1",
        "booking": answer.body["booking"],
    }
    (reminder,) = await world.rows("reminder_sms")
    assert (reminder.state, reminder.due_at.isoformat()) == ("waiting", "2026-12-01T19:30:00+00:00")


async def test_same_booking_asked_for_again_is_not_followed_up_again(small_world: FollowUpWorld) -> None:
    world = small_world
    await asyncio.gather(*(world.book() for _ in range(5)))
    await world.until("event", "done")
    await world.until("confirmation_sms", "done")
    await world.book()
    assert len(await world.rows()) == 3
    assert len(world.twilio.messages) == len(world.partner.events) == 1


async def test_follow_up_that_is_found_by_several_at_once_is_done_once(world: FollowUpWorld) -> None:
    asked, gate = asyncio.Event(), asyncio.Event()

    async def answer_later() -> httpx.Response:
        asked.set()
        await gate.wait()
        return httpx.Response(201, json={})

    await world.book()
    await world.until("confirmation_sms", "done")
    world.twilio.after.extend([answer_later] * 5)
    world.clock.move(days=1, hours=12)
    await asyncio.gather(*(world.follow_ups.hand_over() for _ in range(5)))
    await asked.wait()
    await world.follow_ups.hand_over()
    gate.set()
    await world.until("reminder_sms", "done")
    assert world.twilio.posts == len(world.twilio.messages) == 2


async def test_message_that_twilio_took_without_answering_is_sent_once(world: FollowUpWorld) -> None:
    world.twilio.after.extend([too_late])
    await world.book()
    (row,) = await world.until("confirmation_sms", "done")
    assert row.attempts == 2
    assert len(world.twilio.messages) == world.twilio.posts == 1
    assert world.twilio.searches == 1


async def test_message_that_twilio_did_not_take_is_sent_by_a_later_attempt(
    small_world: FollowUpWorld,
) -> None:
    world = small_world
    world.twilio.before.extend([lambda: answers(500), lambda: answers(429, retry_after="0"), cut_off])
    world.twilio.after.extend([lambda: answers(503)])  # it took that one
    await world.book()
    (row,) = await world.until("confirmation_sms", "done")
    assert row.attempts == 5
    assert world.twilio.posts == 4
    assert len(world.twilio.messages) == 1


async def test_earlier_message_of_the_same_words_is_not_taken_for_this_one(
    small_world: FollowUpWorld,
) -> None:
    world = small_world
    await world.book("key-1")
    await world.until("confirmation_sms", "done")
    world.twilio.messages[0]["date_created"] = "Sun, 01 Nov 2026 10:00:00 +0000"
    world.twilio.before.append(too_late)
    await world.book("key-2")
    await world.until("confirmation_sms", "done", count=2)
    assert world.twilio.messages[0]["body"] == world.twilio.messages[1]["body"]


async def test_patient_who_opted_out_gets_nothing_and_the_code_is_kept(small_world: FollowUpWorld) -> None:
    world = small_world
    world.twilio.before.append(
        lambda: httpx.Response(400, json={"code": 21610, "message": f"{PATIENT} has opted out"})
    )
    await world.book()
    (row,) = await world.until("confirmation_sms", "dead")
    assert row.last_error == "Twilio answered 400, code 21610"
    assert world.twilio.posts == 1


async def test_event_is_sent_with_the_same_bytes_until_the_partner_takes_it(
    small_world: FollowUpWorld,
) -> None:
    world = small_world
    world.partner.trouble.extend(
        [lambda: answers(500), cut_off, too_late, lambda: answers(302, location="https://elsewhere.example")]
    )
    await world.book()
    (row,) = await world.until("event", "done")
    assert row.attempts == len(world.partner.bodies) == 5
    assert len(set(world.partner.bodies)) == 1
    assert {headers["webhook-id"] for headers in world.partner.headers} == {row.id}
    assert world.partner.elsewhere == []
    assert len(world.partner.events) == 1


async def test_dead_event_is_seen_and_tried_again(small_world: FollowUpWorld) -> None:
    world = small_world
    world.partner.trouble.append(lambda: answers(410))
    await world.book()
    (dead,) = await world.until("event", "dead")
    assert dead.last_error == "the partner answered 410"
    assert (await world.dead_letters.counts())["dead"] == 1

    retried = await world.dead_letters.retry(dead.id)
    assert (retried.state, retried.attempts) == ("waiting", 0)
    (done,) = await world.until("event", "done")
    assert done.id == dead.id
    assert [event_id for event_id, _ in world.partner.events] == [dead.id]


async def test_event_is_given_up_when_its_time_is_over(small_world: FollowUpWorld) -> None:
    world = small_world
    world.partner.trouble.extend([lambda: answers(500)] * 1000)
    await world.book()
    await world.partner.arrived.wait()
    world.clock.move(hours=24)
    (row,) = await world.until("event", "dead")
    assert row.last_error == "the partner answered 500"


async def test_secret_in_rotation_signs_beside_the_new_one(small_world: FollowUpWorld) -> None:
    world = small_world
    await world.partners.send_events_to(world.demo.partner_id, world.partner.url, rotate=True)
    await world.book()
    await world.until("event", "done")  # the partner still verifies with the one before
    assert len(world.partner.headers[0]["webhook-signature"].split()) == 2


async def test_cancelled_booking_is_not_reminded_of(small_world: FollowUpWorld) -> None:
    world = small_world
    booked = await world.book()
    await world.until("event", "done")
    await world.until("confirmation_sms", "done")  # one not sent yet would be dropped with its booking
    await world.bookings.cancel(world.bot, "key-2", booked.body["booking"]["id"])
    await world.until("event", "done", count=2)
    await world.until("confirmation_sms", "done", count=2)
    (reminder,) = await world.rows("reminder_sms")
    assert reminder.state == "cancelled"
    assert [event["type"] for _, event in world.partner.events] == ["booking.created", "booking.cancelled"]
    assert world.twilio.messages[1]["body"] == (
        "Maple Street Dental: your appointment on Wednesday, December 2 at 2:30 PM has been cancelled."
        " To book again, call +1 202-555-0142."
    )


async def test_moved_booking_is_reminded_of_at_its_new_time_alone(world: FollowUpWorld) -> None:
    booked = await world.book()
    await world.until("confirmation_sms", "done")
    moved = moved_to("2026-12-03T10:00:00-05:00")
    await world.bookings.reschedule(world.bot, "key-2", booked.body["booking"]["id"], moved)
    await world.until("confirmation_sms", "done", count=2)
    first, second = await world.rows("reminder_sms")
    assert (first.state, second.state) == ("cancelled", "waiting")
    assert second.due_at - first.due_at == timedelta(hours=19, minutes=30)

    world.clock.move(days=2, hours=2)
    await world.until("reminder_sms", "done")
    assert [message["body"].split(". ")[0] for message in world.twilio.messages[1:]] == [
        "Maple Street Dental: your appointment has been moved to Thursday, December 3 at 10:00 AM",
        "Maple Street Dental: a reminder of your appointment on Thursday, December 3 at 10:00 AM",
    ]


async def test_a_booking_that_its_platform_moved_by_making_another_is_followed_by_its_new_id(
    world: FollowUpWorld,
) -> None:
    old = (await world.book()).body["booking"]["id"]
    await world.until("confirmation_sms", "done")
    world.platform.renames = True
    moved = moved_to("2026-12-03T10:00:00-05:00")
    new = (await world.bookings.reschedule(world.bot, "key-2", old, moved)).body["booking"]["id"]
    assert new != old
    await world.until("confirmation_sms", "done", count=2)
    assert [row.state for row in await world.rows("reminder_sms")] == ["cancelled", "waiting"]
    found = await world.bookings.get_booking(world.bot.partner_id, new, world.bot)
    assert found.body["booking"]["start_at"] == "2026-12-03T10:00:00-05:00"

    await world.bookings.cancel(world.bot, "key-3", new)
    await world.until("confirmation_sms", "done", count=3)
    assert [row.state for row in await world.rows("reminder_sms")] == ["cancelled", "cancelled"]


async def test_reminder_looks_at_the_booking_again_before_it_goes_out(small_world: FollowUpWorld) -> None:
    world = small_world
    await world.book()
    await world.until("confirmation_sms", "done")
    async with world.database.session() as session:
        await session.execute(update(BookingIntent).values(booking_status="cancelled"))
    world.clock.move(days=1, hours=12)
    (row,) = await world.until("reminder_sms", "cancelled")
    assert row.last_error == "the booking was cancelled"
    assert len(world.twilio.messages) == 1


async def test_reminder_after_the_appointment_is_dropped(small_world: FollowUpWorld) -> None:
    world = small_world
    await world.book()
    await world.until("confirmation_sms", "done")
    world.clock.move(days=3)
    (row,) = await world.until("reminder_sms", "cancelled")
    assert row.last_error == "the appointment's time has passed"


async def test_doubt_is_asked_about_until_it_is_known(world: FollowUpWorld) -> None:
    world.platform.after.append(cut)
    with pytest.raises(WebhookError):
        await world.book()
    await world.until("resolve", "done")
    await world.until("confirmation_sms", "done")
    await world.until("event", "done")
    assert list(world.platform.bookings) == [forwarded_key(world.bot.id, "key-1")]
    assert len(world.twilio.messages) == len(world.partner.events) == 1
    assert (await world.book()).replayed


async def test_doubt_that_lasts_is_handed_to_the_practices_people_once(small_world: FollowUpWorld) -> None:
    world = small_world
    asked_again = asyncio.Event()

    def cut_again() -> httpx.Response:
        asked_again.set()
        return cut()

    world.platform.before.extend([cut, cut, cut_again, *[cut] * 2000])
    with pytest.raises(WebhookError):
        await world.book()
    await asked_again.wait()
    world.clock.move(hours=25)
    (row,) = await world.until("resolve", "dead")
    (message,) = (await world.messages.list_of_sites(None)).messages
    assert message.text == (
        "The booking system gave no clear answer for 24 hours. It was asked to book an appointment on"
        " Wednesday, December 2 at 2:30 PM, and we do not know whether it did. Please look in the calendar,"
        f" and let the patient know. Then have it settled: chairside bookings settle {row.intent_id} --done,"
        " or --not-done. Until then it stays in doubt."
    )
    assert (message.kind, message.urgency) == ("booking_in_doubt", "urgent")
    assert (message.customer.name, message.customer.phone) == ("José Bell", PATIENT)
    await world.follow_ups.sweep()
    assert [one.id for one in await world.rows("resolve")] == [row.id]

    world.platform.before.clear()
    await world.dead_letters.retry(row.id)
    await world.until("resolve", "done")
    await world.until("event", "done")
    assert len((await world.messages.list_of_sites(None)).messages) == 1


async def test_doubt_that_proves_a_refusal_is_over_without_a_message(small_world: FollowUpWorld) -> None:
    world = small_world
    world.platform.before.append(cut)
    refused = {"error": {"code": "slot_unavailable", "message": "Taken."}}
    world.platform.before.append(lambda: httpx.Response(409, json=refused))
    with pytest.raises(WebhookError):
        await world.book()
    await world.until("resolve", "done")
    assert not world.twilio.messages
    assert not world.partner.events


async def test_platform_that_was_never_reached_leaves_no_doubt(small_world: FollowUpWorld) -> None:
    world = small_world
    world.platform.before.append(down)
    with pytest.raises(WebhookError):
        await world.book()
    assert await world.rows() == []


async def outcome_of(work: Awaitable[object]) -> Exception | None:
    try:
        await work
    except (DatabaseUnavailable, WebhookError) as error:
        return error
    return None


async def test_follow_ups_go_on_when_every_connection_to_the_database_was_cut(world: FollowUpWorld) -> None:
    await world.book()
    await world.until("event", "done")
    await world.until("confirmation_sms", "done")
    await lose_connections(world.database)
    world.platform.after.append(cut)
    outcome: Exception | None = DatabaseUnavailable()
    while isinstance(outcome, DatabaseUnavailable):  # whoever meets a dead connection is told, and asks again
        outcome = await outcome_of(world.book("key-2"))
    assert isinstance(outcome, WebhookError)
    await outcome_of(world.rows())  # likewise
    await world.until("resolve", "done")
    await world.until("event", "done", 2)
    await world.until("confirmation_sms", "done", 2)
    assert len(world.twilio.messages) == len(world.partner.events) == 2


async def handed_over(world: FollowUpWorld) -> tuple[ChatSessions, str]:
    """Have the demo's bot hand a conversation over; gives the sessions, and the id of this one."""
    ladder = Ladder(world.database, world.clock)
    notifications = make_notices(world.settings, world.clock, lambda: None)
    reminders = HandOffReminders(world.bots, ladder, world.outbox, notifications, world.clock, lambda: None)
    sessions = ChatSessions(world.database, world.clock, reminders.plan)
    account = SessionAccount(world.demo.bot_id, (world.demo.site_id,), is_bot=True)
    body = ChatSessionCreate(participants=["desk", "maria"], reason="a question about a bill")
    return sessions, (await sessions.create(account, body)).id


async def test_hand_off_that_nobody_takes_is_told_to_the_partner_and_reminded_of(
    small_world: FollowUpWorld,
) -> None:
    world = small_world
    _, session_id = await handed_over(world)
    await world.until("event", "done")
    world.clock.move(minutes=11)
    await world.until("hand_off_event", "done")
    await world.until("hand_off_sms", "done")
    told = [event for _, event in world.partner.events]
    assert [one["type"] for one in told] == ["chat_session.created", "chat_session.waiting"]
    assert told[1]["data"]["chat_session"]["id"] == session_id
    (message,) = world.twilio.messages
    assert message["body"].endswith("somebody is waiting for a person (a question about a bill).")
    assert message["to"] == TRANSFER_NUMBER


async def test_hand_off_that_somebody_took_is_reminded_of_no_more(small_world: FollowUpWorld) -> None:
    world = small_world
    sessions, session_id = await handed_over(world)
    maria = SessionAccount("maria", (world.demo.site_id,))
    await sessions.patch(maria, session_id, ChatSessionPatch(accept=True))
    world.clock.move(minutes=11)
    await world.until("hand_off_event", "cancelled")
    await world.until("hand_off_sms", "cancelled")
    assert world.twilio.messages == []
