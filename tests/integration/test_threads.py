"""Every conversation is a thread with a number, a user and content of the integrator's, and a memory."""

import asyncio
from datetime import timedelta

import pytest

from kit.clock import Clock
from kit.db.database import Database
from practice.assistants.service import Assistants
from practice.conversations.integrator_threads import Memories, Threads
from practice.conversations.service import Calls, Chats
from practice.errors import ThreadNotFound
from tests.fakes.clock import MovableClock
from tests.fakes.demo_practice import DemoIds
from tests.fakes.pages import all_of


@pytest.fixture
def threads(database: Database, clock: Clock) -> Threads:
    return Threads(database, clock)


async def test_a_thread_keeps_what_an_integrator_gives_it(threads: Threads, demo: DemoIds) -> None:
    made = await threads.create_thread(demo.assistant_id, "user-1", {"channel": "web"}, 3)
    assert (made.user_id, made.content, made.assistant_version) == ("user-1", {"channel": "web"}, 3)
    assert await threads.get_thread(demo.assistant_id, made.number) == made
    changed = await threads.update_thread(demo.assistant_id, made.number, {"user_id": None})
    assert (changed.user_id, changed.content) == (None, {"channel": "web"})
    assert await all_of(threads.pages_of_threads(demo.assistant_id)) == [changed]


async def test_messages_stand_in_their_order(threads: Threads, demo: DemoIds) -> None:
    made = await threads.create_thread(demo.assistant_id, None, None)
    for place in range(3):
        added = await threads.append_message(
            demo.assistant_id, made.number, {"role": "user", "content": f"{place}"}
        )
        assert added.position == place
    listed = await all_of(threads.pages_of_messages(demo.assistant_id, made.number))
    assert [one.message["content"] for one in listed] == ["0", "1", "2"]


async def test_long_lists_are_gone_through_in_pages(threads: Threads, demo: DemoIds) -> None:
    made = [await threads.create_thread(demo.assistant_id, f"{place}", None) for place in range(5)]
    for place in range(4):
        message = {"role": "user", "content": f"{place}"}
        await threads.append_message(demo.assistant_id, made[0].number, message)
    pages = [page async for page in threads.pages_of_threads(demo.assistant_id, 2)]
    assert [[one.user_id for one in page] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]
    said = [page async for page in threads.pages_of_messages(demo.assistant_id, made[0].number, 2)]
    assert [[one.message["content"] for one in page] for page in said] == [["0", "1"], ["2", "3"], []]


async def test_first_messages_at_once_are_one_conversation(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    chats = Chats(database, clock)
    opened = await asyncio.gather(*(chats.open(demo.assistant_id, "anna") for _ in range(8)))
    assert len(set(opened)) == 1
    assert await chats.open(demo.assistant_id, "ben") != opened[0]


async def test_whoever_answers_looks_back_at_the_latest_from_where_a_person_speaks(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    chats = Chats(database, clock)
    thread = await chats.start(demo.assistant_id, "anna")
    said = [{"role": role, "content": f"{n}"} for n in range(3) for role in ("user", "assistant", "tool")]
    await chats.append(thread, *said)
    assert await chats.messages(thread, 9) == await chats.messages(thread, 10) == said
    assert await chats.messages(thread, 8) == await chats.messages(thread, 6) == said[3:]
    assert await chats.messages(thread, 5) == said[6:]
    assert await chats.messages(thread, 2) == said[7:]
    assert await chats.messages(thread) == said


async def test_a_deleted_thread_is_gone_with_its_messages(threads: Threads, demo: DemoIds) -> None:
    made = await threads.create_thread(demo.assistant_id, None, None)
    await threads.append_message(demo.assistant_id, made.number, {"role": "user", "content": "x"})
    await threads.delete_thread(demo.assistant_id, made.number)
    with pytest.raises(ThreadNotFound):
        await all_of(threads.pages_of_messages(demo.assistant_id, made.number))
    assert await all_of(threads.pages_of_threads(demo.assistant_id)) == []


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**70])
async def test_a_number_that_is_no_row_finds_nothing(threads: Threads, demo: DemoIds, number: int) -> None:
    with pytest.raises(ThreadNotFound):
        await threads.get_thread(demo.assistant_id, number)


async def test_another_assistants_thread_is_not_found(
    threads: Threads, demo: DemoIds, database: Database, clock: Clock
) -> None:
    made = await threads.create_thread(demo.assistant_id, None, None)
    other = await Assistants(database, clock).create_assistant(demo.site_id, {"name": "Other"})
    for attempt in (
        threads.get_thread(other.id, made.number),
        threads.update_thread(other.id, made.number, {"user_id": "x"}),
        threads.delete_thread(other.id, made.number),
        all_of(threads.pages_of_messages(other.id, made.number)),
        threads.append_message(other.id, made.number, {"role": "user", "content": "x"}),
    ):
        with pytest.raises(ThreadNotFound):
            await attempt
    assert (await threads.get_thread(demo.assistant_id, made.number)) == made


