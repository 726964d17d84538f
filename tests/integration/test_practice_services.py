"""Partners, assistants, calls, chats, messages and staff as the APIs know them."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from contracts.partner_messages import MessageCustomer, StaffMessage
from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.assistants.service import Assistants
from practice.conversations.service import Calls, Chats
from practice.errors import (
    AssistantNotFound,
    BotNotFound,
    CallNotFound,
    InvalidApiKey,
    SiteNotFound,
    ThreadNotFound,
    WrongPassword,
)
from practice.messages.service import Messages
from practice.partners.bots import Bots
from practice.partners.key_format import new_key
from practice.partners.keys import PartnerKeys
from practice.partners.service import Partners
from practice.records.staff import StaffMember
from practice.sites.service import Sites
from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.demo_practice import DemoIds

SAID = [
    {"role": "assistant", "content": "Maple Street Dental."},
    {"role": "user", "content": "Ähm, hi 👋 \x00"},
]


@pytest.fixture
def partners(database: Database, clock: Clock, keyring: Keyring) -> Partners:
    return Partners(database, clock, keyring)


@pytest.fixture
async def keys(database: Database) -> AsyncIterator[PartnerKeys]:
    keys = PartnerKeys(database)
    yield keys
    await keys.aclose()


@pytest.fixture
def bots(database: Database, clock: Clock, keyring: Keyring) -> Bots:
    return Bots(database, clock, keyring)


@pytest.fixture
def calls(database: Database, clock: Clock) -> Calls:
    return Calls(database, clock)


@pytest.fixture
def assistants(database: Database, clock: Clock) -> Assistants:
    return Assistants(database, clock)


async def test_the_demos_key_opens_the_demos_bot(keys: PartnerKeys, bots: Bots, demo: DemoIds) -> None:
    principal = await keys.authenticate(demo.partner_key)
    bot = await bots.get_bot(principal.partner_id, demo.bot_id)
    assert (bot.account_id, bot.site_id, bot.embedded) == (demo.account_id, demo.site_id, True)
    found = [
        await bots.find_bot_by_number(demo.phone_number),
        await bots.find_bot_by_assistant(demo.site_id, demo.assistant_id),
    ]
    assert found == [bot, bot]


async def test_a_key_that_is_wrong_or_revoked_opens_nothing(keys: PartnerKeys, demo: DemoIds) -> None:
    for key in ("", "Bearer", new_key(), demo.partner_key[:-1], demo.partner_key.upper()):
        with pytest.raises(InvalidApiKey):
            await keys.authenticate(key)
    for listed in await keys.list_keys(demo.partner_id):
        assert demo.partner_key.startswith(listed.prefix)
        await keys.revoke_key(demo.partner_id, listed.id)
    with pytest.raises(InvalidApiKey):
        await keys.authenticate(demo.partner_key)


async def test_another_partners_bot_looks_like_none(
    partners: Partners, keys: PartnerKeys, bots: Bots, demo: DemoIds
) -> None:
    other = await partners.create_partner("Other")
    assert (await keys.authenticate((await keys.create_key(other)).key)).partner_id == other
    for bot_id in (demo.bot_id, "bot_none", "x\x00y"):
        with pytest.raises(BotNotFound):
            await bots.get_bot(other, bot_id)
    assert await bots.find_bot_by_number("+12025550199") is None


async def test_an_assistant_is_made_changed_and_deleted(assistants: Assistants, demo: DemoIds) -> None:
    made = await assistants.create_assistant(demo.site_id, {"name": "Front"})
    changed = await assistants.update_assistant(demo.site_id, made.id, {"instructions": "Be brief."})
    assert (changed.name, changed.instructions) == ("Front", "Be brief.")
    assert [one.id for one in await assistants.list_assistants(demo.site_id)] == [demo.assistant_id, made.id]
    await assistants.delete_assistant(demo.site_id, made.id)
    with pytest.raises(AssistantNotFound):
        await assistants.get_assistant(demo.site_id, made.id)


async def test_an_assistant_that_a_bot_uses_can_be_deleted(
    assistants: Assistants, bots: Bots, demo: DemoIds
) -> None:
    await assistants.delete_assistant(demo.site_id, demo.assistant_id)
    bot = await bots.find_bot(demo.bot_id)
    assert bot is not None
    assert bot.assistant_id is None


async def test_another_sites_assistant_is_not_found(
    assistants: Assistants, database: Database, clock: Clock, demo: DemoIds
) -> None:
    other = await Sites(database, clock).create_site("Other")
    for site_id, assistant_id in [(other, demo.assistant_id), (demo.site_id, 999), (demo.site_id, 2**70)]:
        with pytest.raises(AssistantNotFound):
            await assistants.get_assistant(site_id, assistant_id)
        with pytest.raises(AssistantNotFound):
            await assistants.list_versions(site_id, assistant_id)
    for site_id in (0, 999, 2**70, -1):
        with pytest.raises(SiteNotFound):
            await assistants.list_assistants(site_id)


async def test_a_call_is_a_thread_with_its_messages_in_order(calls: Calls, demo: DemoIds) -> None:
    started = await calls.start("CA1", demo.bot_id, "+12025550100", demo.phone_number)
    assert await calls.start("CA1", demo.bot_id, None, None) == started
    for message in SAID:
        await calls.append("CA1", message)
    assert await calls.messages("CA1") == SAID
    assert await calls.list_calls(demo.bot_id) == [await calls.get("CA1")]


async def test_messages_from_several_at_once_are_all_kept(calls: Calls, demo: DemoIds) -> None:
    await calls.start("CA1", demo.bot_id, None, None)
    texts = [str(number) for number in range(20)]
    await asyncio.gather(*(calls.append("CA1", {"role": "user", "content": text}) for text in texts))
    assert sorted(str(message["content"]) for message in await calls.messages("CA1")) == sorted(texts)


async def test_connections_are_counted_each_once(calls: Calls, demo: DemoIds) -> None:
    await calls.start("CA1", demo.bot_id, None, None)
    numbers = await asyncio.gather(*(calls.connect("CA1") for _ in range(6)))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


async def test_the_same_call_started_many_times_at_once_is_one(calls: Calls, demo: DemoIds) -> None:
    views = await asyncio.gather(*(calls.start("CA1", demo.bot_id, None, None) for _ in range(8)))
    assert len({view.thread_id for view in views}) == 1


async def test_the_first_ending_stays(calls: Calls, demo: DemoIds) -> None:
    await calls.start("CA1", demo.bot_id, None, None)
    await calls.end("CA1", "transfer", "asked for a person", "+12025550143")
    await calls.end("CA1", "hang_up", "done")
    await calls.finish("CA1", "completed", 42)
    await calls.finish("unknown", "completed", 1)
    call = await calls.get("CA1")
    assert call.ending is not None
    assert (call.ending.kind, call.ending.to) == ("transfer", "+12025550143")
    assert (call.status, call.duration_seconds) == ("completed", 42)


async def test_a_call_that_is_not_known_is_not_found(calls: Calls) -> None:
    assert await calls.find("CA9") is None
    attempts: list[Any] = [
        calls.get("CA9"),
        calls.connect("CA9"),
        calls.append("CA9", SAID[0]),
        calls.messages("CA9"),
        calls.end("CA9", "hang_up", "done"),
    ]
    for attempt in attempts:
        with pytest.raises(CallNotFound):
            await attempt


async def test_a_chat_goes_on_where_it_was_until_a_fresh_one_is_started(
    database: Database, demo: DemoIds
) -> None:
    seconds = itertools.count()
    chats = Chats(database, lambda: datetime(2026, 11, 30, 14, 0, next(seconds), tzinfo=UTC))
    thread = await chats.open(demo.assistant_id, "staf_1", demo.bot_id)
    await chats.append(thread, *SAID)
    assert await chats.open(demo.assistant_id, "staf_1") == thread
    assert await chats.messages(thread) == SAID
    assert await chats.open(demo.assistant_id, "staf_2") != thread
    fresh = await chats.start(demo.assistant_id, "staf_1")
    assert await chats.open(demo.assistant_id, "staf_1") == fresh
    await chats.check(thread, demo.assistant_id, "staf_1")
    for thread_id, owner in ((thread, "staf_2"), ("thrd_none", "staf_1"), ("\x00", "staf_1")):
        with pytest.raises(ThreadNotFound):
            await chats.check(thread_id, demo.assistant_id, owner)
    with pytest.raises(ThreadNotFound):
        await chats.append("thrd_none", SAID[0])


async def test_a_message_is_taken_down_once_per_key(
    database: Database, clock: Clock, bots: Bots, demo: DemoIds
) -> None:
    messages, bot = Messages(database, clock), await bots.find_bot(demo.bot_id)
    assert bot is not None
    customer = MessageCustomer(name="Anna", phone="+12025550100")
    message = StaffMessage(text=" Please call back.", customer=customer)
    answers = await asyncio.gather(*(messages.leave(bot, "k1", message) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [200, 200, 200, 200, 201]
    assert len({str(answer.body) for answer in answers}) == 1
    assert answers[0].body["message"]["created_at"] == "2026-11-30T14:00:00Z"
    (kept,) = (await messages.list_of_sites(None)).messages
    assert (kept.text, kept.customer.name) == ("Please call back.", "Anna")


async def test_staff_log_in_with_their_password_and_reach_their_sites(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    staff = Staff(database, clock, CHEAP_HASHER)
    person = await staff.log_in(demo.staff_email.upper(), demo.staff_password)
    assert person.site_ids == (demo.site_id,)
    assert await staff.find(person.id) == person
    assert await staff.find("staf_none") is None
    for email, password in [
        (demo.staff_email, "wrong"),
        ("nobody@maplestreet.example", demo.staff_password),
        ("\x00", "\ud800"),
        (demo.staff_email, "\ud800"),
    ]:
        with pytest.raises(WrongPassword):
            await staff.log_in(email, password)


async def test_a_person_is_added_and_only_the_hash_is_kept(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    staff = Staff(database, clock, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    await staff.create(
        "Kim@Maple.example", "secret", first_name="Kim", last_name="Ode", site_ids=(demo.site_id,)
    )
    assert (await staff.log_in("kim@maple.example", "secret")).site_ids == (demo.site_id,)
    async with database.reading() as session:
        stored = list(await session.scalars(select(StaffMember.password_hash)))
    assert all(one.startswith("$argon2id$") and "secret" not in one for one in stored)
