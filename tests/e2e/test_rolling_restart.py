"""Servers that are replaced one after the other while they hold calls."""

import asyncio
import os

import pytest

from rehearsal.call_report import CallResult
from tests.fakes.call_rounds import open_lane
from tests.fakes.call_servers import phone
from tests.fakes.coded_caller import CodedCaller
from tests.fakes.forked_servers import ForkedServers

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.postgres,
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("kills-postgres"),
]

CALLS = int(os.environ.get("ROLLING_CALLS", "4"))
"""``make rolling-restart`` holds eight, which leaves two cores no time for anything else."""


async def until_heard(callers: list[CodedCaller], part: str) -> None:
    """Wait until one of them has heard it."""
    async with asyncio.timeout(90):
        while True:
            if any(part in one.text.lower() for caller in callers for one in caller.ear.heard):
                return
            await asyncio.sleep(0.02)


async def test_a_rolling_restart_drops_no_call_and_cuts_no_sentence(fork_server: ForkedServers) -> None:
    async with (
        fork_server.attached() as fork,
        open_lane(fork, "postgres", 1) as lane,
    ):
        servers = lane.world.servers
        numbers = [phone(place) for place in range(CALLS)]
        callers = [CodedCaller(phone=number[2:]) for number in numbers]
        calls = [
            asyncio.create_task(lane.hold(caller, number))
            for caller, number in zip(callers, numbers, strict=True)
        ]
        await until_heard(callers, "how can i help")
        await servers.start()
        await servers.stop(servers.running[0])
        before = list(servers.running)
        await servers.start()
        # Whoever has said goodbye just now is to end here, and not to go on at the next server.
        await until_heard(callers, "goodbye")
        await asyncio.gather(*(servers.stop(server) for server in before))
        reports = await asyncio.gather(*calls)
    for caller, number, report in zip(callers, numbers, reports, strict=True):
        story = caller.story()
        words = [one.text for one in caller.ear.heard]
        assert report.outcome is CallResult.BOT_HUNG_UP, story
        assert all(one.whole for one in caller.ear.heard), story
        assert not any("dropped" in text for text in words), story
        assert not any("still there" in text for text in words), f"an answer was lost: {story}"
        assert sum("goodbye" in text.lower() for text in words) == 1, story
        assert len(lane.platform.bookings[number]) == 1, story
    assert any(len(report.streams) > 1 for report in reports), "none was moved"
