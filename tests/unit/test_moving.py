"""When a call goes on at another server."""

import asyncio
from collections.abc import Iterator

from agent.moving import Move

PAUSE_SECONDS = 0.01


async def test_a_call_stays_while_nobody_is_to_speak_next() -> None:
    move = Move(PAUSE_SECONDS)
    assert not await move.until_due(0.05, lambda: False)


async def test_what_is_due_before_a_move_is_asked_for_is_said_here() -> None:
    move = Move(PAUSE_SECONDS)
    assert not move.takes_over()
    assert not await move.until_due(0.05, lambda: False), "it was said"


async def test_a_call_moves_when_the_bot_is_to_speak_next() -> None:
    move = Move(PAUSE_SECONDS)
    moving = asyncio.create_task(move.until_due(60, lambda: False))
    await asyncio.sleep(0)
    assert move.takes_over()
    assert await moving


async def test_whoever_goes_on_speaking_is_heard_to_the_end_of_that_turn() -> None:
    move, asked = Move(PAUSE_SECONDS), asyncio.Event()

    def answers() -> Iterator[bool]:
        asked.set()
        yield True
        yield False

    speaking = answers()
    moving = asyncio.create_task(move.until_due(60, lambda: next(speaking)))
    await asyncio.sleep(0)
    assert move.takes_over()
    await asked.wait()
    assert not moving.done()
    assert move.takes_over(), "at the end of that turn"
    assert await moving
