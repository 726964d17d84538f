"""Texts that come back: YES confirms, STOP is kept, everything else goes to people."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.settings import Settings
from kit.keyring import Keyring
from practice.partners.views import BotView
from practice.records.bookings import BookingIntent
from practice.texts.service import Answered, IncomingTexts, Received
from tests.fakes.follow_ups import PATIENT, FollowUpWorld, open_world


@pytest.fixture
async def world(database_settings: Settings, keyring: Keyring) -> AsyncIterator[FollowUpWorld]:
    async with open_world(database_settings, keyring) as world:
        yield world


@dataclass
class Conversation:
    """The bot's part: it answers the words that it is given answers to, and may have asked something."""

    answers: dict[str, Answered] = field(default_factory=dict)
    asked: datetime | None = None
    heard: list[str] = field(default_factory=list)

    async def asked_at(self) -> datetime | None:
        return self.asked

    async def answer(self, text: str) -> Answered | None:
        self.heard.append(text)
        return self.answers.get(text)


class Texts(IncomingTexts):
    """Takes texts; `test_text_conversations.py` has those with the bot itself."""

    conversation = Conversation()

    async def take(self, bot: BotView, text_id: str, *text: Any) -> Received:
        return await self.receive(bot, text_id, *text, conversation=self.conversation)


@pytest.fixture
def texts(world: FollowUpWorld) -> Texts:
    texts = Texts(world.database, world.clock, world.messages)
    texts.conversation = Conversation()
    return texts


async def confirmed_at(world: FollowUpWorld) -> list[datetime | None]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(BookingIntent.patient_confirmed_at)))


@pytest.mark.parametrize("word", ["YES", " c ", "Yes!"])
async def test_yes_confirms_the_appointment_that_the_text_was_about(
    world: FollowUpWorld, texts: Texts, word: str
) -> None:
    await world.book()
    await world.until("confirmation_sms", "done")
    received = await texts.take(world.bot, "SM1", PATIENT, word)
    assert received.outcome == "confirmed"
    assert "Wednesday, December 2 at 2:30 PM" in (received.answer or "")
    assert await confirmed_at(world) == [world.clock()] or (await confirmed_at(world))[0] is not None
    assert (await world.messages.list_of_sites(None)).messages == []


async def test_a_yes_from_somebody_else_or_to_nothing_goes_to_the_inbox(
    world: FollowUpWorld, texts: Texts
) -> None:
    await world.book()
    await world.until("confirmation_sms", "done")
    assert (await texts.take(world.bot, "SM1", "+12025550999", "YES")).outcome == "inbox"
    assert await confirmed_at(world) == [None]


@pytest.mark.parametrize(
    "words",
    ["Yes but can we make it Thursday?", "Do you take my insurance?"],
)
async def test_prose_changes_nothing_and_goes_to_people_once(
    world: FollowUpWorld, texts: Texts, words: str
) -> None:
    await world.book()
    await world.until("confirmation_sms", "done")
    first = await texts.take(world.bot, "SM1", PATIENT, words)
    again = await texts.take(world.bot, "SM1", PATIENT, words)
    assert first == again
    assert first.outcome == "inbox"
    assert "Nothing is changed" in (first.answer or "")
    assert "call 911" in (first.answer or "")
    (message,) = (await world.messages.list_of_sites(None)).messages
    assert (message.kind, message.urgency, message.text) == ("text", "urgent", words)
    assert await confirmed_at(world) == [None]


async def test_whoever_says_stop_gets_no_texts_until_they_say_start(
    world: FollowUpWorld, texts: Texts
) -> None:
    assert (await texts.take(world.bot, "SM1", PATIENT, "Stop")).outcome == "stopped"
    await world.book()
    (row,) = await world.until("confirmation_sms", "cancelled")
    assert row.last_error == "the patient wants no texts"
    assert world.twilio.messages == []
    assert (await texts.take(world.bot, "SM2", PATIENT, "START")).outcome == "started"
    await world.book("key-2", start_at="2026-12-03T14:30:00-05:00")
    await world.until("confirmation_sms", "done")


async def test_what_the_carrier_has_answered_is_not_answered_again(
    world: FollowUpWorld, texts: Texts
) -> None:
    assert (await texts.take(world.bot, "SM1", PATIENT, "CANCEL", "STOP")).answer is None
    # It may have been meant of an appointment, which nobody has cancelled.
    assert [one.text for one in (await world.messages.list_of_sites(None)).messages] == ["CANCEL"]
    assert (await texts.take(world.bot, "SM3", PATIENT, "STOP", "STOP")).answer is None
    assert len((await world.messages.list_of_sites(None)).messages) == 1
    assert (await texts.take(world.bot, "SM2", PATIENT, "help")).outcome == "help"


async def test_a_yes_answers_what_was_written_last(world: FollowUpWorld, texts: Texts) -> None:
    await world.book()
    await world.until("confirmation_sms", "done")
    texts.conversation.answers["YES"] = Answered("Your cleaning is cancelled.")
    world.clock.move(minutes=5)
    texts.conversation.asked = world.clock()
    received = await texts.take(world.bot, "SM1", PATIENT, "YES")
    assert (received.outcome, received.answer) == ("conversation", "Elm Park: Your cleaning is cancelled.")
    assert await confirmed_at(world) == [None]
    texts.conversation.asked = world.clock() - timedelta(hours=1)
    assert (await texts.take(world.bot, "SM2", PATIENT, "YES")).outcome == "confirmed"
    assert texts.conversation.heard == ["YES"]


async def test_the_bot_is_asked_once_about_a_text_that_comes_twice(
    world: FollowUpWorld, texts: Texts
) -> None:
    texts.conversation.answers["cancel it"] = Answered("Shall I cancel it?")
    first, again = [await texts.take(world.bot, "SM1", PATIENT, "cancel it") for _ in range(2)]
    assert first == again == Received("conversation", "Elm Park: Shall I cancel it?")
    assert texts.conversation.heard == ["cancel it"]
    assert (await world.messages.list_of_sites(None)).messages == []


async def test_stop_is_obeyed_in_the_middle_of_a_conversation(world: FollowUpWorld, texts: Texts) -> None:
    texts.conversation.asked = world.clock()
    assert (await texts.take(world.bot, "SM1", PATIENT, "STOP")).outcome == "stopped"
    assert texts.conversation.heard == []


async def test_what_tells_of_danger_is_answered_and_read_by_people(
    world: FollowUpWorld, texts: Texts
) -> None:
    texts.conversation.answers["I can't breathe"] = Answered("Please call 911 right now.", warns=True)
    received = await texts.take(world.bot, "SM1", PATIENT, "I can't breathe")
    assert received == Received("inbox", "Elm Park: Please call 911 right now.")
    (message,) = (await world.messages.list_of_sites(None)).messages
    assert (message.kind, message.urgency) == ("text", "urgent")
