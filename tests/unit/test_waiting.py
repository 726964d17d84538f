"""Nobody who waits is left in silence, whatever hung or was lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agent.waiting import Waiting


class Line:
    """A line on which the caller waits for an answer, or does not."""

    def __init__(self) -> None:
        self.is_owed = True
        self.served = False
        self.sounds = False
        self.log: list[str] = []
        self.looks = asyncio.Semaphore(0)
        self.grew = asyncio.Event()

    @property
    def heard_at(self) -> float:
        return time.monotonic() if self.sounds else 0.0

    @property
    def owed(self) -> bool:
        self.looks.release()
        return self.is_owed

    async def console(self, count: int, *, busy: bool) -> None:
        self._note(f"{'under way' if busy else 'one moment'} {count}")

    async def answer(self, count: int) -> None:
        self._note(f"answer {count}")

    def _note(self, what: str) -> None:
        self.log.append(what)
        self.grew.set()

    async def until(self, count: int) -> list[str]:
        """Wait until the caller was spoken to so often."""
        async with asyncio.timeout(20):
            while len(self.log) < count:
                self.grew.clear()
                await self.grew.wait()
        return self.log

    async def looked_at(self, times: int) -> None:
        """Wait until it was looked so often."""
        for _ in range(times):
            await self.looks.acquire()


@asynccontextmanager
async def watched(line: Line) -> AsyncIterator[Waiting]:
    waiting = Waiting(line, 0.05)
    watching = asyncio.create_task(waiting.watch())
    try:
        yield waiting
    finally:
        watching.cancel()


async def test_a_turn_without_an_answer_is_answered_and_again_while_it_stays_so() -> None:
    line = Line()
    async with watched(line):
        assert (await line.until(2))[:2] == ["answer 0", "answer 1"]


async def test_a_new_turn_is_counted_anew() -> None:
    line = Line()
    async with watched(line):
        await line.until(2)
        line.is_owed = False
        line.log.clear()
        line.looks = asyncio.Semaphore(0)
        await line.looked_at(2)
        line.is_owed = True
        assert (await line.until(1))[0] == "answer 0"


async def test_who_is_answered_hears_nothing_more() -> None:
    line = Line()
    line.is_owed = False
    async with watched(line):
        await line.looked_at(30)
    assert line.log == []


async def test_nobody_speaks_into_what_is_being_said() -> None:
    line = Line()
    line.sounds = True
    async with watched(line):
        await line.looked_at(30)
    assert line.log == []


async def test_an_answer_that_is_being_made_is_promised_and_then_another_given() -> None:
    line = Line()
    line.served = True
    async with watched(line):
        assert (await line.until(3))[:3] == ["one moment 0", "one moment 1", "answer 0"]


async def test_while_something_is_under_way_no_other_answer_is_given() -> None:
    line = Line()
    async with watched(line) as waiting:
        with waiting.under_way():
            assert waiting.busy
            assert (await line.until(4))[:4] == [f"under way {n}" for n in range(4)]
        assert not waiting.busy
