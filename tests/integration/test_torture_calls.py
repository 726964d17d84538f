"""Whole calls with a fault in them, judged by what the caller heard, what is booked, what was asked."""

import pytest

from kit.clock import Clock
from kit.db.database import Database
from practice.conversations.service import Calls
from tests.benchmarks.torture_calls import FAULTS, logs_of
from tests.fakes.broken_calls import Course, Fault, play
from tests.fakes.demo_practice import DemoIds
from tests.fakes.live_call import LiveCalls

pytestmark = pytest.mark.timeout(120)


def marked(faults: list[Fault]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.name)


@pytest.mark.audio
@marked([fault for fault in FAULTS if fault.at])
async def test_a_call_survives_the_end_of_its_stream(
    calls: LiveCalls, database: Database, clock: Clock, demo: DemoIds, fault: Fault
) -> None:
    await survives(calls, database, clock, demo, fault)


@pytest.mark.audio
@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)  # the platform alone is in trouble
@marked([fault for fault in FAULTS if not fault.at])
async def test_a_call_survives_what_befalls_the_platform(
    calls: LiveCalls, database: Database, clock: Clock, demo: DemoIds, fault: Fault
) -> None:
    await survives(calls, database, clock, demo, fault)


async def survives(calls: LiveCalls, database: Database, clock: Clock, demo: DemoIds, fault: Fault) -> None:
    course = await play(calls, fault, logs_of(Calls(database, clock), demo.bot_id, "CA1"))
    # How long nobody spoke says on a busy machine more of the machine; `make torture-calls` measures it.
    assert set(course.findings()) - {"silence"} == set(), course.heard


@pytest.mark.parametrize(
    ("course", "finding"),
    [
        (Course(Fault(""), ["You are booked for Tuesday."], ended=True), "said to be booked, and is not"),
        (Course(Fault(""), ["Nothing is booked."], bookings=1, ended=True), "said not to be booked, and is"),
        (Course(Fault(""), ["Goodbye."], bookings=1, ended=True), "booked, and never told"),
        (Course(Fault(""), ["You are booked."], bookings=2, ended=True), "double booking"),
        (Course(Fault(""), asked=899, ended=True), "loop"),
        (Course(Fault(""), silence_seconds=7.6, ended=True), "silence"),
        (Course(Fault("")), "never ended"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_judge_finds_what_must_not_be(course: Course, finding: str) -> None:
    assert finding in course.findings()
