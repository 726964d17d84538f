"""What is kept about a patient: found, given to them, and erased until no byte of it is left."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from config.operator_settings import EncryptionSettings
from contracts.partner_messages import MessageCustomer, StaffMessage
from kit.clock import Clock
from kit.db.database import FILE_NAME, Database
from kit.keyring import Keyring
from practice.messages.service import Messages
from practice.partners.bots import Bots
from practice.patients.errors import AppointmentAhead, PatientNotFound
from practice.patients.service import Patients
from practice.patients.views import Patient
from practice.records.bookings import ERASED, Appointment
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.clock import fixed_clock
from tests.fakes.demo_practice import DemoIds

CANARY, OTHER = "Quillonia Vexworth", "Bertrand Vexworth"
PHONE, ELSEWHERE = "+12025550177", "+12025550188"
SPOKEN = "two oh two, five five five, oh one seven seven"


async def book_by_chat(app: AppUnderTest, name: str, day: str, phone: str = SPOKEN) -> None:
    """Book as a patient does, in a conversation, with the number as it is spoken."""
    person = app.services.runtime.for_site(app.demo.site_id, name.split(maxsplit=1)[0])
    bearer = {"Authorization": f"Bearer {person}"}
    path = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}/chat"
    for text in (f"A cleaning {day} at ten", "yes", f"My name is {name}", phone, "yes", "no thanks"):
        answer = await app.client.post(path, json={"message": text}, headers=bearer)
        assert answer.status_code == 201


def left_of(folder: Path, *words: str) -> list[str]:
    """List what a scan of the database's files finds."""
    content = b"".join(one.read_bytes() for one in folder.glob(f"{FILE_NAME}*"))
    return [word for word in words if word.encode() in content]


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[AppUnderTest]:
    # Plainly, so that a scan of the files sees what is there.
    plain = EncryptionSettings(enabled=False)
    async with run_app(tmp_path, sqlite_template, encryption=plain) as opened:
        await book_by_chat(opened, CANARY, "next Monday")
        await book_by_chat(opened, OTHER, "on Wednesday")
        await book_by_chat(opened, "Odalys Prendergast", "on Thursday", "two oh two 555 0188")
        note = StaffMessage(customer=MessageCustomer(name=CANARY, phone=PHONE), text="Is Zebulon there?")
        bot = await opened.services.bots.find_bot(opened.demo.bot_id)
        assert bot is not None
        await opened.services.messages.leave(bot, "key-1", note)
        for name in (CANARY, OTHER):
            who = Patient(opened.demo.account_id, PHONE, name)
            await opened.services.patients.keep_birth_date(who, "1980-03-31", "operator")
        yield opened


def later(app: AppUnderTest) -> Patients:
    """Give the service as it is when all appointments are past."""
    return Patients(app.services.database, fixed_clock(app.services.clock() + timedelta(days=30)))


async def account_of(app: AppUnderTest) -> str:
    bot = await app.services.bots.find_bot(app.demo.bot_id)
    assert bot is not None
    return bot.account_id


async def test_patients_are_found_by_number_and_by_a_part_of_their_name(app: AppUnderTest) -> None:
    found = await later(app).find("(202) 555-0177")
    assert {(one.name, one.phone) for one in found} == {(CANARY, PHONE), (OTHER, PHONE)}
    assert [one.name for one in await later(app).find("quillon")] == [CANARY]
    assert await later(app).find("quillon", "acct_of_somebody_else") == []
    known = Patient(await account_of(app), "+12025550199", "Ysolde Marchbanks")
    await later(app).keep_birth_date(known, "1980-03-31", "operator")
    assert [one.phone for one in await later(app).find("ysolde")] == [known.phone]


async def test_export_holds_all_that_is_kept_and_nothing_of_others(app: AppUnderTest) -> None:
    kept = await later(app).export(Patient(await account_of(app), PHONE, CANARY))
    assert [one["customer_name"] for one in kept["appointments"]] == [CANARY]
    assert [one["text"] for one in kept["messages"]] == ["Is Zebulon there?"]
    (conversation,) = kept["conversations"]
    assert conversation["messages"][0]["message"]["content"] == "A cleaning next Monday at ten"
    assert OTHER not in json.dumps(kept, default=str)
    with pytest.raises(PatientNotFound):
        await later(app).export(Patient("acct_of_somebody_else", PHONE))


async def test_of_who_is_erased_no_byte_is_left_and_others_lose_nothing(
    app: AppUnderTest, tmp_path: Path
) -> None:
    who = Patient(await account_of(app), PHONE, CANARY)
    assert left_of(tmp_path, "Quillonia", "Zebulon") == ["Quillonia", "Zebulon"]
    erased = await later(app).erase(who)
    assert (erased.appointments, erased.requests, erased.conversations, erased.messages) == (1, 1, 1, 1)
    assert left_of(tmp_path, "Quillonia", "quillonia", "Zebulon") == []
    kept = ("Bertrand Vexworth", PHONE, "Odalys Prendergast", ELSEWHERE)
    assert left_of(tmp_path, *kept) == [*kept]
    async with app.services.database.reading() as session:
        names = [one.customer_name for one in await session.scalars(select(Appointment))]
    assert sorted(names) == [OTHER, "Odalys Prendergast", ERASED]
    with pytest.raises(PatientNotFound):
        await later(app).erase(who)


async def test_without_a_name_everybody_with_the_number_is_erased(app: AppUnderTest, tmp_path: Path) -> None:
    erased = await later(app).erase(Patient(await account_of(app), PHONE))
    assert erased.appointments == 2
    assert left_of(tmp_path, "Vexworth", PHONE, "0177", SPOKEN) == []
    assert left_of(tmp_path, "Prendergast") == ["Prendergast"]


async def test_who_is_still_expected_is_not_erased(app: AppUnderTest, tmp_path: Path) -> None:
    patients = Patients(app.services.database, app.services.clock)
    with pytest.raises(AppointmentAhead):
        await patients.erase(Patient(await account_of(app), PHONE, CANARY))
    assert left_of(tmp_path, "Quillonia") == ["Quillonia"]


async def test_an_erased_booking_is_still_found_by_its_id(app: AppUnderTest) -> None:
    async with app.services.database.reading() as session:
        (made,) = [one for one in await session.scalars(select(Appointment)) if one.customer_name == CANARY]
    await later(app).erase(Patient(await account_of(app), PHONE, CANARY))
    url = f"/v1/bookings/{made.id}?bot_id={app.demo.bot_id}"
    answer = await app.client.get(url, headers=app.partner())
    assert answer.status_code == 200, answer.text
    assert CANARY not in answer.text


async def test_on_both_databases_a_message_is_erased(
    database: Database, clock: Clock, keyring: Keyring, demo: DemoIds
) -> None:
    bot = await Bots(database, clock, keyring).find_bot(demo.bot_id)
    assert bot is not None
    note = StaffMessage(customer=MessageCustomer(name=CANARY, phone=PHONE), text="Call me.")
    await Messages(database, clock).leave(bot, "key-1", note)
    patients, who = Patients(database, clock), Patient(bot.account_id, PHONE)
    assert [one.name for one in await patients.find("Quillonia")] == [CANARY]
    assert (await patients.erase(who)).messages == 1
    assert await patients.find("Quillonia") == []
