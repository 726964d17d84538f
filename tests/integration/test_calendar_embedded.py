"""The embedded calendar: offers what is free, books what it offers, and says why there is nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from contracts.platform import LookupRequest, PatientPhone
from kit.clock import Clock
from kit.db.database import Database
from practice.calendar.embedded import EmbeddedCalendar
from practice.errors import AccountNotFound, InvalidPayload, PracticeError, SlotUnavailable
from practice.partners.bots import Bots
from practice.records.bookings import Appointment
from practice.records.practices import OpeningHours, Practitioner, Service, SpecialDays
from tests.fakes.calendar import ACCOUNT, booking, ids_of, search
from tests.fakes.clock import fixed_clock
from tests.fakes.demo_practice import DemoIds


@pytest.fixture
def calendar(database: Database, clock: Clock) -> EmbeddedCalendar:
    return EmbeddedCalendar(database, clock)


LOOKUP = LookupRequest(account_id=ACCOUNT, customer=PatientPhone(phone="+12025550100"))


def starts(answer: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [
        (one["start_at"], one["duration_minutes"], one["practitioner"]["name"])
        for one in answer["availabilities"]
    ]


async def test_a_free_day_is_one_window_for_each_practitioner(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    answer = await calendar.search(demo.account_id, search("2026-12-01", "2026-12-01"))
    assert starts(answer) == [
        ("2026-12-01T09:00:00-05:00", 480, "Dr. Maya Lee"),
        ("2026-12-01T09:00:00-05:00", 480, "Dr. Omar Haddad"),
    ]
    assert "reason" not in answer


async def test_a_service_is_offered_only_by_who_performs_it(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    services = await ids_of(database, Service)
    answer = await calendar.search(
        demo.account_id, search("2026-12-01", "2026-12-01", service_id=services["Cleaning"])
    )
    assert [name for _, _, name in starts(answer)] == ["Dr. Maya Lee"]


async def test_what_is_booked_is_no_longer_offered_and_its_buffer_is_kept(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    services, people = await ids_of(database, Service), await ids_of(database, Practitioner)
    lee = people["Dr. Maya Lee"]
    chosen = {"service_id": services["Filling"], "practitioner_id": lee}
    await calendar.book(demo.account_id, booking("k1", "2026-12-01T10:00:00-05:00", 60, **chosen))
    answer = await calendar.search(demo.account_id, search("2026-12-01", "2026-12-01", practitioner_id=lee))
    assert starts(answer) == [
        ("2026-12-01T09:00:00-05:00", 60, "Dr. Maya Lee"),
        ("2026-12-01T11:10:00-05:00", 350, "Dr. Maya Lee"),
    ]
    filling = await calendar.search(demo.account_id, search("2026-12-01", "2026-12-01", **chosen))
    # A filling before the booked one would end too near to it, by its own ten minutes.
    assert starts(filling) == [("2026-12-01T11:10:00-05:00", 350, "Dr. Maya Lee")]


async def test_a_buffer_of_a_neighbour_outside_the_searched_range_counts(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    services, people = await ids_of(database, Service), await ids_of(database, Practitioner)
    lee = people["Dr. Maya Lee"]
    async with database.session() as session:
        await session.execute(update(Service).values(buffer_before_minutes=20))
    await calendar.book(demo.account_id, booking("k1", "2026-12-01T10:00:00-05:00", 60, practitioner_id=lee))
    answer = await calendar.search(
        demo.account_id,
        search(
            "2026-12-01T11:00:00-05:00",
            "2026-12-01T12:00:00-05:00",
            service_id=services["Check-up"],
            practitioner_id=lee,
        ),
    )
    assert starts(answer) == [("2026-12-01T11:20:00-05:00", 40, "Dr. Maya Lee")]


async def test_a_booking_has_the_contracts_shape(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    services = await ids_of(database, Service)
    status, answer = await calendar.book(
        demo.account_id,
        booking("k1", "2026-12-01T14:00:00-05:00", 45, service_id=services["Cleaning"], notes="nervous"),
    )
    made = answer["booking"]
    assert status == 201
    assert made.pop("id").startswith("bkg_")
    practitioner = made.pop("practitioner")
    assert practitioner["name"] == "Dr. Maya Lee"
    assert made == {
        "status": "confirmed",
        "start_at": "2026-12-01T19:00:00Z",
        "end_at": "2026-12-01T19:45:00Z",
        "customer": {"phone": "+12025550100", "name": "Anna Bell"},
        "location": {
            "name": "Maple Street Dental",
            "address": "214 Maple Street, Suite 2, New York, NY 10033",
        },
        "service": {"id": services["Cleaning"], "name": "Cleaning"},
        "notes": "nervous",
        "created_at": "2026-11-30T14:00:00Z",
    }


async def test_the_same_key_returns_the_original_booking_whatever_it_asks_for(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    first = await calendar.book(demo.account_id, booking("k1", "2026-12-01T14:00:00-05:00"))
    again = await calendar.book(demo.account_id, booking("k1", "2026-12-02T09:00:00-05:00"))
    assert again == (200, first[1])


async def test_any_free_practitioner_is_taken_when_none_is_named_until_there_is_none(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    at = "2026-12-01T14:00:00-05:00"
    names = []
    for key in ("k1", "k2"):
        _, answer = await calendar.book(demo.account_id, booking(key, at))
        names.append(answer["booking"]["practitioner"]["name"])
    assert names == ["Dr. Maya Lee", "Dr. Omar Haddad"]
    with pytest.raises(SlotUnavailable):
        await calendar.book(demo.account_id, booking("k3", at))


@pytest.mark.parametrize(
    ("start", "minutes"),
    [
        ("2026-12-01T08:59:00-05:00", 30),
        ("2026-12-01T16:31:00-05:00", 30),
        ("2026-12-01T03:00:00-05:00", 30),
        ("2026-12-05T10:00:00-05:00", 30),
        ("2026-12-25T10:00:00-05:00", 30),
        ("2026-11-27T10:00:00-05:00", 30),
        ("2026-11-30T08:59:00-05:00", 30),
        ("2027-12-01T10:00:00-05:00", 30),
        ("2026-12-01T09:00:00-05:00", 481),
    ],
    ids=["early", "late", "night", "saturday", "christmas", "past", "moments ago", "too far", "too long"],
)
async def test_a_time_that_is_not_offered_is_not_booked(
    calendar: EmbeddedCalendar, demo: DemoIds, start: str, minutes: int
) -> None:
    with pytest.raises(SlotUnavailable) as refused:
        await calendar.book(demo.account_id, booking("k1", start, minutes))
    past = start < "2026-11-30T09:00:00-05:00"
    assert (refused.value.status, refused.value.code) == (409, "slot_past" if past else "slot_unavailable")


async def test_an_offer_near_the_minimum_notice_may_be_taken_a_little_later(
    database: Database, demo: DemoIds
) -> None:
    offered = "2026-12-01T11:00:00-05:00"
    for minutes, fits in ((60, True), (31, True), (29, False)):
        clock = fixed_clock(datetime(2026, 12, 1, 16, tzinfo=UTC) - timedelta(minutes=minutes))
        book = EmbeddedCalendar(database, clock).book(demo.account_id, booking(f"k{minutes}", offered))
        if fits:
            assert (await book)[0] == 201
        else:
            with pytest.raises(SlotUnavailable):
                await book


async def test_the_minimum_notice_and_the_horizon_bound_the_offers(
    calendar: EmbeddedCalendar, demo: DemoIds
) -> None:
    today = await calendar.search(demo.account_id, search("2026-11-30", "2026-11-30"))
    assert starts(today)[0][:2] == ("2026-11-30T10:00:00-05:00", 420)
    far = await calendar.search(demo.account_id, search("2027-02-01", "2027-12-31"))
    assert max(start for start, _, _ in starts(far)) < "2027-02-28T09:00"


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2026-11-01", "2026-11-02", "past"),
        ("2026-11-30T09:10:00-05:00", "2026-11-30T09:50:00-05:00", "too_soon"),
        ("2027-06-01", "2027-06-02", "too_far"),
        ("2026-12-05", "2026-12-06", "closed"),
        ("2026-12-25", "2026-12-25", "closed"),
        ("2026-12-01T18:00:00-05:00", "2026-12-01T20:00:00-05:00", "closed"),
        ("2026-12-01T10:00:00-05:00", "2026-12-01T10:10:00-05:00", "full"),
    ],
)
async def test_an_empty_answer_says_why(
    calendar: EmbeddedCalendar, demo: DemoIds, start: str, end: str, reason: str
) -> None:
    answer = await calendar.search(demo.account_id, search(start, end))
    assert answer == {"availabilities": [], "reason": reason}


async def test_a_booked_out_day_is_full(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    for key in ("k1", "k2"):
        await calendar.book(demo.account_id, booking(key, "2026-12-01T09:00:00-05:00", 480))
    answer = await calendar.search(demo.account_id, search("2026-12-01", "2026-12-01"))
    assert answer == {"availabilities": [], "reason": "full"}


async def test_a_practitioners_own_hours_and_days_off_narrow_the_practices(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    people = await ids_of(database, Practitioner)
    haddad = people["Dr. Omar Haddad"]
    async with database.session() as session:
        session.add_all(
            [
                OpeningHours(
                    practice_id=demo.practice_id,
                    practitioner_id=haddad,
                    weekday=1,
                    opens_minute=600,
                    closes_minute=1200,
                ),
                SpecialDays(
                    practice_id=demo.practice_id,
                    practitioner_id=haddad,
                    first_day=date(2026, 12, 8),
                    last_day=date(2026, 12, 8),
                    hours=[],
                    name="conference",
                ),
            ]
        )
    for start, end, expected in [
        ("2026-12-01", "2026-12-02", [("2026-12-01T10:00:00-05:00", 420, "Dr. Omar Haddad")]),
        ("2026-12-08", "2026-12-08", []),
    ]:
        answer = await calendar.search(demo.account_id, search(start, end, practitioner_id=haddad))
        assert starts(answer) == expected


async def test_windows_keep_to_the_wall_clock_when_the_clocks_change(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    in_march = EmbeddedCalendar(database, fixed_clock(datetime(2027, 3, 1, tzinfo=UTC)))
    answer = await in_march.search(demo.account_id, search("2027-03-12", "2027-03-15"))
    assert sorted({start for start, _, _ in starts(answer)}) == [
        "2027-03-12T09:00:00-05:00",
        "2027-03-15T09:00:00-04:00",
    ]


@pytest.mark.parametrize("unknown", ["service_id", "practitioner_id"])
async def test_a_booking_for_what_is_unknown_is_refused_by_field(
    calendar: EmbeddedCalendar, demo: DemoIds, unknown: str
) -> None:
    with pytest.raises(InvalidPayload, match=unknown):
        await calendar.book(
            demo.account_id, booking("k1", "2026-12-01T14:00:00-05:00", 30, **{unknown: "none"})
        )


async def test_a_booking_is_never_shorter_than_its_service(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    filling = (await ids_of(database, Service))["Filling"]
    with pytest.raises(InvalidPayload, match="shorter"):
        await calendar.book(demo.account_id, booking("k", "2026-12-01T14:00:00-05:00", 5, service_id=filling))


async def test_an_account_without_a_calendar_is_not_found(calendar: EmbeddedCalendar, demo: DemoIds) -> None:
    calls: list[Any] = [
        calendar.search("acct_none", search("2026-12-01", "2026-12-01")),
        calendar.book("acct_none", booking("k", "2026-12-01T14:00:00-05:00")),
        calendar.lookup("acct_none", LOOKUP),
    ]
    for call in calls:
        with pytest.raises(PracticeError) as caught:
            await call
        assert isinstance(caught.value, AccountNotFound)


async def test_a_known_customer_is_found_with_their_next_appointment(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    assert await calendar.lookup(demo.account_id, LOOKUP) == {"found": False}
    for key, start in (("k1", "2026-12-03T09:00:00-05:00"), ("k2", "2026-12-02T09:00:00-05:00")):
        _, made = await calendar.book(demo.account_id, booking(key, start))
    assert await calendar.lookup(demo.account_id, LOOKUP) == {
        "found": True,
        "customer": {
            "name": "Anna Bell",
            "phone": "+12025550100",
            "existing_appointment": {
                "id": made["booking"]["id"],
                "start_at": "2026-12-02T14:00:00Z",
                "end_at": "2026-12-02T14:30:00Z",
                "status": "confirmed",
                "practitioner": made["booking"]["practitioner"],
            },
        },
    }
    async with database.session() as session:
        await session.execute(update(Appointment).values(status="cancelled"))
    assert "existing_appointment" not in (await calendar.lookup(demo.account_id, LOOKUP))["customer"]


async def test_a_cancelled_appointment_frees_its_time(
    calendar: EmbeddedCalendar, demo: DemoIds, database: Database
) -> None:
    for key in ("k1", "k2"):
        await calendar.book(demo.account_id, booking(key, "2026-12-01T14:00:00-05:00"))
    async with database.session() as session:
        await session.execute(
            update(Appointment).where(Appointment.idempotency_key == "k1").values(status="cancelled")
        )
    assert (await calendar.book(demo.account_id, booking("k3", "2026-12-01T14:00:00-05:00")))[0] == 201


async def test_the_profile_describes_the_practice(
    demo: DemoIds, database: Database, clock: Clock, keyring: Any
) -> None:
    bots = Bots(database, clock, keyring)
    profile = await bots.describe(await bots.get_bot(demo.partner_id, demo.bot_id))
    facts = profile.facts()
    assert profile.phone_numbers == ["+12025550142"]
    assert (facts.hours[0].weekday, facts.hours[0].opens, facts.hours[0].closes) == (0, "09:00", "17:00")
    assert [service.name for service in facts.services] == ["Cleaning", "Check-up", "Filling"]
    assert (facts.closures[0].date, facts.closures[0].name) == (date(2026, 12, 24), "Christmas Eve")
    assert (facts.horizon_days, facts.min_notice_minutes) == (90, 60)
