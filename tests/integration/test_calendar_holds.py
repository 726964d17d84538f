"""A held time is nobody else's until the hold runs out or is used up."""

from datetime import UTC, datetime
from typing import Any

import pytest

from config.settings import CalendarSettings
from kit.db.database import Database
from practice.calendar.embedded import EmbeddedCalendar
from practice.errors import AccountNotFound, InvalidPayload, SlotUnavailable
from practice.records.bookings import Appointment, SlotHold
from practice.records.practices import Practitioner, Service
from tests.fakes.calendar import DAY, ELEVEN, TEN, TWO, at, booking, hold, ids_of, move, rows_of
from tests.fakes.clock import MovableClock
from tests.fakes.demo_practice import DemoIds

LEE, HADDAD = "Dr. Maya Lee", "Dr. Omar Haddad"


@pytest.fixture
def moving() -> MovableClock:
    return MovableClock(datetime(2026, 11, 30, 14, tzinfo=UTC))


@pytest.fixture
def calendar(database: Database, moving: MovableClock) -> EmbeddedCalendar:
    return EmbeddedCalendar(database, moving, CalendarSettings(hold_seconds=120, longest_hold_seconds=900))


async def keep(
    calendar: EmbeddedCalendar, demo: DemoIds, key: str, start: str, **extra: Any
) -> dict[str, Any]:
    _, answer = await calendar.holds.hold(demo.account_id, hold(key, start, **extra))
    held: dict[str, Any] = answer["hold"]
    return held


