"""Nobody is booked twice for one moment: not by many at once, not past the service, not by two processes."""

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from contracts.platform import BookRequest
from kit.clock import Clock
from kit.db.database import Database
from practice.calendar.embedded import EmbeddedCalendar
from practice.calendar.repository import list_appointments
from practice.errors import SlotUnavailable
from practice.records.bookings import Appointment
from practice.records.practices import Practitioner
from tests.fakes.calendar import booking
from tests.fakes.demo_practice import DemoIds

AT = datetime(2026, 12, 1, 19, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


def wish(key: str, practitioner_id: str | None = None, start: datetime = AT) -> BookRequest:
    return booking(key, start.isoformat(), practitioner_id=practitioner_id)


def appointment(demo: DemoIds, key: str, start: datetime, **changes: Any) -> Appointment:
    values: dict[str, Any] = {
        "id": f"bkg_{key}",
        "account_id": demo.account_id,
        "practice_id": demo.practice_id,
        "practitioner_number": 1,
        "status": "confirmed",
        "start_at": start,
        "end_at": start + HALF_HOUR,
        "busy_from": start,
        "busy_until": start + HALF_HOUR,
        "customer_name": "Anna Bell",
        "customer_phone": "+12025550100",
        "idempotency_key": key,
        "created_at": start,
    }
    return Appointment(**{**values, **changes})


async def insert(database: Database, row: Appointment) -> None:
    async with database.session() as session:
        session.add(row)


async def booked(database: Database, demo: DemoIds) -> list[Appointment]:
    async with database.reading() as session:
        return await list_appointments(session, demo.account_id)


async def first_practitioner(database: Database) -> str:
    async with database.reading() as session:
        return (await session.scalars(select(Practitioner.id).where(Practitioner.number == 1))).one()


async def test_of_many_who_want_one_slot_at_once_exactly_one_gets_it(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    calendar, lee = EmbeddedCalendar(database, clock), await first_practitioner(database)
    outcomes = await asyncio.gather(
        *(calendar.book(demo.account_id, wish(f"k{number}", lee)) for number in range(24)),
        return_exceptions=True,
    )
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {tuple: 1, SlotUnavailable: 23}
    assert len(await booked(database, demo)) == 1


async def test_of_many_who_want_any_practitioner_each_gets_a_free_one(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    calendar = EmbeddedCalendar(database, clock)
    outcomes = await asyncio.gather(
        *(calendar.book(demo.account_id, wish(f"k{number}")) for number in range(12)),
        return_exceptions=True,
    )
    assert Counter(type(outcome) for outcome in outcomes) == {tuple: 2, SlotUnavailable: 10}
    assert sorted(row.practitioner_number for row in await booked(database, demo)) == [1, 2]


async def test_the_same_key_many_times_at_once_books_once(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    calendar, lee = EmbeddedCalendar(database, clock), await first_practitioner(database)
    outcomes = await asyncio.gather(*(calendar.book(demo.account_id, wish("k", lee)) for _ in range(16)))
    assert sorted(status for status, _ in outcomes) == [200] * 15 + [201]
    assert len({body["booking"]["id"] for _, body in outcomes}) == 1


@pytest.mark.parametrize("minutes", [-29, -15, 0, 15, 29])
async def test_the_database_itself_refuses_an_overlap(
    database: Database, demo: DemoIds, minutes: int
) -> None:
    await insert(database, appointment(demo, "k1", AT))
    with pytest.raises(IntegrityError):
        await insert(database, appointment(demo, "k2", AT + timedelta(minutes=minutes)))


async def test_the_database_refuses_an_overlap_of_buffers(database: Database, demo: DemoIds) -> None:
    await insert(database, appointment(demo, "k1", AT, busy_until=AT + 2 * HALF_HOUR))
    with pytest.raises(IntegrityError):
        await insert(database, appointment(demo, "k2", AT + HALF_HOUR))


async def test_the_database_refuses_to_move_one_appointment_onto_another(
    database: Database, demo: DemoIds
) -> None:
    await insert(database, appointment(demo, "k1", AT))
    await insert(database, appointment(demo, "k2", AT + HALF_HOUR))
    with pytest.raises(IntegrityError):
        async with database.session() as session:
            await session.execute(
                update(Appointment)
                .where(Appointment.id == "bkg_k2")
                .values(start_at=AT, end_at=AT + HALF_HOUR, busy_from=AT, busy_until=AT + HALF_HOUR)
            )


async def test_the_database_refuses_to_bring_a_cancelled_appointment_back_onto_another(
    database: Database, demo: DemoIds
) -> None:
    await insert(database, appointment(demo, "k1", AT, status="cancelled"))
    await insert(database, appointment(demo, "k2", AT))
    with pytest.raises(IntegrityError):
        async with database.session() as session:
            await session.execute(
                update(Appointment).where(Appointment.id == "bkg_k1").values(status="confirmed")
            )


async def test_neighbours_other_practitioners_and_cancelled_ones_are_no_overlap(
    database: Database, demo: DemoIds
) -> None:
    await insert(database, appointment(demo, "k1", AT))
    await insert(database, appointment(demo, "k2", AT + HALF_HOUR))
    await insert(database, appointment(demo, "k3", AT - HALF_HOUR))
    await insert(database, appointment(demo, "k4", AT, practitioner_number=2))
    await insert(database, appointment(demo, "k5", AT, status="cancelled"))
    assert len(await booked(database, demo)) == 5


async def test_one_key_makes_one_appointment_whoever_inserts(database: Database, demo: DemoIds) -> None:
    await insert(database, appointment(demo, "k1", AT))
    with pytest.raises(IntegrityError):
        await insert(database, appointment(demo, "k1", AT + HALF_HOUR, id="bkg_other"))


async def test_an_appointment_that_ends_before_it_starts_is_refused(
    database: Database, demo: DemoIds
) -> None:
    with pytest.raises(IntegrityError):
        await insert(database, appointment(demo, "k1", AT, end_at=AT))


PROGRAM = """
import asyncio, sys
from datetime import UTC, datetime
from tests.fakes.clock import fixed_clock
from kit.db.database import Database
from config.settings import Settings
from contracts.platform import BookRequest
from practice.calendar.embedded import EmbeddedCalendar
from practice.errors import SlotUnavailable

async def main(settings, account, start, name):
    database = Database(Settings.model_validate_json(settings))
    calendar = EmbeddedCalendar(database, fixed_clock(datetime(2026, 11, 30, 14, tzinfo=UTC)))
    await database.check()
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    for number in range(8):
        body = BookRequest.model_validate({
            "account_id": account, "idempotency_key": f"{name}-{number}", "booking": {
            "start_at": start.replace("19:00", f"{14 + number:02d}:00"), "duration_minutes": 60,
            "customer": {"phone": "+12025550100", "name": name}}})
        try:
            await calendar.book(account, body)
            won += 1
        except SlotUnavailable:
            pass
    print(won, flush=True)
    await database.dispose()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_processes_that_book_the_same_hours_share_them_without_overlap(
    database: Database, database_settings: Settings, demo: DemoIds
) -> None:
    url = database_settings.database.url
    told = Settings.model_construct(data_dir=database_settings.data_dir).model_dump_json(include={"data_dir"})
    if url is not None:
        told = told.removesuffix("}") + f', "database": {{"url": "{url.get_secret_value()}"}}}}'
    workers = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PROGRAM,
            told,
            demo.account_id,
            AT.isoformat(),
            f"worker-{number}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"ready\n"
    won = [int((await done)[0]) for done in [worker.communicate(b"go\n") for worker in workers]]
    rows = await booked(database, demo)
    assert sum(won) == len(rows) == 16
    for one in rows:
        for other in rows:
            if one.id != other.id and one.practitioner_number == other.practitioner_number:
                assert one.busy_until <= other.busy_from or other.busy_until <= one.busy_from