async def test_calls_and_chats_are_threads_of_their_assistant(
    threads: Threads, demo: DemoIds, database: Database, clock: Clock
) -> None:
    calls = Calls(database, clock)
    call = await calls.start(
        "CA1", demo.bot_id, None, None, assistant_id=demo.assistant_id, assistant_version=2
    )
    await calls.append("CA1", {"role": "user", "content": "Hello"})
    chat = await Chats(database, clock).open(demo.assistant_id, "staf_1", demo.bot_id)
    listed = await all_of(threads.pages_of_threads(demo.assistant_id))
    assert [(one.kind, one.id) for one in listed] == [("call", call.thread_id), ("chat", chat)]
    assert (call.assistant_id, call.assistant_version) == (demo.assistant_id, 2)
    assert len({one.number for one in listed}) == 2


async def test_deleting_a_calls_thread_forgets_what_was_said_and_keeps_the_call(
    threads: Threads, demo: DemoIds, database: Database, clock: Clock
) -> None:
    calls = Calls(database, clock)
    await calls.start("CA1", demo.bot_id, None, None, assistant_id=demo.assistant_id)
    await calls.append("CA1", {"role": "user", "content": "Hello"})
    (thread,) = await all_of(threads.pages_of_threads(demo.assistant_id))
    await threads.delete_thread(demo.assistant_id, thread.number)
    assert await all_of(threads.pages_of_threads(demo.assistant_id)) == []
    assert await calls.messages("CA1") == []
    assert (await calls.get("CA1")).status == "in_progress"


async def test_an_assistant_can_be_deleted_after_it_took_calls(
    demo: DemoIds, database: Database, clock: Clock
) -> None:
    calls = Calls(database, clock)
    await calls.start("CA1", demo.bot_id, None, None, assistant_id=demo.assistant_id)
    await calls.append("CA1", {"role": "user", "content": "Hello"})
    await Assistants(database, clock).delete_assistant(demo.site_id, demo.assistant_id)
    assert await calls.messages("CA1") == [{"role": "user", "content": "Hello"}]


async def test_a_conversation_has_one_thread_however_many_ask_at_once(
    threads: Threads, demo: DemoIds
) -> None:
    found = await asyncio.gather(*(threads.of_conversation(demo.assistant_id, "conv-1", 1) for _ in range(8)))
    assert len({one.number for one in found}) == 1
    assert (await threads.of_conversation(demo.assistant_id, "conv-2", 1)).number != found[0].number


async def test_memory_is_per_assistant_and_conversation_and_written_over(
    demo: DemoIds, database: Database, clock: Clock
) -> None:
    memories = Memories(database, clock)
    other = await Assistants(database, clock).create_assistant(demo.site_id, {"name": "Other"})
    await memories.write(demo.assistant_id, "c1", "insurer", {"name": "Delta"})
    await memories.write(demo.assistant_id, "c1", "insurer", "Aetna")
    await memories.write(demo.assistant_id, "c1", "visits", [1, 2])
    await memories.write(demo.assistant_id, "c2", "insurer", "Cigna")
    assert await memories.read(demo.assistant_id, "c1") == {"insurer": "Aetna", "visits": [1, 2]}
    assert await memories.read(other.id, "c1") == {}


async def test_what_is_not_looked_back_at_is_still_there(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    chats = Chats(database, clock)
    thread = await chats.open(demo.assistant_id, "anna")
    await chats.append(thread, *({"role": "user", "content": f"{place}"} for place in range(5)))
    recent = await chats.messages(thread, 2)
    earlier = await chats.messages_before(thread, len(recent))
    assert [one["content"] for one in [*earlier, *recent]] == ["0", "1", "2", "3", "4"]
    assert await chats.messages_before(thread, 5) == []


async def test_a_thread_goes_on_while_it_is_fresh_and_its_assistant_the_same(
    database: Database, demo: DemoIds
) -> None:
    clock = MovableClock()
    chats, fresh = Chats(database, clock), timedelta(minutes=30)

    async def opened(version: int = 1) -> str:
        return await chats.open(demo.assistant_id, "anna", demo.bot_id, version, fresh=fresh)

    first = await opened()
    for _ in range(3):
        clock.move(minutes=29)
        assert await opened() == first
        await chats.append(first, {"role": "user", "content": "Hello"})
    assert await opened(2) != first
    clock.move(minutes=31)
    third = await opened(2)
    assert third != first
    assert await chats.open(demo.assistant_id, "anna") == third
