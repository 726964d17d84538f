"""Appointments are cancelled and moved once per key, by the same rules by which they are booked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from kit.clock import Clock
from kit.db.database import Database
from kit.ids import new_id
from practice.calendar.embedded import EmbeddedCalendar
from practice.calendar.retention import forget_changes
from practice.errors import (
    AccountNotFound,
    BookingCancelled,
    BookingNotFound,
    BookingPast,
    IdempotencyKeyReused,
    InvalidPayload,
    PracticeError,
    SlotUnavailable,
)
from practice.records.accounts import Account
from practice.records.bookings import Appointment, AppointmentChange
from practice.records.practices import Practice, Practitioner, Service
from tests.fakes.calendar import DAY, ELEVEN, TEN, TWO, at, booking, cancellation, hold, ids_of, move, rows_of
from tests.fakes.clock import fixed_clock
from tests.fakes.demo_practice import DemoIds

LEE, HADDAD = "Dr. Maya Lee", "Dr. Omar Haddad"


@pytest.fixture
def calendar(database: Database, clock: Clock) -> EmbeddedCalendar:
    return EmbeddedCalendar(database, clock)


async def book(
    calendar: EmbeddedCalendar, demo: DemoIds, key: str, start: str, **extra: Any
) -> dict[str, Any]:
    _, answer = await calendar.book(demo.account_id, booking(key, start, **extra))
    made: dict[str, Any] = answer["booking"]
    return made


async def test_a_booking_is_given_as_it_is_now(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    made = await book(calendar, demo, "b1", TEN)
    assert await calendar.changes.get(demo.account_id, made["id"]) == {"booking": made}
    await calendar.changes.cancel(demo.account_id, made["id"], cancellation("c1"))
    assert (await calendar.changes.get(demo.account_id, made["id"]))["booking"]["status"] == "cancelled"


async def test_a_cancellation_frees_the_time_at_once(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    free = await calendar.search(demo.account_id, DAY)
    made = await book(calendar, demo, "b1", TEN)
    answer = await calendar.changes.cancel(demo.account_id, made["id"], cancellation("c1"))
    cancelled = {"status": "cancelled", "cancelled_at": "2026-11-30T14:00:00Z", "cancellation_reason": "ill"}
    assert answer == {"booking": {**made, **cancelled}}
    assert await calendar.search(demo.account_id, DAY) == free
    again = await book(calendar, demo, "b2", TEN)
    assert again["practitioner"] == made["practitioner"]


async def test_a_cancelled_booking_is_cancelled_again_without_a_word(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    made = await book(calendar, demo, "b1", TEN)
    first = await calendar.changes.cancel(demo.account_id, made["id"], cancellation("c1"))
    later = EmbeddedCalendar(database, fixed_clock(at(TEN) + timedelta(days=2)))
    for key in ("c1", "c2"):
        body = cancellation(key, cancellation={"reason": "another"})
        assert await later.changes.cancel(demo.account_id, made["id"], body) == first


async def test_a_booking_is_moved_with_its_practitioner_its_length_and_its_service(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    filling = (await ids_of(database, Service))["Filling"]
    haddad = (await ids_of(database, Practitioner))[HADDAD]
    made = await book(calendar, demo, "b1", TEN, minutes=60, service_id=filling, practitioner_id=haddad)
    answer = await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TWO))
    assert answer["booking"] == {
        **made,
        "start_at": "2026-12-01T19:00:00Z",
        "end_at": "2026-12-01T20:00:00Z",
        "updated_at": "2026-11-30T14:00:00Z",
    }
    (row,) = await rows_of(database, Appointment)
    assert (row.busy_from, row.busy_until) == (at(TWO), at(TWO) + timedelta(minutes=70))
    await book(calendar, demo, "b2", TEN, practitioner_id=haddad)  # The old time is free.


async def test_the_old_time_is_no_obstacle_to_the_new_one(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    made = await book(calendar, demo, "b1", TEN, minutes=60)
    half_past = "2026-12-01T10:30:00-05:00"
    moved = await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", half_past))
    assert moved["booking"]["start_at"] == "2026-12-01T15:30:00Z"
    same = await calendar.changes.reschedule(demo.account_id, made["id"], move("m2", half_past))
    assert same["booking"]["start_at"] == "2026-12-01T15:30:00Z"
    longer = await calendar.changes.reschedule(
        demo.account_id, made["id"], move("m3", half_past, duration_minutes=90)
    )
    assert longer["booking"]["end_at"] == "2026-12-01T17:00:00Z"


async def test_a_booking_stays_with_its_practitioner_unless_another_is_named_or_anyone_will_do(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    people = await ids_of(database, Practitioner)
    made = await book(calendar, demo, "b1", TEN, practitioner_id=people[LEE])
    await book(calendar, demo, "b2", TWO, practitioner_id=people[LEE])
    with pytest.raises(SlotUnavailable):
        await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TWO))
    for number, named in enumerate(("any", people[HADDAD])):
        answer = await calendar.changes.reschedule(
            demo.account_id, made["id"], move(f"n{number}", TWO, practitioner_id=named)
        )
        assert answer["booking"]["practitioner"]["name"] == HADDAD
    back = await calendar.changes.reschedule(
        demo.account_id, made["id"], move("m4", ELEVEN, practitioner_id="any")
    )
    assert back["booking"]["practitioner"]["name"] == HADDAD  # Whom the patient has is asked first.


async def test_another_service_brings_its_own_length_and_people(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    services, people = await ids_of(database, Service), await ids_of(database, Practitioner)
    made = await book(
        calendar, demo, "b1", TEN, service_id=services["Check-up"], practitioner_id=people[HADDAD]
    )
    with pytest.raises(SlotUnavailable):  # Dr. Haddad cleans no teeth.
        await calendar.changes.reschedule(
            demo.account_id, made["id"], move("m1", TWO, service_id=services["Cleaning"])
        )
    answer = await calendar.changes.reschedule(
        demo.account_id, made["id"], move("m2", TWO, service_id=services["Filling"])
    )
    assert answer["booking"]["end_at"] == "2026-12-01T20:00:00Z"
    assert answer["booking"]["service"]["name"] == "Filling"


async def test_what_is_no_longer_offered_can_still_be_moved(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    filling = (await ids_of(database, Service))["Filling"]
    made = await book(calendar, demo, "b1", TEN, minutes=60, service_id=filling)
    async with database.session() as session:
        await session.execute(update(Service).values(active=False))
    answer = await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TWO))
    assert answer["booking"]["service"]["name"] == "Filling"


async def test_a_practitioner_who_has_left_takes_no_moved_bookings(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    lee = (await ids_of(database, Practitioner))[LEE]
    made = await book(calendar, demo, "b1", TEN, practitioner_id=lee)
    async with database.session() as session:
        await session.execute(update(Practitioner).where(Practitioner.id == lee).values(active=False))
    with pytest.raises(SlotUnavailable):
        await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TWO))
    answer = await calendar.changes.reschedule(
        demo.account_id, made["id"], move("m2", TWO, practitioner_id="any")
    )
    assert answer["booking"]["practitioner"]["name"] == HADDAD


NOT_BOOKABLE = {
    "early": "2026-12-01T08:59:00-05:00",
    "late": "2026-12-01T16:31:00-05:00",
    "saturday": "2026-12-05T10:00:00-05:00",
    "past": "2026-11-30T08:30:00-05:00",
    "too soon": "2026-11-30T09:29:00-05:00",
    "too far": "2027-12-01T10:00:00-05:00",
    "taken": ELEVEN,
    "held": TWO,
}


async def test_a_booking_is_moved_only_to_where_it_could_be_made(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    lee = (await ids_of(database, Practitioner))[LEE]
    made = await book(calendar, demo, "b1", TEN, practitioner_id=lee)
    await book(calendar, demo, "b2", ELEVEN, practitioner_id=lee)
    await calendar.holds.hold(demo.account_id, hold("h1", TWO, practitioner_id=lee))
    for key, start in NOT_BOOKABLE.items():
        with pytest.raises(SlotUnavailable):
            await calendar.changes.reschedule(demo.account_id, made["id"], move(key, start))
    assert await calendar.changes.get(demo.account_id, made["id"]) == {"booking": made}
    assert await rows_of(database, AppointmentChange) == []


async def test_a_key_is_answered_as_it_was_the_first_time_whatever_happened_since(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    made = await book(calendar, demo, "b1", TEN)
    moved = await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TWO))
    await calendar.changes.reschedule(demo.account_id, made["id"], move("m2", ELEVEN))
    await calendar.changes.cancel(demo.account_id, made["id"], cancellation("c1"))
    assert await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TEN)) == moved
    now = (await calendar.changes.get(demo.account_id, made["id"]))["booking"]
    assert (now["status"], now["start_at"]) == ("cancelled", "2026-12-01T16:00:00Z")
    assert len(await rows_of(database, AppointmentChange)) == 3


async def test_a_key_changes_one_booking_in_one_way(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    made, other = await book(calendar, demo, "b1", TEN), await book(calendar, demo, "b2", ELEVEN)
    await calendar.changes.reschedule(demo.account_id, made["id"], move("k", TWO))
    for work in (
        calendar.changes.cancel(demo.account_id, made["id"], cancellation("k")),
        calendar.changes.reschedule(demo.account_id, other["id"], move("k", TEN)),
        calendar.changes.cancel(demo.account_id, other["id"], cancellation("k")),
    ):
        with pytest.raises(IdempotencyKeyReused):
            await work
    assert (await calendar.changes.get(demo.account_id, other["id"]))["booking"] == other


async def test_a_refused_change_leaves_its_key_free(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    made = await book(calendar, demo, "b1", TEN)
    with pytest.raises(SlotUnavailable):
        await calendar.changes.reschedule(demo.account_id, made["id"], move("k", "2026-12-05T10:00:00-05:00"))
    answer = await calendar.changes.reschedule(demo.account_id, made["id"], move("k", TWO))
    assert answer["booking"]["start_at"] == "2026-12-01T19:00:00Z"


async def test_what_is_cancelled_or_past_is_not_moved_and_what_is_past_is_not_cancelled(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    made, other = await book(calendar, demo, "b1", TEN), await book(calendar, demo, "b2", TEN)
    await calendar.changes.cancel(demo.account_id, made["id"], cancellation("c1"))
    with pytest.raises(BookingCancelled) as cancelled:
        await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TWO))
    assert (cancelled.value.status, cancelled.value.code) == (409, "booking_cancelled")
    begun = EmbeddedCalendar(database, fixed_clock(at(TEN)))
    for work in (
        begun.changes.reschedule(demo.account_id, other["id"], move("m2", TWO)),
        begun.changes.cancel(demo.account_id, other["id"], cancellation("c2")),
    ):
        with pytest.raises(BookingPast) as past:
            await work
        assert (past.value.status, past.value.code) == (409, "booking_past")
    a_second_before = EmbeddedCalendar(database, fixed_clock(at(TEN) - timedelta(seconds=1)))
    await a_second_before.changes.cancel(demo.account_id, other["id"], cancellation("c3"))


async def test_a_booking_that_is_not_there_is_not_found(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    for booking_id in ("bkg_none", "1", "", "\0", "../x", "bkg_01h2xcejqtf2nbrexx3vqjhp41"):
        for work in (
            calendar.changes.get(demo.account_id, booking_id),
            calendar.changes.cancel(demo.account_id, booking_id, cancellation("c1")),
            calendar.changes.reschedule(demo.account_id, booking_id, move("m1", TEN)),
        ):
            with pytest.raises(BookingNotFound):
                await work


async def test_an_account_sees_and_changes_only_its_own(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database, clock: Clock
) -> None:
    made = await book(calendar, demo, "b1", TEN)
    await calendar.changes.reschedule(demo.account_id, made["id"], move("k", TWO))
    async with database.session() as session:
        session.add(Account(id="acct_other", name="Other", created_at=clock()))
        await session.flush()
        session.add(
            Practice(
                id=new_id("prac", clock()),
                account_id="acct_other",
                name="Other",
                timezone="America/New_York",
                horizon_days=90,
                min_notice_minutes=60,
                created_at=clock(),
            )
        )
    for account, expected in (("acct_other", BookingNotFound), ("acct_none", AccountNotFound)):
        works = (
            calendar.changes.get(account, made["id"]),
            calendar.changes.cancel(account, made["id"], cancellation("k")),
            calendar.changes.reschedule(account, made["id"], move("k", ELEVEN)),
        )
        for work in works:
            with pytest.raises(PracticeError) as caught:
                await work
            assert isinstance(caught.value, expected)


UNFIT = [
    (move("k", TWO, practitioner_id="prov_none"), "practitioner_id"),
    (move("k", TWO, service_id="svc_none"), "service_id"),
]


async def test_a_reschedule_that_does_not_fit_is_refused_by_field(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    made = await book(calendar, demo, "b1", TEN)
    for body, field in UNFIT:
        with pytest.raises(InvalidPayload, match=field):
            await calendar.changes.reschedule(demo.account_id, made["id"], body)


async def test_a_moved_booking_is_never_shorter_than_its_service(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    filling = (await ids_of(database, Service))["Filling"]
    made = await book(calendar, demo, "b1", TEN, minutes=60, service_id=filling)
    with pytest.raises(InvalidPayload, match="shorter"):
        await calendar.changes.reschedule(demo.account_id, made["id"], move("m1", TWO, duration_minutes=30))


async def test_a_cancellation_needs_its_key_and_nothing_else(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    made = await book(calendar, demo, "b1", TEN)
    request = cancellation("c1", cancellation=None)
    answer = await calendar.changes.cancel(demo.account_id, made["id"], request)
    assert answer["booking"]["status"] == "cancelled"


async def test_the_calendar_forgets_what_was_said_on_the_way_but_not_its_appointments(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database, clock: Clock
) -> None:
    later = EmbeddedCalendar(database, fixed_clock(clock() + timedelta(hours=1)))
    made = [
        await book(calendar, demo, f"b{number}", start) for number, start in enumerate((TEN, ELEVEN, TWO))
    ]
    old, young, moved = [one["id"] for one in made]
    await calendar.changes.cancel(demo.account_id, old, cancellation("c1"))
    await calendar.changes.reschedule(demo.account_id, moved, move("m1", "2026-12-01T15:00:00-05:00"))
    before = await later.changes.cancel(demo.account_id, young, cancellation("c2"))

    assert await forget_changes(database, clock() + timedelta(minutes=30)) == 3
    assert [one.idempotency_key for one in await rows_of(database, AppointmentChange)] == ["c2"]
    reasons = {one.id: one.cancellation_reason for one in await rows_of(database, Appointment)}
    assert reasons == {old: None, young: "ill", moved: None}
    again = await later.changes.cancel(demo.account_id, old, cancellation("c1"))
    assert again["booking"]["cancelled_at"] == "2026-11-30T14:00:00Z"
    assert await later.changes.cancel(demo.account_id, young, cancellation("c2")) == before
