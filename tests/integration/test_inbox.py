"""What callers leave reaches somebody: the inbox, mail, text messages, events; each once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from config.settings import RecordingSettings, Settings
from contracts.chat_sessions import ChatSessionCreate, ChatSessionPatch
from contracts.partner import BookingDetails
from contracts.partner_messages import MessageCustomer, StaffMessage
from kit.db.database import Database
from kit.keyring import Keyring
from practice.chat_sessions.ladder import Ladder
from practice.chat_sessions.reminders import HandOffReminders
from practice.chat_sessions.service import ChatSessions
from practice.chat_sessions.views import SessionAccount
from practice.errors import MessageNotFound, RecordingNotFound
from practice.partners.views import BotView
from practice.patients.retention import Retention
from practice.records.partners import Bot, Partner
from practice.records.practices import Practice
from practice.records.staff import StaffMember
from tests.fakes.follow_ups import FollowUpWorld, make_notices, open_world
from tests.fakes.mail_server import MailServer, running_mail_server

DESK, OWNER, PHONE = "desk@maplestreet.example", "owner@maplestreet.example", "+12025550177"
MESSAGE = StaffMessage(
    text="Please call me back about my crown.",
    customer=MessageCustomer(name="Anna\nBell", phone="+12025550100"),
    urgency="urgent",
)

HALF_AN_HOUR: dict[str, Any] = {
    "start_at": "2026-12-02T14:30:00-05:00",
    "duration_minutes": 30,
    "customer": {"phone": "+12025550100", "name": "Anna Bell"},
}


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with running_mail_server() as server:
        yield server


@pytest.fixture
async def world(
    database_settings: Settings, keyring: Keyring, mail_server: MailServer
) -> AsyncIterator[FollowUpWorld]:
    settings = database_settings.model_copy(update={"email": mail_server.settings})
    async with open_world(settings, keyring) as world:
        yield world


async def set_practice(database: Database, **columns: Any) -> None:
    async with database.session() as session:
        await session.execute(update(Practice).values(**columns))


async def bot_of(world: FollowUpWorld) -> BotView:
    bot = await world.bots.find_bot(world.demo.bot_id)
    assert bot is not None
    return bot


async def leave(world: FollowUpWorld, message: StaffMessage = MESSAGE, key: str = "k", **more: Any) -> str:
    answer = await world.messages.leave(await bot_of(world), key, message, **more)
    message_id: str = answer.body["message"]["id"]
    return message_id


async def test_a_message_is_mailed_texted_and_told_once_each(
    world: FollowUpWorld, mail_server: MailServer
) -> None:
    await set_practice(world.database, message_emails=[DESK, OWNER], message_numbers=[PHONE])
    message_id = await leave(world)
    assert await leave(world) == message_id
    await world.until("message_email", "done", 2)
    await world.until("message_sms", "done")
    await world.until("event", "done")
    assert sorted(address for address, _ in mail_server.mails) == [DESK, OWNER]
    mail = mail_server.mails[0][1]
    assert mail["Subject"] == "Urgent: a message for Maple Street Dental"
    text = mail.get_content()
    assert "crown" in text
    assert "+12025550100" in text
    (sms,) = world.twilio.messages
    assert (sms["to"], sms["body"]) == (
        PHONE,
        "Maple Street Dental: a message (urgent) is in the inbox.",
    )
    ((_, event),) = world.partner.events
    assert event["type"] == "message.created"
    assert event["data"]["message"]["id"] == message_id
    await world.follow_ups.sweep()
    assert len(mail_server.mails) == 2


async def test_mail_that_is_refused_for_now_is_sent_later_under_the_same_id(
    world: FollowUpWorld, mail_server: MailServer
) -> None:
    await set_practice(world.database, message_emails=[DESK])
    mail_server.refusals = ["451 later"]
    await leave(world)
    (row,) = await world.until("message_email", "done")
    assert row.attempts == 2
    assert mail_server.mails[0][1]["Message-ID"] == f"<{row.id}@chairside.example>"


async def test_an_address_that_is_not_there_is_given_up(
    world: FollowUpWorld, mail_server: MailServer
) -> None:
    await set_practice(world.database, message_emails=[DESK])
    mail_server.unknown.add(DESK)
    await leave(world)
    (row,) = await world.until("message_email", "dead")
    assert row.last_error == "the mail server refuses the address (550)"


async def test_a_message_reaches_somebody_only_where_somebody_reads(world: FollowUpWorld) -> None:
    bot = await bot_of(world)

    async def reaches() -> bool:
        answer = await world.messages.leave(bot, "k", MESSAGE)
        assert answer.body["message"]["reaches_somebody"] == await world.messages.reaches_somebody(bot.id)
        return await world.messages.reaches_somebody(bot.id)

    async with world.database.session() as session:
        await session.execute(update(Partner).values(event_url=None))
    assert await reaches()  # Dana Reyes logs in
    async with world.database.session() as session:
        await session.execute(update(StaffMember).values(password_hash=""))
    assert not await reaches()
    await set_practice(world.database, message_emails=[DESK])
    assert await reaches()
    await set_practice(world.database, message_emails=None, message_numbers=[PHONE])
    assert await reaches()
    await set_practice(world.database, message_numbers=None)
    async with world.database.session() as session:
        await session.execute(update(StaffMember).values(password_hash="x", disabled_at=world.clock()))
    assert not await reaches()


async def test_what_is_open_and_urgent_comes_first(world: FollowUpWorld) -> None:
    ids = {}
    for key, urgency in (("a", "routine"), ("b", "urgent"), ("c", "emergency"), ("d", "routine")):
        ids[key] = await leave(world, StaffMessage.model_validate({"text": key, "urgency": urgency}), key)
        world.clock.move(minutes=1)
    sites = [world.demo.site_id]

    async def order() -> str:
        return "".join(one.text for one in (await world.messages.list_of_sites(sites)).messages)

    assert await order() == "cbda"
    assert await world.messages.count_new(sites) == 4
    done = await world.messages.set_state(sites, ids["c"], "done", "staf_1")
    assert (done.state, done.seen_by, done.done_by) == ("done", "staf_1", "staf_1")
    assert await order() == "bdac"
    again = await world.messages.set_state(sites, ids["c"], "done", "staf_2")
    assert again.done_by == "staf_1"
    assert (await world.messages.set_state(sites, ids["c"], "new", "staf_2")).seen_by is None
    first = await world.messages.list_of_sites(sites, limit=3)
    second = await world.messages.list_of_sites(sites, limit=3, page=first.next_page)
    assert [one.text for one in (*first.messages, *second.messages)] == list("cbda")
    assert second.next_page is None
    with pytest.raises(MessageNotFound):
        await world.messages.get_message([world.demo.site_id + 1], ids["a"])


@pytest.mark.parametrize("delete_there", [False, True])
async def test_a_voicemail_is_fetched_kept_and_deleted_at_the_carrier_when_told(
    database_settings: Settings, keyring: Keyring, *, delete_there: bool
) -> None:
    kept_there = RecordingSettings(delete_at_carrier=delete_there)
    settings = database_settings.model_copy(update={"recordings": kept_there})
    async with open_world(settings, keyring) as world:
        world.twilio.recordings["RE1"] = b"RIFF sound"
        spoken = StaffMessage(text="A spoken message.", kind="voicemail")
        message_id = await leave(world, spoken, recording="RE1")
        await world.until("fetch_recording", "done")
        assert await world.messages.get_recording(None, message_id) == b"RIFF sound"
        assert (await world.messages.get_message(None, message_id)).has_recording
        assert ("RE1" in world.twilio.recordings) != delete_there
        # The follow-ups tidy meanwhile by the same clock: whichever of the two comes first deletes it.
        retention = Retention(world.database, world.clock)
        world.clock.move(hours=24 * 29)
        await retention.forget()
        assert await world.messages.get_recording(None, message_id) == b"RIFF sound"
        world.clock.move(hours=24 * 2)
        await retention.forget()
        with pytest.raises(RecordingNotFound):
            await world.messages.get_recording(None, message_id)
        assert not (await world.messages.get_message(None, message_id)).has_recording


async def hand_over(world: FollowUpWorld) -> tuple[ChatSessions, str]:
    ladder = Ladder(world.database, world.clock)
    notifications = make_notices(world.settings, world.clock, lambda: None)
    reminders = HandOffReminders(world.bots, ladder, world.outbox, notifications, world.clock, lambda: None)
    sessions = ChatSessions(world.database, world.clock, reminders.plan)
    account = SessionAccount(world.demo.bot_id, (world.demo.site_id,), is_bot=True)
    body = ChatSessionCreate(participants=["desk", "maria"], reason="a question about a bill")
    return sessions, (await sessions.create(account, body)).id


async def test_staff_are_mailed_of_a_hand_off_that_stays_open(
    world: FollowUpWorld, mail_server: MailServer
) -> None:
    await hand_over(world)
    assert mail_server.mails == []
    world.clock.move(minutes=11)
    await world.until("hand_off_email", "done")
    ((address, mail),) = mail_server.mails
    assert address == world.demo.staff_email
    assert mail["Subject"] == "Somebody is waiting for a person at Maple Street Dental"
    assert "a question about a bill" in mail.get_content()


async def test_nobody_is_mailed_of_a_hand_off_that_was_taken(
    world: FollowUpWorld, mail_server: MailServer
) -> None:
    sessions, session_id = await hand_over(world)
    maria = SessionAccount("maria", (world.demo.site_id,))
    await sessions.patch(maria, session_id, ChatSessionPatch(accept=True))
    world.clock.move(minutes=11)
    await world.until("hand_off_email", "cancelled")
    assert mail_server.mails == []


async def test_reminders_go_out_when_the_practice_wants_them(world: FollowUpWorld) -> None:
    await set_practice(world.database, reminder_hours=[36, 2])
    bot = replace(world.bot, practice_id=world.demo.practice_id)
    async with world.database.session() as session:
        await session.execute(update(Bot).where(Bot.id == bot.id).values(practice_id=bot.practice_id))
    await world.bookings.book(bot, "key-1", BookingDetails.model_validate(HALF_AN_HOUR))
    due = sorted(row.due_at for row in await world.rows("reminder_sms"))
    start = datetime.fromisoformat(HALF_AN_HOUR["start_at"])
    assert due == [start - timedelta(hours=36), start - timedelta(hours=2)]
