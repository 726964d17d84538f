"""The calendar at the console: read by day and week, booked, moved and cancelled once, conflicts told."""

import asyncio
import html
import re

import httpx
import pytest

from contracts.partner import AvailabilityQuery
from tests.fakes.app import AppUnderTest
from tests.fakes.console import Person, stranger_at, text_of_page

TOMORROW = "2026-12-02"


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, text_of_page(page)
    return html.unescape(found[1])


def choice(page: httpx.Response, shown: str) -> str:
    found = re.search(rf'<option value="([^"]+)"[^>]*>{re.escape(shown)}', page.text)
    assert found is not None, shown
    return found[1]


async def form(dana: Person, **changed: str) -> dict[str, str]:
    """Fill in the form for a new appointment."""
    page = await dana.get(f"/console/appointments/new?day={TOMORROW}&time=10:00")
    return {
        "key": hidden(page, "key"),
        "day": TOMORROW,
        "time": "10:00",
        "service": choice(page, "Cleaning"),
        "person": choice(page, "Dr. Maya Lee"),
        "name": "Anna Bell",
        "phone": "202 555 0164",
        **changed,
    }


async def booked(app: AppUnderTest, dana: Person, **changed: str) -> str:
    """Book by the form; gives the appointment's address."""
    fields = await form(dana, **changed)
    response = await dana.post("/console/appointments", fields)
    assert response.status_code == 303, text_of_page(response)
    (one,) = [
        one
        for one in await app.services.calendar.list_appointments(app.demo.account_id)
        if one.patient == fields["name"] and one.status == "confirmed"
    ]
    return f"/console/appointments/{one.id}"


async def test_appointment_is_booked_through_the_ledger_and_shown(app: AppUnderTest, dana: Person) -> None:
    here = await booked(app, dana, notes="prefers mornings")
    page = text_of_page(await dana.get(f"/console/appointments?day={TOMORROW}"))
    assert "Anna Bell is booked." in page
    assert "10:00 a.m. 10:45 a.m. Anna Bell Cleaning" in page
    for part in ("Cleaning", "Dr. Maya Lee", "+1 202-555-0164", "prefers mornings", "confirmed"):
        assert part in text_of_page(await dana.get(here))
    week = text_of_page(await dana.get(f"/console/appointments?day={TOMORROW}&view=week"))
    assert "10:00 a.m. Anna Bell" in week
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    known = await app.services.bookings.get_booking(bot.partner_id, here.rsplit("/", 1)[-1], bot)
    assert known.body["booking"]["customer"]["phone"] == "+12025550164"


async def test_form_sent_twice_books_once(app: AppUnderTest, dana: Person) -> None:
    fields = await form(dana)
    codes = [(await dana.post("/console/appointments", fields)).status_code for _ in range(2)]
    assert codes == [303, 303]
    assert len(await app.services.calendar.list_appointments(app.demo.account_id)) == 1


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"time": "07:00"}, 409, "That time is not free"),
        ({"day": "2026-12-06"}, 409, "That time is not free"),
        ({"day": "2020-01-01"}, 409, "past"),
        ({"name": " "}, 400, "The patient's name is missing"),
        ({"phone": "12"}, 409, "phone"),
        ({"day": "soon"}, 400, "The day must be a date"),
        ({"time": "noon"}, 400, "The time must be a time of day"),
        ({"email": "nobody"}, 400, "e-mail"),
    ],
)
async def test_what_cannot_be_booked_is_told(
    app: AppUnderTest, dana: Person, changed: dict[str, str], status: int, told: str
) -> None:
    response = await dana.post("/console/appointments", await form(dana, **changed))
    assert response.status_code == status
    assert told in text_of_page(response)
    assert await app.services.calendar.list_appointments(app.demo.account_id) == []


async def test_taken_time_is_told_with_what_is_free_and_nothing_typed_is_lost(
    app: AppUnderTest, dana: Person
) -> None:
    await booked(app, dana)
    response = await dana.post("/console/appointments", await form(dana, name="Ken <Adams>", time="10:30"))
    assert response.status_code == 409
    assert "That time is not free" in text_of_page(response)
    assert 'value="Ken &lt;Adams&gt;"' in response.text
    assert "Dr. Maya Lee 9:00 a.m. to 10:00 a.m., 10:45 a.m. to 5:00 p.m." in text_of_page(response)