async def test_a_hold_says_what_is_kept_with_whom_and_until_when(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    people = await ids_of(database, Practitioner)
    status, answer = await calendar.holds.hold(
        demo.account_id, hold("h1", TEN, practitioner_id=people[HADDAD])
    )
    held = answer["hold"]
    assert status == 201
    assert held.pop("id").startswith("hold_")
    assert held == {
        "start_at": "2026-12-01T15:00:00Z",
        "end_at": "2026-12-01T15:30:00Z",
        "expires_at": "2026-11-30T14:02:00Z",
        "practitioner": {"id": people[HADDAD], "name": HADDAD},
    }


async def test_a_hold_lasts_as_long_as_is_asked_for_within_bounds(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    assert (await keep(calendar, demo, "h1", TEN, seconds=900))["expires_at"] == "2026-11-30T14:15:00Z"
    with pytest.raises(InvalidPayload, match="hold_seconds must be between 1 and 900"):
        await calendar.holds.hold(demo.account_id, hold("h2", TEN, seconds=901))


async def test_a_held_time_is_neither_offered_nor_booked_nor_held_again(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    lee = (await ids_of(database, Practitioner))[LEE]
    await keep(calendar, demo, "h1", TEN, practitioner_id=lee)
    answer = await calendar.search(demo.account_id, DAY)
    assert [
        (one["start_at"], one["duration_minutes"])
        for one in answer["availabilities"]
        if one["practitioner"]["id"] == lee
    ] == [("2026-12-01T09:00:00-05:00", 60), ("2026-12-01T10:30:00-05:00", 390)]
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("b1", TEN, practitioner_id=lee))
    with pytest.raises(SlotUnavailable):
        await calendar.holds.hold(demo.account_id, hold("h2", TEN, practitioner_id=lee))
    _, other = await calendar.book(demo.account_id, booking("b2", TEN))
    assert other["booking"]["practitioner"]["name"] == HADDAD


async def test_a_day_that_is_all_held_is_full(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    for key in ("h1", "h2"):
        await keep(calendar, demo, key, "2026-12-01T09:00:00-05:00", minutes=480)
    assert await calendar.search(demo.account_id, DAY) == {"availabilities": [], "reason": "full"}


async def test_a_hold_keeps_its_services_buffer_free(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    filling, lee = (await ids_of(database, Service))["Filling"], (await ids_of(database, Practitioner))[LEE]
    held = await keep(calendar, demo, "h1", TEN, minutes=60, service_id=filling, practitioner_id=lee)
    assert held["service"]["name"] == "Filling"
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("b1", ELEVEN, practitioner_id=lee))


async def test_a_hold_that_has_run_out_is_no_obstacle_and_is_swept_by_the_next_writer(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database, moving: MovableClock
) -> None:
    free = await calendar.search(demo.account_id, DAY)
    lee = (await ids_of(database, Practitioner))[LEE]
    held = await keep(calendar, demo, "h1", TEN, practitioner_id=lee)
    await keep(calendar, demo, "h2", TWO)
    moving.move(seconds=119.9)
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("b1", TEN, practitioner_id=lee))
    moving.move(seconds=0.1)
    assert await calendar.search(demo.account_id, DAY) == free
    # The hold is named, but it is too late for it to help or to harm.
    status, _ = await calendar.book(
        demo.account_id, booking("b1", TEN, practitioner_id=lee, hold_id=held["id"])
    )
    assert status == 201
    assert await rows_of(database, SlotHold) == []


async def test_one_who_comes_too_late_with_a_hold_finds_the_time_taken(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database, moving: MovableClock
) -> None:
    lee = (await ids_of(database, Practitioner))[LEE]
    held = await keep(calendar, demo, "h1", TEN, practitioner_id=lee)
    moving.move(seconds=120)
    await calendar.book(demo.account_id, booking("b1", TEN, practitioner_id=lee))
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("b2", TEN, practitioner_id=lee, hold_id=held["id"]))


async def test_a_booking_uses_its_hold_up(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    filling, haddad = (
        (await ids_of(database, Service))["Filling"],
        (await ids_of(database, Practitioner))[HADDAD],
    )
    held = await keep(calendar, demo, "h1", TEN, minutes=60, service_id=filling, practitioner_id=haddad)
    body = booking("b1", TEN, minutes=60, hold_id=held["id"])
    status, answer = await calendar.book(demo.account_id, body)
    assert status == 201
    # With whom and for what it was held need not be said again.
    assert answer["booking"]["practitioner"]["id"] == haddad
    assert answer["booking"]["service"]["id"] == filling
    assert await rows_of(database, SlotHold) == []
    assert (await calendar.book(demo.account_id, body))[0] == 200
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("b2", TEN, practitioner_id=haddad, hold_id=held["id"]))


async def test_a_move_uses_its_hold_up_and_goes_to_whose_time_is_held(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    people = await ids_of(database, Practitioner)
    _, made = await calendar.book(demo.account_id, booking("b1", TEN, practitioner_id=people[LEE]))
    held = await keep(calendar, demo, "h1", TWO, practitioner_id=people[HADDAD])
    body = move("m1", TWO, hold_id=held["id"])
    answer = await calendar.changes.reschedule(demo.account_id, made["booking"]["id"], body)
    assert answer["booking"]["practitioner"]["id"] == people[HADDAD]
    assert answer["booking"]["start_at"] == "2026-12-01T19:00:00Z"
    assert await rows_of(database, SlotHold) == []


async def test_a_time_that_overlaps_a_bookings_own_is_moved_to_but_not_held(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    lee = (await ids_of(database, Practitioner))[LEE]
    _, made = await calendar.book(demo.account_id, booking("b1", TEN, practitioner_id=lee))
    with pytest.raises(SlotUnavailable):  # A hold knows nothing of the move that it is for.
        await calendar.holds.hold(
            demo.account_id, hold("h1", "2026-12-01T10:15:00-05:00", practitioner_id=lee)
        )
    moved = move("m1", "2026-12-01T10:15:00-05:00")
    assert await calendar.changes.reschedule(demo.account_id, made["booking"]["id"], moved)


async def test_a_hold_without_a_service_serves_a_booking_with_one(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    checkup, lee = (await ids_of(database, Service))["Check-up"], (await ids_of(database, Practitioner))[LEE]
    held = await keep(calendar, demo, "h1", TEN, practitioner_id=lee)
    _, answer = await calendar.book(
        demo.account_id, booking("b1", TEN, service_id=checkup, hold_id=held["id"])
    )
    assert answer["booking"]["practitioner"]["id"] == lee


async def test_a_hold_is_of_no_use_for_another_time(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    lee = (await ids_of(database, Practitioner))[LEE]
    held = await keep(calendar, demo, "h1", TEN, minutes=60, practitioner_id=lee)
    with pytest.raises(SlotUnavailable):
        await calendar.book(
            demo.account_id,
            booking("b1", "2026-12-01T10:15:00-05:00", practitioner_id=lee, hold_id=held["id"]),
        )
    await calendar.book(demo.account_id, booking("b2", TWO, practitioner_id=lee, hold_id=held["id"]))
    assert [row.id for row in await rows_of(database, SlotHold)] == [held["id"]]


async def test_a_hold_does_not_open_what_is_taken_behind_it(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    lee = (await ids_of(database, Practitioner))[LEE]
    await calendar.book(demo.account_id, booking("b1", ELEVEN, practitioner_id=lee))
    held = await keep(calendar, demo, "h1", TEN, minutes=60, practitioner_id=lee)
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("b2", TEN, 90, practitioner_id=lee, hold_id=held["id"]))


async def test_a_hold_that_nobody_made_is_as_none(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    for number, hold_id in enumerate(("hold_none", " ")):
        status, _ = await calendar.book(demo.account_id, booking(f"b{number}", TEN, hold_id=hold_id))
        assert status == 201


async def test_the_same_key_holds_once_while_the_hold_lasts(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database, moving: MovableClock
) -> None:
    first = await keep(calendar, demo, "h1", TEN)
    moving.move(seconds=60)
    assert await calendar.holds.hold(demo.account_id, hold("h1", TWO)) == (200, {"hold": first})
    assert len(await rows_of(database, SlotHold)) == 1
    moving.move(seconds=60)
    status, answer = await calendar.holds.hold(demo.account_id, hold("h1", TEN))
    assert status == 201
    assert answer["hold"]["id"] != first["id"]


async def test_only_what_could_be_booked_can_be_held(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    for start in ("2026-12-01T08:00:00-05:00", "2026-12-05T10:00:00-05:00", "2026-11-30T09:20:00-05:00"):
        with pytest.raises(SlotUnavailable):
            await calendar.holds.hold(demo.account_id, hold("h1", start))


async def test_what_was_held_in_time_may_be_booked_though_it_is_soon(
    calendar: EmbeddedCalendar, demo: DemoIds, moving: MovableClock
) -> None:
    moving.moment = at(TEN)
    held = await keep(calendar, demo, "h1", "2026-12-01T10:31:00-05:00", seconds=900)
    moving.move(minutes=10)
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("b1", "2026-12-01T10:31:00-05:00"))
    status, _ = await calendar.book(
        demo.account_id, booking("b2", "2026-12-01T10:31:00-05:00", hold_id=held["id"])
    )
    assert status == 201


UNFIT = [
    (hold("k", TEN, service_id="svc_none"), "service_id"),
    (hold("k", TEN, practitioner_id="prov_none"), "practitioner_id"),
]


async def test_a_hold_that_does_not_fit_is_refused_by_field(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    for body, field in UNFIT:
        with pytest.raises(InvalidPayload, match=field):
            await calendar.holds.hold(demo.account_id, body)


async def test_an_account_without_a_calendar_holds_nothing(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    with pytest.raises(AccountNotFound):
        await calendar.holds.hold("acct_none", hold("h1", TEN))


async def test_a_move_away_and_back_leaves_holds_alone(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    held = await keep(calendar, demo, "h1", TEN)
    await calendar.book(demo.account_id, booking("b1", TWO))
    assert [row.id for row in await rows_of(database, SlotHold)] == [held["id"]]
    assert len(await rows_of(database, Appointment)) == 1
