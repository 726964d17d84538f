"""Patients' data at the console and by the API: found, given out, held and erased, and who may."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.partner_messages import MessageCustomer, StaffMessage
from language.phone import E164
from practice.partners.views import BotView
from practice.patients.errors import PatientHeld
from practice.patients.retention import Retention
from practice.patients.service import Patients
from practice.patients.views import Patient
from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.clock import fixed_clock
from tests.fakes.console import Person, person_at, stranger_at, text_of_page

NAME, PHONE = "Quillonia Vexworth", E164("+12025550177")
WHO = {"phone": PHONE, "name": NAME}


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    async with run_app(tmp_path, sqlite_template) as opened:
        bot = await opened.services.bots.find_bot(opened.demo.bot_id)
        assert bot is not None
        for name, phone in ((NAME, PHONE), ("Odalys Prendergast", "+12025550188")):
            message = StaffMessage(customer=MessageCustomer(name=name, phone=phone), text=f"Call {name}.")
            await opened.services.messages.leave(bot, name, message)
        await opened.services.calls.start("CA1", bot.id, PHONE, opened.demo.phone_number)
        said = {"role": "user", "content": f"This is {NAME}."}
        await opened.services.calls.append("CA1", said)
        yield opened


@pytest.fixture
async def dana(app: AppUnderTest) -> AsyncIterator[Person]:
    person = person_at(app)
    await person.log_in(app.demo.staff_email, app.demo.staff_password)
    await person.get("/console/patients")
    yield person
    await person.client.aclose()


async def desk_at(app: AppUnderTest) -> Person:
    staff = Staff(app.services.database, app.services.wall_clock, CHEAP_HASHER)
    site = (app.demo.site_id,)
    await staff.create("tim@maple.example", "a pass word", first_name="T", last_name="D", site_ids=site)
    person = person_at(app)
    await person.log_in("tim@maple.example", "a pass word")
    await person.get("/console/patients")
    return person


async def test_patient_is_found_and_given_everything_as_page_and_file(app: AppUnderTest) -> None:
    tim = await desk_at(app)
    found = text_of_page(await tim.post("/console/patients", {"text": "quillon"}))
    assert (NAME in found, "Odalys" in found) == (True, False)
    shown = text_of_page(await tim.post("/console/patients/kept", WHO))
    assert f"Call {NAME}." in shown
    assert f"This is {NAME}." in shown
    assert "Odalys" not in shown
    given = await tim.post("/console/patients/export.json", WHO)
    assert "attachment" in given.headers["content-disposition"]
    assert [one["text"] for one in given.json()["messages"]] == [f"Call {NAME}."]
    entries = await app.services.audit.list_entries(subjects=[app.services.audit.patient(PHONE)])
    assert [one.action for one in reversed(entries)] == [
        "patients.find_patients",
        "patients.show_patient",
        "patients.export_patient",
    ]
    assert NAME.split(maxsplit=1)[0] not in str(entries)
    assert PHONE not in str(entries)


async def test_only_an_administrator_who_means_it_erases(app: AppUnderTest, dana: Person) -> None:
    tim = await desk_at(app)
    for path in ("erase", "hold"):
        refused = await tim.post(f"/console/patients/{path}", {**WHO, "sure": "yes", "reason": "x"})
        assert refused.status_code == 403
    assert (await dana.post("/console/patients/erase", WHO)).status_code == 400
    assert (await dana.post("/console/patients/erase", {**WHO, "sure": "yes"})).status_code == 303
    assert (await dana.post("/console/patients/kept", WHO)).status_code == 404
    await dana.get("/console/patients")
    assert "Odalys" in text_of_page(await dana.post("/console/patients", {"text": "odalys"}))


async def test_stranger_finds_nobody(app: AppUnderTest) -> None:
    eve = await stranger_at(app)
    await eve.get("/console/patients")
    assert NAME not in text_of_page(await eve.post("/console/patients", {"text": "quillon"}))
    for path in ("kept", "export.json"):
        assert (await eve.post(f"/console/patients/{path}", WHO)).status_code == 404
    assert (await eve.post("/console/patients/kept", {"phone": "12"})).status_code == 400


async def test_who_is_held_is_erased_by_nobody(app: AppUnderTest, dana: Person) -> None:
    await dana.post("/console/patients/hold", {**WHO, "reason": "A claim of 2026"})
    await dana.post("/console/patients/hold", {**WHO, "reason": "Again"})
    assert text_of_page(await dana.get("/console/patients")).count("A claim of 2026") == 1
    assert "A claim of 2026" in text_of_page(await dana.post("/console/patients/kept", WHO))
    answer = await dana.post("/console/patients/erase", {**WHO, "sure": "yes"})
    assert answer.status_code == 409
    # Nor by way of everybody who has the number.
    everybody = Patient(await account_of(app), PHONE)
    with pytest.raises(PatientHeld):
        await app.services.patients.erase(everybody)
    assert (await dana.post("/console/patients/hold", {**WHO, "release": "yes"})).status_code == 303
    assert (await dana.post("/console/patients/erase", {**WHO, "sure": "yes"})).status_code == 303


async def account_of(app: AppUnderTest) -> str:
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    return bot.account_id


async def test_api_does_the_same(app: AppUnderTest) -> None:
    who = {"email": app.demo.staff_email, "password": app.demo.staff_password}
    token = (await app.client.post("/auth/login", json=who)).json()["token"]
    bearer, here = {"Authorization": f"Bearer {token}"}, f"/site/{app.demo.site_id}/patients"
    found = await app.client.post(f"{here}/find", json={"text": "Vexworth"}, headers=bearer)
    (one,) = found.json()["patients"]
    assert (one["name"], one["phone"], one["records"]) == (NAME, PHONE, 1)
    kept = await app.client.post(f"{here}/export", json=WHO, headers=bearer)
    assert "Odalys" not in json.dumps(kept.json())
    assert len(kept.json()["kept"]["conversations"]) == 1
    assert (await app.client.post(f"{here}/export", json={"phone": "x"}, headers=bearer)).status_code == 400
    elsewhere = await app.client.post("/site/999999/patients/find", json={"text": "V"}, headers=bearer)
    assert elsewhere.status_code == 403
    await desk_at(app)
    desk = {"email": "tim@maple.example", "password": "a pass word"}
    theirs = {"Authorization": f"Bearer {(await app.client.post('/auth/login', json=desk)).json()['token']}"}
    assert (await app.client.post(f"{here}/erase", json=WHO, headers=theirs)).status_code == 403
    erased = await app.client.post(f"{here}/erase", json=WHO, headers=bearer)
    assert erased.json()["erased"]["messages"] == 1
    assert (await app.client.post(f"{here}/export", json=WHO, headers=bearer)).status_code == 404
    noted = await app.services.audit.list_entries(subjects=[app.services.audit.patient(PHONE)])
    assert [one.action for one in reversed(noted)] == [
        "patients.find_patients",
        "patients.export_patient",
        "patients.erase_patient",
    ]


async def test_practice_keeps_what_it_wants_as_long_as_it_wants_but_for_who_is_held(
    app: AppUnderTest, dana: Person
) -> None:
    page = await dana.get("/console/practice/privacy")
    revision = page.text.partition('name="revision" value="')[2].partition('"')[0]
    days = {"keep_transcripts_days": "30", "keep_recordings_days": "10", "keep_messages_days": "20"}
    fields = {"action": "save", "revision": revision, "announce_assistant": "on", **days}
    assert (await dana.post("/console/practice/privacy", fields)).status_code == 303
    later = fixed_clock(app.services.clock() + timedelta(days=25))
    patients = Patients(app.services.database, app.services.clock)
    who = Patient(await account_of(app), PHONE, NAME)
    await patients.hold(who, "A claim", "operator")
    retention = Retention(app.services.database, later)
    due = {one.kind: (one.days, one.due) for one in await retention.plan() if "Maple" in one.practice}
    assert due["messages"] == (20, 1)
    assert due["transcripts"] == (30, 0)
    assert due["appointments"] == (None, 0)
    assert await retention.forget() == {"messages": 1}
    assert await patients.export(who)
    much_later = Retention(app.services.database, fixed_clock(app.services.clock() + timedelta(days=40)))
    assert await much_later.forget() == {}
    await patients.release(who)
    assert await much_later.forget() == {"messages": 1, "transcripts": 1}
    assert await much_later.plan()


async def test_the_desk_writes_a_date_of_birth_down_and_it_is_kept_like_all_else(app: AppUnderTest) -> None:
    tim = await desk_at(app)
    who = Patient(app.demo.account_id, PHONE, NAME)
    done = await tim.post("/console/patients/born", {**WHO, "born": "1980-03-31"})
    assert done.status_code == 303
    (kept,) = (await app.services.patients.export(who))["birth_dates"]
    assert (kept["name"], kept["date_of_birth"]) == (NAME, "1980-03-31")
    assert 'value="1980-03-31"' in (await tim.post("/console/patients/kept", WHO)).text
    for wrong, told in (("2999-01-01", "still to come"), ("31.3.1980", "no date")):
        assert told in text_of_page(await tim.post("/console/patients/born", {**WHO, "born": wrong}))
    await tim.client.aclose()
    entries = await app.services.audit.list_entries()
    assert "patients.keep_date_of_birth" in [one.action for one in entries]
    await app.services.patients.erase(who)
    assert await app.services.identity.list_ways(await bot_of(app)) == []


async def bot_of(app: AppUnderTest) -> BotView:
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    return bot
