"""The calls that a server carries, and how they end."""

import asyncio

import pytest

from webhooks.active_calls import ActiveCalls


async def hold(begun: asyncio.Event, end: asyncio.Event, marks: list[str], name: str) -> None:
    begun.set()
    try:
        await end.wait()
        marks.append(f"{name} ended")
    except asyncio.CancelledError:
        marks.append(f"{name} stopped")
        raise


async def test_a_call_runs_to_its_end_and_is_counted_while_it_runs() -> None:
    progress, begun, end, marks = ActiveCalls(), asyncio.Event(), asyncio.Event(), list[str]()
    running = asyncio.ensure_future(progress.run("CA1", hold(begun, end, marks, "one")))
    await begun.wait()
    assert len(progress) == 1
    assert not await progress.wait_idle(0.01)
    end.set()
    await running
    assert (len(progress), marks) == (0, ["one ended"])
    assert await progress.wait_idle(0.01)


async def test_a_new_connection_of_the_same_call_stops_the_old_one_first() -> None:
    progress, end, marks = ActiveCalls(), asyncio.Event(), list[str]()
    first, second = asyncio.Event(), asyncio.Event()
    old = asyncio.ensure_future(progress.run("CA1", hold(first, end, marks, "old")))
    await first.wait()
    new = asyncio.ensure_future(progress.run("CA1", hold(second, end, marks, "new")))
    await second.wait()
    assert marks == ["old stopped"]
    assert len(progress) == 1
    end.set()
    await asyncio.gather(old, new)
    assert marks == ["old stopped", "new ended"]
    assert await progress.wait_idle(0.01)


async def test_a_third_connection_waits_for_the_first_to_wind_up_too() -> None:
    progress, end, marks = ActiveCalls(), asyncio.Event(), list[str]()
    begun, wound_up, replaced, third = (asyncio.Event() for _ in range(4))

    async def reluctant() -> None:
        begun.set()
        try:
            await end.wait()
        finally:
            replaced.set()
            await wound_up.wait()
            marks.append("first wound up")

    calls = [asyncio.ensure_future(progress.run("CA1", reluctant()))]
    await begun.wait()
    calls.append(asyncio.ensure_future(progress.run("CA1", hold(asyncio.Event(), end, marks, "second"))))
    await replaced.wait()
    calls.append(asyncio.ensure_future(progress.run("CA1", hold(third, end, marks, "third"))))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not third.is_set()
    wound_up.set()
    await third.wait()
    end.set()
    await asyncio.gather(*calls)
    assert marks == ["first wound up", "third ended"]


async def test_different_calls_do_not_disturb_each_other() -> None:
    progress, end, marks = ActiveCalls(), asyncio.Event(), list[str]()
    events = [asyncio.Event() for _ in range(3)]
    calls = [
        asyncio.ensure_future(progress.run(f"CA{i}", hold(event, end, marks, str(i))))
        for i, event in enumerate(events)
    ]
    await asyncio.gather(*(event.wait() for event in events))
    assert len(progress) == 3
    end.set()
    await asyncio.gather(*calls)
    assert sorted(marks) == ["0 ended", "1 ended", "2 ended"]


async def test_a_failure_reaches_who_ran_the_call_and_leaves_nothing_behind() -> None:
    async def fail() -> None:
        raise RuntimeError("broken")

    progress = ActiveCalls()
    with pytest.raises(RuntimeError, match="broken"):
        await progress.run("CA1", fail())
    assert len(progress) == 0


async def test_a_stopped_server_stops_its_calls() -> None:
    progress, begun, marks = ActiveCalls(), asyncio.Event(), list[str]()
    running = asyncio.ensure_future(progress.run("CA1", hold(begun, asyncio.Event(), marks, "one")))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0)
    assert (len(progress), marks) == (0, ["one stopped"])
