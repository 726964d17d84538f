"""Callers whose number proves nothing: by date of birth and code, few of each, no word of what is wrong."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text

from config.settings import IdentitySettings, Settings
from contracts.partner_identity import Verdict
from kit.keyring import Keyring
from language.phone import E164
from practice.patients.identity import Identity
from practice.patients.service import Patients
from practice.patients.views import Patient
from practice.records.follow_ups import FollowUp
from practice.records.identity import IdentityCheck
from tests.fakes.follow_ups import PATIENT, FollowUpWorld, open_world

NAME, BORN, WRONG = "José Bell", "1980-03-03", "1980-03-04"
PHONE, NOBODY = E164(PATIENT), E164("+12025550111")
FAILED, LOCKED = Verdict(verified=False), Verdict(verified=False, locked=True)


class World:
    """A practice where José has an appointment, and whoever says that they are José."""

    def __init__(self, world: FollowUpWorld) -> None:
        self.world = world
        self.identity = Identity(
            world.settings, world.database, world.clock, world.keyring, world.outbox, world.follow_ups.wake
        )
        self.who = Patient(world.bot.account_id, PHONE, NAME)

    async def write_down(self, born: str = BORN) -> None:
        await Patients(self.world.database, self.world.clock).keep_birth_date(self.who, born, "operator")

    async def says(
        self, born: str, phone: E164 = PHONE, name: str = "jose BELL", at: str = "call-1"
    ) -> Verdict:
        return await self.identity.check_birth_date(self.world.bot, at, phone, name, born)

    async def asks_for_a_code(self, phone: E164 = PHONE, at: str = "call-1") -> bool:
        return await self.identity.send_code(self.world.bot, at, phone)

    async def reads(self, code: str, phone: E164 = PHONE, at: str = "call-1") -> Verdict:
        return await self.identity.check_code(self.world.bot, at, phone, code)

    async def texted(self, count: int = 1) -> str:
        """The code in the text message that Twilio was given."""
        await self.world.until("code_sms", "done", count)
        message = self.world.twilio.messages[-1]
        assert message["to"] == PHONE
        (code,) = re.findall(r"\b\d{6}\b", message["body"])
        return str(code)


@pytest.fixture
async def at(database_settings: Settings, keyring: Keyring) -> AsyncIterator[World]:
    rules = IdentitySettings(daily_codes=2, daily_attempts=5, code_attempts=2)
    settings = database_settings.model_copy(update={"identity": rules})
    async with open_world(settings, keyring) as world:
        await world.book(customer={"phone": PHONE, "name": NAME})
        await world.until("confirmation_sms", "done")
        yield World(world)


async def test_what_the_practices_people_wrote_down_opens_all_of_a_name(at: World) -> None:
    assert await at.identity.list_ways(at.world.bot) == ["code"]
    assert await at.says(BORN) == FAILED
    await at.write_down()
    assert await at.identity.list_ways(at.world.bot) == ["date_of_birth", "code"]
    assert await at.says(BORN) == Verdict(verified=True)
    assert [await at.says(BORN, name="Tom Hale"), await at.says(WRONG, at="call-2")] == [FAILED, FAILED]
    await at.write_down("")
    assert await at.says(BORN, at="call-3") == FAILED


async def test_a_date_that_was_said_when_booking_opens_that_booking_alone_and_no_platform_gets_it(
    at: World,
) -> None:
    customer = {"phone": PHONE, "name": NAME, "date_of_birth": WRONG}
    answer = await at.world.book("key-2", customer=customer, start_at="2026-12-03T14:30:00-05:00")
    assert await at.says(WRONG) == Verdict(verified=True, booking_ids=[answer.body["booking"]["id"]])
    assert "date_of_birth" not in str(at.world.platform.requests)


async def test_tries_end_in_a_call_and_for_a_number_in_a_day(at: World) -> None:
    await at.write_down()
    assert [await at.says(WRONG) for _ in range(3)] == [FAILED, FAILED, LOCKED]
    assert await at.says(BORN) == LOCKED
    assert await at.says(BORN, at="call-2") == Verdict(verified=True)
    assert [await at.says(WRONG, at="call-2"), await at.says(WRONG, at="call-3")] == [FAILED, LOCKED]
    assert await at.says(BORN, at="call-4") == LOCKED
    at.world.clock.move(hours=25)
    assert await at.says(BORN, at="call-4") == Verdict(verified=True)


async def test_many_at_once_try_no_more_than_one_may(at: World) -> None:
    await at.write_down()
    tries = await asyncio.gather(*(at.says(f"1980-01-{day:02}") for day in range(1, 13)))
    assert not any(one.verified for one in tries)
    async with at.world.database.reading() as session:
        assert len((await session.scalars(select(IdentityCheck))).all()) == 3


async def test_a_code_is_texted_to_the_number_on_record_and_good_once_where_it_was_asked_for(
    at: World,
) -> None:
    assert await at.asks_for_a_code() is True
    code = await at.texted()
    assert await at.reads(code, at="call-2") == FAILED
    assert await at.reads(code, phone=NOBODY) == FAILED
    assert await at.reads(code) == Verdict(verified=True)
    assert await at.reads(code) == LOCKED


async def test_nobody_is_texted_and_nobody_learns_it(at: World) -> None:
    assert await at.asks_for_a_code(NOBODY) is True
    assert await at.reads("000000", NOBODY) == FAILED
    assert await at.world.rows("code_sms") == []


async def test_wrong_codes_and_time_end_a_code_and_so_many_are_texted_a_day(at: World) -> None:
    await at.asks_for_a_code()
    code = await at.texted()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert [await at.reads(wrong), await at.reads(wrong), await at.reads(code)] == [FAILED, LOCKED, LOCKED]
    assert await at.asks_for_a_code(at="call-2") is True
    late = await at.texted(2)
    at.world.clock.move(minutes=11)
    assert await at.reads(late, at="call-2") == FAILED
    assert await at.asks_for_a_code(at="call-3") is False
    assert await at.asks_for_a_code(NOBODY, at="call-3") is True
    assert at.world.twilio.posts == 3  # the confirmation, and two codes


async def test_a_code_stands_in_no_record(at: World) -> None:
    await at.asks_for_a_code()
    code = await at.texted()
    async with at.world.database.reading() as session:
        rows = [
            str(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's own name for a row's columns
            for table in ("identity_checks", "follow_ups")
            for row in await session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - names of ours
        ]
        (payload,) = [
            one.payload for one in await session.scalars(select(FollowUp)) if one.kind == "code_sms"
        ]
    assert code not in " ".join(rows)
    assert code not in str(payload)


async def test_a_practice_that_cannot_text_has_no_codes(
    database_settings: Settings, keyring: Keyring
) -> None:
    async with open_world(database_settings, keyring, sends_sms=False) as world:
        at = World(world)
        await world.book(customer={"phone": PHONE, "name": NAME})
        assert await at.identity.list_ways(world.bot) == []
        assert await at.asks_for_a_code() is False
