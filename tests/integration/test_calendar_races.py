"""Whoever comes at the same moment: one wins, the others are told, and no time is given twice."""

import asyncio
import itertools
from collections import Counter
from typing import Any

import pytest

from kit.clock import Clock
from kit.db.database import Database
from practice.calendar.embedded import EmbeddedCalendar
from practice.errors import BookingCancelled, SlotUnavailable
from practice.records.bookings import Appointment, AppointmentChange, SlotHold
from practice.records.practices import Practitioner
from tests.fakes.calendar import TWO, at, booking, cancellation, hold, ids_of, move, rows_of
from tests.fakes.demo_practice import DemoIds

HOURS = [f"2026-12-01T{hour:02d}:{minute:02d}:00-05:00" for hour in range(9, 14) for minute in (0, 30)]


@pytest.fixture
def calendars(database: Database, clock: Clock) -> list[EmbeddedCalendar]:
    return [EmbeddedCalendar(database, clock) for _ in range(2)]


@pytest.fixture
async def lee(database: Database, demo: DemoIds) -> str:
    return (await ids_of(database, Practitioner))["Dr. Maya Lee"]


async def fill(calendar: EmbeddedCalendar, demo: DemoIds, lee: str, number: int) -> list[str]:
    ids = []
    for one in range(number):
        _, answer = await calendar.book(demo.account_id, booking(f"b{one}", HOURS[one], practitioner_id=lee))
        ids.append(answer["booking"]["id"])
    return ids


async def all_of(*works: Any) -> Counter[str]:
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    return Counter(type(one).__name__ if isinstance(one, BaseException) else "done" for one in outcomes)


async def no_overlap(database: Database) -> None:
    rows = [row for row in await rows_of(database, Appointment) if row.status != "cancelled"]
    taken = [(row.practitioner_number, row.busy_from, row.busy_until) for row in rows]
    holds = await rows_of(database, SlotHold)
    taken.extend((held.practitioner_number, held.busy_from, held.busy_until) for held in holds)
    for before, after in itertools.pairwise(sorted(taken)):
        assert before[0] != after[0] or before[2] <= after[1]


async def test_of_many_moved_to_one_time_exactly_one_gets_there(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    ids = await fill(calendars[0], demo, lee, 8)
    outcomes = await all_of(
        *(
            calendars[number % 2].changes.reschedule(demo.account_id, one, move(f"m{number}", TWO))
            for number, one in enumerate(ids)
        )
    )
    assert outcomes == {"done": 1, "SlotUnavailable": 7}
    assert sum(row.start_at == at(TWO) for row in await rows_of(database, Appointment)) == 1
    await no_overlap(database)


async def test_a_move_and_a_booking_of_one_time_do_not_both_succeed(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    ids = await fill(calendars[0], demo, lee, 4)
    outcomes = await all_of(
        *(calendars[0].changes.reschedule(demo.account_id, one, move(f"m{one}", TWO)) for one in ids),
        *(calendars[1].book(demo.account_id, booking(f"n{n}", TWO, practitioner_id=lee)) for n in range(4)),
    )
    assert outcomes == {"done": 1, "SlotUnavailable": 7}
    await no_overlap(database)


async def test_a_cancellation_and_a_move_of_one_booking_leave_it_cancelled(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    """Whichever is first, the cancellation stands: a move never brings back what was cancelled."""
    (made,) = await fill(calendars[0], demo, lee, 1)
    works = [
        *(
            calendars[n % 2].changes.reschedule(demo.account_id, made, move(f"m{n}", HOURS[n + 2]))
            for n in range(4)
        ),
        calendars[0].changes.cancel(demo.account_id, made, cancellation("c1")),
        *(
            calendars[n % 2].changes.reschedule(demo.account_id, made, move(f"l{n}", HOURS[n + 6]))
            for n in range(3)
        ),
    ]
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    (row,) = await rows_of(database, Appointment)
    assert row.status == "cancelled"
    for one in outcomes:
        assert isinstance(one, dict | BookingCancelled)
    assert (
        await calendars[0].book(
            demo.account_id, booking("free", row.start_at.isoformat(), practitioner_id=lee)
        )
    )[0] == 201


async def test_one_key_changes_a_booking_once_however_many_ask(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    (made,) = await fill(calendars[0], demo, lee, 1)
    moved = await asyncio.gather(
        *(calendars[n % 2].changes.reschedule(demo.account_id, made, move("m", TWO)) for n in range(10))
    )
    cancelled = await asyncio.gather(
        *(calendars[n % 2].changes.cancel(demo.account_id, made, cancellation("c")) for n in range(10))
    )
    assert all(one == moved[0] for one in moved)
    assert all(one == cancelled[0] for one in cancelled)
    assert len(await rows_of(database, AppointmentChange)) == 2


async def test_of_holds_and_bookings_of_one_time_exactly_one_succeeds(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    works = []
    for number in range(6):
        works.append(calendars[0].holds.hold(demo.account_id, hold(f"h{number}", TWO, practitioner_id=lee)))
        works.append(calendars[1].book(demo.account_id, booking(f"b{number}", TWO, practitioner_id=lee)))
    assert await all_of(*works) == {"done": 1, "SlotUnavailable": 11}
    assert len(await rows_of(database, Appointment)) + len(await rows_of(database, SlotHold)) == 1


async def test_one_key_holds_once_however_many_ask(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    answers = await asyncio.gather(
        *(
            calendars[n % 2].holds.hold(demo.account_id, hold("h", TWO, practitioner_id=lee))
            for n in range(10)
        )
    )
    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert len({answer["hold"]["id"] for _, answer in answers}) == 1


async def test_a_hold_is_used_up_by_one_booking_and_opens_the_time_to_no_other(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    _, answer = await calendars[0].holds.hold(demo.account_id, hold("h", TWO, practitioner_id=lee))
    held = answer["hold"]["id"]
    works = [
        calendars[n % 2].book(demo.account_id, booking(f"b{n}", TWO, practitioner_id=lee, hold_id=named))
        for n, named in enumerate([None, held, None, held, None, held])
    ]
    assert await all_of(*works) == {"done": 1, "SlotUnavailable": 5}
    assert len(await rows_of(database, Appointment)) == 1
    assert await rows_of(database, SlotHold) == []


async def test_everything_at_once_gives_no_time_twice(
    calendars: list[EmbeddedCalendar], demo: DemoIds, database: Database, lee: str
) -> None:
    ids = await fill(calendars[0], demo, lee, 6)
    works: list[Any] = []
    for n, one in enumerate(ids):
        works.append(calendars[0].changes.reschedule(demo.account_id, one, move(f"m{n}", HOURS[(n + 1) % 7])))
        works.append(calendars[1].changes.reschedule(demo.account_id, one, move(f"n{n}", HOURS[n + 3])))
        works.append(calendars[1].book(demo.account_id, booking(f"x{n}", HOURS[n + 2], practitioner_id=lee)))
        works.append(
            calendars[0].holds.hold(demo.account_id, hold(f"h{n}", HOURS[n + 4], practitioner_id=lee))
        )
    works.extend(
        calendars[0].changes.cancel(demo.account_id, one, cancellation(f"c{one}")) for one in ids[::2]
    )
    for outcome in await asyncio.gather(*works, return_exceptions=True):
        assert isinstance(outcome, dict | tuple | SlotUnavailable | BookingCancelled)
    await no_overlap(database)
