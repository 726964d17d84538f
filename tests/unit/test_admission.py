"""Calls are admitted as long as those in progress are served well."""

import asyncio
import time
from typing import Any

import pytest

from config.settings import AdmissionSettings
from webhooks.admission import Admission


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def admission(clock: Clock | None = None, queue: float = 0.0, **settings: Any) -> Admission:
    return Admission(AdmissionSettings(**settings), lambda: queue, clock or Clock())


def test_calls_beyond_the_ceiling_are_not_admitted_and_one_that_was_stays() -> None:
    door = admission(calls=2)
    assert [door.ask(f"CA{n}", "bot_1", f"+1202555010{n}") for n in range(3)] == ["yes", "yes", "full"]
    assert door.ask("CA1", "bot_1", "+12025550101") == "yes"


def test_a_server_stops_being_ready_before_it_is_full() -> None:
    door = admission(calls=10)
    answers = []
    for n in range(10):
        answers.append(door.ready)
        assert door.ask(f"CA{n}", "bot_1", None) == "yes"
    assert answers == [True] * 9 + [False]


def test_a_call_whose_media_never_comes_gives_its_place_back() -> None:
    clock = Clock()
    door = admission(clock, calls=1, place_seconds=10)
    assert door.ask("CA1", "bot_1", None) == "yes"
    clock.now += 9
    assert door.ask("CA2", "bot_1", None) == "full"
    clock.now += 2
    assert door.ask("CA2", "bot_1", None) == "yes"


async def test_a_call_in_progress_keeps_its_place_and_its_caller_s() -> None:
    clock = Clock()
    door = admission(clock, calls=5, calls_of_a_caller=1, place_seconds=10)
    over = asyncio.Event()

    async def conversation() -> None:
        await over.wait()

    assert door.ask("CA1", "bot_1", "+12025550100") == "yes"
    call = asyncio.create_task(door.calls.run("CA1", conversation()))
    await asyncio.sleep(0)
    clock.now += 3600
    assert door.ask("CA2", "bot_1", "+12025550100") == "caller_full"
    over.set()
    await call
    assert door.ask("CA2", "bot_1", "+12025550100") == "yes"


@pytest.mark.parametrize(
    ("settings", "answer"),
    [({"calls_of_a_bot": 2}, "practice_full"), ({"calls_of_a_caller": 2}, "caller_full")],
)
def test_neither_one_practice_nor_one_caller_takes_all_places(settings: dict[str, Any], answer: str) -> None:
    door = admission(**settings)
    for n in range(2):
        assert door.ask(f"CA{n}", "bot_1", "+12025550100") == "yes"
    assert door.ask("CA9", "bot_1", "+12025550100") == answer
    assert door.ask("CA9", "bot_2", "+12025550109") == "yes"


def test_callers_who_show_no_number_are_not_taken_for_one() -> None:
    door = admission(calls_of_a_caller=1)
    assert [door.ask(f"CA{n}", "bot_1", None) for n in range(3)] == ["yes"] * 3


def test_a_queue_before_the_speech_models_closes_the_door() -> None:
    assert admission(queue=1.9, speech_queue=2.0).ask("CA1", "bot_1", None) == "yes"
    assert admission(queue=2.0, speech_queue=2.0).ask("CA1", "bot_1", None) == "full"


async def test_an_event_loop_that_lags_closes_the_door_and_one_stall_does_not() -> None:
    door = Admission(AdmissionSettings(lag_seconds=0.05), lambda: 0.0)
    watching = asyncio.create_task(door.watch())
    loads: list[float] = []
    await asyncio.sleep(0)
    for _ in range(60):
        time.sleep(0.2)  # noqa: ASYNC251 - the stall is what is tested
        await asyncio.sleep(0.06)
        loads.append(door.load)
        if door.load >= 1:
            break
    watching.cancel()
    assert loads[0] < 1
    assert door.ask("CA1", "bot_1", None) == "full"
