"""Which bookings a phone number has to come: of the embedded calendar, and of platforms outside."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import RelaySettings
from contracts.partner import CustomerPhone
from contracts.platform import FindRequest, PatientPhone
from kit.clock import Clock
from kit.db.database import Database
from practice.calendar.embedded import EmbeddedCalendar
from practice.errors import PracticeError
from tests.fakes.bookings import Scene, details
from tests.fakes.calendar import ELEVEN, TEN, TWO, at, booking, cancellation
from tests.fakes.clock import fixed_clock
from tests.fakes.demo_practice import DemoIds
from tests.fakes.partner_app import CUSTOMER, PartnerApp, booking_for, run_partner_app
from tests.fakes.platform import answers

PHONE = CUSTOMER["phone"]
DAYS = [f"2026-12-{day:02}T10:00:00-05:00" for day in (1, 2, 3, 4)]


@pytest.fixture
async def api(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[PartnerApp]:
    relay = RelaySettings(first_pause_seconds=0.01, attempts=2, bookings_found=2)
    async with run_partner_app(tmp_path, sqlite_template, relay=relay) as api:
        yield api


async def found(api: PartnerApp, bot: str, phone: str = PHONE) -> list[dict[str, Any]]:
    body = {"bot_id": bot, "customer": {"phone": phone}}
    response = await api.post("/v1/bookings/search", body)
    assert response.status_code == 200, response.text
    bookings: list[dict[str, Any]] = response.json()["bookings"]
    return bookings


@pytest.mark.parametrize("kind", ["embedded", "external"])
async def test_bookings_to_come_are_found_soonest_first_until_they_are_cancelled(
    api: PartnerApp, kind: str
) -> None:
    bot: str = getattr(api, kind)
    assert await found(api, bot) == []
    made = {
        start: (await api.book(bot, f"{kind} {start}", start)).json()["booking"]["id"]
        for start in (DAYS[2], DAYS[0], DAYS[1])
    }
    other = booking_for(bot, "2026-12-02T11:00:00-05:00", customer={"phone": "+12025550177", "name": "Tom"})
    assert (await api.post("/v1/bookings", other, f"{kind} other")).status_code == 201

    assert [one["id"] for one in await found(api, bot)] == [made[DAYS[0]], made[DAYS[1]]]
    (toms,) = await found(api, bot, "(202) 555-0177")
    assert toms["customer"] == {"phone": "+12025550177", "name": "Tom"}

    await api.post(f"/v1/bookings/{made[DAYS[0]]}/cancel", {"bot_id": bot}, f"{kind} c")
    moved = {"bot_id": bot, "booking": {"start_at": DAYS[3]}}
    await api.post(f"/v1/bookings/{made[DAYS[1]]}/reschedule", moved, f"{kind} m")
    left = await found(api, bot)
    assert [(one["id"], one["start_at"]) for one in left] == [
        (made[DAYS[2]], "2026-12-03T15:00:00Z"),
        (made[DAYS[1]], "2026-12-04T15:00:00Z"),
    ]
    assert {one["customer"]["name"] for one in left} == {CUSTOMER["name"]}


async def test_the_runtime_finds_its_own_bots_bookings(api: PartnerApp) -> None:
    credential = api.app.services.runtime.for_bot(api.embedded)
    body = {"bot_id": api.embedded, "customer": {"phone": PHONE}}
    assert (await api.post("/v1/bookings/search", body, None, credential)).status_code == 200
    other = {"bot_id": api.external, "customer": {"phone": PHONE}}
    assert (await api.post("/v1/bookings/search", other, None, credential)).status_code == 404


CUSTOMER_PHONE = CustomerPhone.model_validate({"phone": PHONE})
TO_COME = {"id": 7, "start_at": "2026-12-05T10:00:00-05:00", "status": "accepted"}


async def ids_of(scene: Scene) -> list[str]:
    answer = await scene.bookings().upcoming.search(scene.bot, CUSTOMER_PHONE)
    return [one["id"] for one in answer.body["bookings"]]


async def test_a_platforms_own_appointment_is_found_and_its_word_counts(scene: Scene) -> None:
    made = await scene.bookings().book(scene.bot, "b", details())
    booked = made.body["booking"]["id"]
    assert await ids_of(scene) == [booked]
    scene.platform.customers[PHONE] = {"name": "Anna Bell", "existing_appointment": TO_COME}
    assert await ids_of(scene) == [booked, "7"]
    moved = {**TO_COME, "id": booked}
    scene.platform.customers[PHONE] = {"name": "Anna Bell", "existing_appointment": moved}
    answer = await scene.bookings().upcoming.search(scene.bot, CUSTOMER_PHONE)
    assert [(one["start_at"], one["customer"]) for one in answer.body["bookings"]] == [
        (TO_COME["start_at"], {"phone": PHONE, "name": "Anna Bell"})
    ]


@pytest.mark.parametrize(
    "customer",
    [
        {"name": "Anna", "existing_appointment": {**TO_COME, "id": None}},
        {"name": "Anna", "existing_appointment": {**TO_COME, "id": " "}},
        {"name": "Anna", "existing_appointment": {**TO_COME, "id": True}},
        {"name": "Anna", "existing_appointment": {**TO_COME, "status": "cancelled"}},
        {"name": "Anna", "existing_appointment": {**TO_COME, "start_at": "2026-11-01T10:00:00-05:00"}},
        {"name": "Anna", "existing_appointment": {**TO_COME, "start_at": "2026-12-05T10:00:00"}},
        {"name": "Anna", "existing_appointment": "tomorrow"},
        "Anna",
    ],
)
async def test_what_cannot_be_changed_later_is_not_found(scene: Scene, customer: Any) -> None:
    scene.platform.customers[PHONE] = customer
    assert await ids_of(scene) == []


@pytest.mark.parametrize("answer", [answers(404), answers(422, {"error": {"code": "no", "message": "no"}})])
async def test_a_platform_that_knows_no_customers_leaves_what_the_ledger_knows(
    scene: Scene, answer: Any
) -> None:
    made = await scene.bookings().book(scene.bot, "b", details())
    scene.platform.before.append(answer)
    assert await ids_of(scene) == [made.body["booking"]["id"]]


async def test_what_was_refused_is_over_or_is_anothers_is_not_found(scene: Scene) -> None:
    scene.platform.before.append(answers(409, {"error": {"code": "slot_unavailable", "message": "taken"}}))
    await scene.bookings().book(scene.bot, "refused", details())
    await scene.bookings().book(
        scene.bot, "other", details(customer={"phone": "+12025550111", "name": "Tom"})
    )
    assert await ids_of(scene) == []
    await scene.bookings().book(scene.bot, "b", details())
    assert len(await ids_of(scene)) == 1
    scene.now = scene.now.replace(year=2027)
    assert await ids_of(scene) == []


async def test_a_platform_in_trouble_is_not_taken_for_one_without_bookings(scene: Scene) -> None:
    scene.platform.before.append(answers(500))
    with pytest.raises(PracticeError):
        await ids_of(scene)


async def test_the_calendar_gives_those_to_come_and_no_more_than_are_wanted(
    database: Database, clock: Clock, demo: DemoIds
) -> None:
    calendar = EmbeddedCalendar(database, clock)
    made = {
        start: (await calendar.book(demo.account_id, booking(start, start)))[1]["booking"]
        for start in (TWO, TEN, ELEVEN)
    }
    await calendar.changes.cancel(demo.account_id, made[TEN]["id"], cancellation("c"))
    body = FindRequest(account_id=demo.account_id, customer=PatientPhone(phone=PHONE))
    assert await calendar.find_bookings(demo.account_id, body) == {"bookings": [made[ELEVEN], made[TWO]]}
    one = body.model_copy(update={"limit": 1})
    assert await calendar.find_bookings(demo.account_id, one) == {"bookings": [made[ELEVEN]]}
    at_eleven = EmbeddedCalendar(database, fixed_clock(at(ELEVEN)))
    assert await at_eleven.find_bookings(demo.account_id, body) == {"bookings": [made[TWO]]}
