"""Of a call's media streams one leads: what an earlier one still says is refused, on any replica."""

import asyncio

import pytest

from kit.clock import Clock
from kit.db.database import Database
from practice.conversations.service import Calls
from practice.errors import CallTakenOver
from tests.fakes.demo_practice import DemoIds

HELLO = {"role": "assistant", "content": "Hello."}
GHOST = {"role": "assistant", "content": "Are you still there?"}


@pytest.fixture
async def calls(database: Database, clock: Clock, demo: DemoIds) -> Calls:
    calls = Calls(database, clock)
    await calls.start("CA1", demo.bot_id, "+12025550164", demo.phone_number)
    assert await calls.connect("CA1") == 1
    assert await calls.take_over("CA1", 1) == []
    return calls


async def test_a_stream_that_was_replaced_adds_nothing_and_ends_nothing(calls: Calls) -> None:
    await calls.append("CA1", HELLO, connection=1)
    assert await calls.connect("CA1") == 2
    await calls.append("CA1", {"role": "user", "content": "last words"}, connection=1)
    said = await calls.take_over("CA1", 2)
    assert [one["content"] for one in said] == ["Hello.", "last words"]
    with pytest.raises(CallTakenOver):
        await calls.append("CA1", GHOST, connection=1)
    with pytest.raises(CallTakenOver):
        await calls.end("CA1", "hang_up", "the caller said nothing", connection=1)
    assert await calls.messages("CA1") == said
    assert (await calls.get("CA1")).ending is None
    await calls.end("CA1", "hang_up", "done", connection=2)
    assert (await calls.get("CA1")).ending is not None


async def test_an_earlier_stream_cannot_take_the_lead_back(calls: Calls) -> None:
    await calls.take_over("CA1", 3)
    with pytest.raises(CallTakenOver):
        await calls.take_over("CA1", 2)
    await calls.append("CA1", HELLO, connection=3)


async def test_who_takes_over_has_every_message_that_was_not_refused(calls: Calls) -> None:
    refused: list[int] = []

    async def ghost(number: int) -> None:
        try:
            await calls.append("CA1", {"role": "assistant", "content": str(number)}, connection=1)
        except CallTakenOver:
            refused.append(number)

    async def take_over() -> list[str]:
        return [str(one["content"]) for one in await calls.take_over("CA1", 2)]

    first, said, second = await asyncio.gather(
        asyncio.gather(*(ghost(number) for number in range(8))),
        take_over(),
        asyncio.gather(*(ghost(number) for number in range(8, 16))),
    )
    assert len(first) == len(second) == 8
    kept = [str(one["content"]) for one in await calls.messages("CA1")]
    assert kept == said
    assert sorted([*kept, *map(str, refused)], key=int) == [str(number) for number in range(16)]


async def test_a_caller_who_comes_back_is_known_to_come_back(calls: Calls) -> None:
    assert not (await calls.get("CA1")).came_back
    await calls.end("CA1", "transfer", "asked for a person", connection=1)
    assert not (await calls.get("CA1")).came_back
    await calls.resume("CA1")
    call = await calls.get("CA1")
    assert (call.ending, call.came_back) == (None, True)