async def test_appointment_is_moved_and_cancelled(app: AppUnderTest, dana: Person) -> None:
    here = await booked(app, dana)
    page = await dana.get(here)
    moved = {
        "action": "move",
        "version": hidden(page, "version"),
        "day": TOMORROW,
        "time": "14:15",
        "person": choice(page, "Dr. Maya Lee"),
    }
    assert (await dana.post(here, moved)).status_code == 303
    page = await dana.get(here)
    assert "2:15 p.m. to 3:00 p.m." in text_of_page(page)
    fields = {"action": "cancel", "version": hidden(page, "version"), "reason": "travelling"}
    assert (await dana.post(here, fields)).status_code == 303
    text = text_of_page(await dana.get(here))
    assert ("cancelled" in text, "Cancelled for travelling" in text, "Move it" in text) == (True, True, False)


async def test_second_of_two_who_move_an_appointment_is_told(app: AppUnderTest, dana: Person) -> None:
    here = await booked(app, dana)
    page = await dana.get(here)
    fields = {"action": "move", "version": hidden(page, "version"), "day": TOMORROW, "person": ""}
    assert (await dana.post(here, {**fields, "time": "14:15"})).status_code == 303
    late = await dana.post(here, {**fields, "time": "15:00"})
    assert late.status_code == 409
    assert "Somebody else has changed this" in text_of_page(late)
    assert "2:15 p.m. to 3:00 p.m." in text_of_page(late)
    gone = await dana.post(here, {**fields, "action": "cancel"})
    assert gone.status_code == 409


async def test_of_two_changes_at_once_one_happens(app: AppUnderTest, dana: Person) -> None:
    here = await booked(app, dana)
    page = await dana.get(here)
    fields = {"action": "move", "version": hidden(page, "version"), "day": TOMORROW, "person": ""}
    answers = await asyncio.gather(
        dana.post(here, {**fields, "time": "14:15"}), dana.post(here, {**fields, "time": "15:00"})
    )
    assert sorted(one.status_code for one in answers) == [303, 409]
    won = "2:15" if answers[0].status_code == 303 else "3:00"
    assert f"{won} p.m. to" in text_of_page(await dana.get(here))


async def test_other_practices_calendar_is_not_there(app: AppUnderTest, dana: Person) -> None:
    here = await booked(app, dana)
    eve = await stranger_at(app)
    assert (await eve.get(here)).status_code == 409
    assert (await eve.get("/console/appointments")).status_code == 409
    assert "Anna" not in (await eve.get("/console")).text


async def test_blocked_time_is_offered_and_booked_by_nobody(app: AppUnderTest, dana: Person) -> None:
    page = await dana.get(f"/console/appointments/new?day={TOMORROW}")
    lee = choice(page, "Dr. Maya Lee")
    fields = {
        "action": "add",
        "day": TOMORROW,
        "person": lee,
        "from": "10:00",
        "to": "11:00",
        "reason": "Team",
    }
    assert (await dana.post("/console/appointments/blocks", fields)).status_code == 303
    day = await dana.get(f"/console/appointments?day={TOMORROW}")
    assert "10:00 a.m. 11:00 a.m. Team" in text_of_page(day)
    refused = await dana.post("/console/appointments", await form(dana, time="10:30"))
    assert refused.status_code == 409
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    span = {"start_at": f"{TOMORROW}T10:00:00-05:00", "end_at": f"{TOMORROW}T11:00:00-05:00"}
    query = {"filter": {"start_at_range": span, "practitioner_id": lee}}
    found = await app.services.bookings.search(bot, AvailabilityQuery.model_validate(query))
    assert found.body["availabilities"] == []
    eve = await stranger_at(app)
    await eve.get("/console")
    block = hidden(day, "block")
    assert (await eve.post("/console/appointments/blocks", {**fields, "block": block})).status_code == 409
    remove = {"action": "remove", "day": TOMORROW, "block": block}
    await dana.get(f"/console/appointments?day={TOMORROW}")
    assert (await dana.post("/console/appointments/blocks", remove)).status_code == 303
    assert (await dana.post("/console/appointments/blocks", remove)).status_code == 404
    await booked(app, dana, time="10:30")


async def test_time_with_somebody_booked_is_not_blocked(app: AppUnderTest, dana: Person) -> None:
    await booked(app, dana)
    page = await dana.get(f"/console/appointments/new?day={TOMORROW}")
    fields = {"day": TOMORROW, "person": choice(page, "Dr. Maya Lee"), "from": "09:00", "to": "12:00"}
    response = await dana.post("/console/appointments/blocks", fields)
    assert response.status_code == 409
    assert "has somebody booked then" in text_of_page(response)
    backwards = {**fields, "from": "12:00", "to": "09:00"}
    assert (await dana.post("/console/appointments/blocks", backwards)).status_code == 400
