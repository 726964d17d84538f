"""A caller waits for sentences, not for words, and not again and again for a vendor that is down."""

import asyncio

import pytest

from agent.llm.patience import Deadline
from agent.vendor_breaker import vendor_breaker


async def drip(deadline: Deadline, word: str, times: int) -> int:
    """Say a word again and again, each in less than the time for a sentence; gives how often it could."""
    said = 0
    try:
        async with deadline:
            for _ in range(times):
                await asyncio.sleep(0.06)
                deadline.heard(word)
                said += 1
    except TimeoutError:
        return said
    return said


async def test_words_that_drip_buy_no_time() -> None:
    assert await drip(Deadline(0.2), "well", 30) < 10


async def test_each_sentence_buys_time_for_the_next() -> None:
    assert await drip(Deadline(2.0), "Yes.", 40) == 40


async def test_what_is_heard_outside_of_an_answer_changes_nothing() -> None:
    deadline = Deadline(0.05)
    deadline.heard("Late.")
    with pytest.raises(TimeoutError):
        async with deadline:
            await asyncio.sleep(1)


def test_a_vendor_that_fails_again_and_again_is_left_alone_and_then_probed_once() -> None:
    now = 0.0
    breaker = vendor_breaker("model", failures=3, seconds=20, monotonic=lambda: now)
    for _ in range(3):
        admission = breaker.admit()
        assert admission is not None
        breaker.report(admission, "failure")
    assert breaker.admit() is None
    now = 20.0
    probe = breaker.admit()
    assert probe is not None
    assert breaker.admit() is None
    breaker.report(probe, "success")
    assert breaker.admit() is not None
