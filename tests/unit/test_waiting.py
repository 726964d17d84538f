"""Nobody who has spoken is left in silence, whatever hung or was lost."""

import asyncio

from agent.waiting import Unanswered


class Line:
    """A line on which the caller waits for an answer, or does not."""

    def __init__(self) -> None:
        self.owed = True
        self.asked: list[int] = []
        self.answered = asyncio.Event()

    async def answer(self, count: int) -> None:
        self.asked.append(count)
        self.owed = count < 1
        self.answered.set()

    async def until_answered(self) -> None:
        async with asyncio.timeout(20):
            await self.answered.wait()
        self.answered.clear()


async def test_a_turn_without_an_answer_is_answered_and_again_while_it_stays_so() -> None:
    line = Line()
    watching = asyncio.create_task(Unanswered(lambda: line.owed, line.answer, 0.05).watch())
    for _ in range(2):
        await line.until_answered()
    assert line.asked == [0, 1]
    watching.cancel()


async def test_a_new_turn_is_counted_anew() -> None:
    line = Line()
    watching = asyncio.create_task(Unanswered(lambda: line.owed, line.answer, 0.05).watch())
    for _ in range(2):
        await line.until_answered()
    await asyncio.sleep(0.05)  # long enough for a look at an answered turn
    line.owed = True
    await line.until_answered()
    watching.cancel()
    assert line.asked == [0, 1, 0]


async def test_who_is_answered_hears_nothing_more() -> None:
    line, looks = Line(), asyncio.Semaphore(0)
    line.owed = False

    def owed() -> bool:
        looks.release()
        return line.owed

    watching = asyncio.create_task(Unanswered(owed, line.answer, 0.02).watch())
    for _ in range(30):
        await looks.acquire()
    watching.cancel()
    assert line.asked == []
