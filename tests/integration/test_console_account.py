"""One's own log-in at the console: password, second step, sessions, and what happens when many guess."""

import asyncio
import base64
import re
import threading
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from config.settings import LimitSettings, ServerSettings
from kit.clock import system_clock
from kit.db.database import Database
from practice.errors import RateLimited, WrongPassword
from practice.staff.second_factors import DIGITS, STEP_SECONDS
from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.console import Person, person_at, text_of_page
from tests.fakes.mail_server import MailServer, running_mail_server

NEW = "another long password"
PUBLIC = "https://desk.example"


def code_at(text: str, moment: datetime) -> str:
    """Give the code that an authenticator shows."""
    totp = TOTP(base64.b32decode(text.replace(" ", "")), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
    return totp.generate(int(moment.timestamp())).decode()


@pytest.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with running_mail_server() as server:
        yield server


@pytest.fixture
async def app(tmp_path: Path, sqlite_template: Path, mail_server: MailServer) -> AsyncIterator[AppUnderTest]:
    limits = LimitSettings(log_ins_per_minute=20, log_ins_per_hour=12)
    async with run_app(
        tmp_path,
        sqlite_template,
        limits=limits,
        email=mail_server.settings,
        server=ServerSettings(public_url=PUBLIC),
    ) as opened:
        yield opened


async def dana_at(app: AppUnderTest, password: str | None = None) -> Person:
    person = person_at(app)
    response = await person.log_in(app.demo.staff_email, password or app.demo.staff_password)
    assert response.status_code == 303
    return person


async def set_up(app: AppUnderTest, person: Person) -> str:
    """Turn the second step on; gives its secret."""
    await person.get("/console/account")
    shown = await person.post("/console/account/second-step")
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", shown.text)
    assert found is not None
    assert "otpauth://totp/" in shown.text
    wrong = await person.post("/console/account/second-step/confirm", {"code": "abcdef"})
    assert wrong.status_code == 422
    await person.post("/console/account/second-step/confirm", {"code": code_at(found[1], app.wall())})
    return found[1]


async def test_new_password_ends_the_other_sessions_and_no_own_one(app: AppUnderTest) -> None:
    here, elsewhere = await dana_at(app), await dana_at(app)
    await here.get("/console/account")
    fields = {"old": app.demo.staff_password, "password": NEW, "again": NEW}
    for wrong in (
        {"old": "not it at all"},
        {"again": "different pass"},
        {"password": "short", "again": "short"},
    ):
        assert (await here.post("/console/account/password", {**fields, **wrong})).status_code == 422
    assert (await elsewhere.get("/console")).status_code == 200
    assert (await here.post("/console/account/password", fields)).status_code == 303
    assert (await here.get("/console")).status_code == 200
    assert (await elsewhere.get("/console")).status_code == 303
    assert (await person_at(app).log_in(app.demo.staff_email, app.demo.staff_password)).status_code == 401
    await dana_at(app, NEW)


async def test_sessions_are_listed_and_ended_one_by_one_or_all(app: AppUnderTest) -> None:
    here, second, third = [await dana_at(app) for _ in range(3)]
    shown = await here.get("/console/account")
    ids = re.findall(r'name="session" value="(sess_\w+)"', shown.text)
    assert len(ids) == 2
    await here.post("/console/account/sessions", {"session": ids[0]})
    states = [(await one.get("/console")).status_code for one in (second, third)]
    assert sorted(states) == [200, 303]
    await here.post("/console/account/sessions", {"session": "others"})
    assert [(await one.get("/console")).status_code for one in (here, second, third)] == [200, 303, 303]


async def test_nobody_ends_the_session_of_somebody_else(app: AppUnderTest) -> None:
    staff = Staff(app.services.database, app.services.wall_clock, CHEAP_HASHER)
    site = (app.demo.site_id,)
    await staff.create("tim@maple.example", NEW, first_name="Tim", last_name="Dow", site_ids=site)
    dana, tim = await dana_at(app), person_at(app)
    await tim.log_in("tim@maple.example", NEW)
    (theirs,) = [one.id for one in await staff.list_sessions() if one.email == app.demo.staff_email]
    await tim.get("/console/account")
    await tim.post("/console/account/sessions", {"session": theirs})
    assert (await dana.get("/console")).status_code == 200


async def test_second_step_asks_for_a_code_that_is_good_once(app: AppUnderTest) -> None:
    dana = await dana_at(app)
    secret = await set_up(app, dana)
    person = person_at(app)
    asked = await person.log_in(app.demo.staff_email, app.demo.staff_password)
    assert asked.status_code == 200
    assert "Your code" in text_of_page(asked)
    assert (await person.client.get("/console")).status_code == 303
    ticket = re.search(r'name="ticket" value="([^"]+)"', asked.text)
    assert ticket is not None
    used = code_at(secret, app.wall())  # by which it was turned on
    fields = {"ticket": ticket[1], "next": "/console"}
    assert (await person.post("/console/log-in/code", {**fields, "code": used})).status_code == 401
    app.wall.move(seconds=STEP_SECONDS)
    code = code_at(secret, app.wall())
    assert (await person.post("/console/log-in/code", {**fields, "code": code})).status_code == 303
    assert (await person.get("/console")).status_code == 200
    other = person_at(app)
    await other.log_in(app.demo.staff_email, app.demo.staff_password)
    assert (await other.post("/console/log-in/code", {**fields, "code": code})).status_code == 401
    # The ticket shows that a password was right; it is no session, and does not last.
    thief = person_at(app)
    thief.client.cookies.set("chairside_session", ticket[1])
    assert (await thief.get("/console")).status_code == 303
    app.wall.move(minutes=10)
    late = {**fields, "code": code_at(secret, app.wall())}
    assert "took too long" in (await other.post("/console/log-in/code", late)).text


async def test_api_wants_the_code_too(app: AppUnderTest) -> None:
    secret = await set_up(app, await dana_at(app))
    who = {"email": app.demo.staff_email, "password": app.demo.staff_password}
    refused = await app.client.post("/auth/login", json=who)
    assert refused.status_code == 403
    assert "authenticator" in refused.json()["message"]
    assert (await app.client.post("/auth/login", json={**who, "code": "000000"})).status_code == 401
    app.wall.move(seconds=STEP_SECONDS)
    let_in = await app.client.post("/auth/login", json={**who, "code": code_at(secret, app.wall())})
    assert let_in.status_code == 201


async def test_codes_are_few_from_wherever_they_come(app: AppUnderTest) -> None:
    await set_up(app, await dana_at(app))
    person = person_at(app)
    asked = await person.log_in(app.demo.staff_email, app.demo.staff_password)
    ticket = re.search(r'name="ticket" value="([^"]+)"', asked.text)
    assert ticket is not None
    fields = {"ticket": ticket[1], "code": "000000"}
    codes = [(await person.post("/console/log-in/code", fields)).status_code for _ in range(30)]
    assert set(codes) == {401, 429}
    assert codes[-1] == 429


async def test_second_step_is_taken_away_by_the_password_or_by_an_administrator(app: AppUnderTest) -> None:
    dana = await dana_at(app)
    await set_up(app, dana)
    assert (await dana.post("/console/account/second-step/off", {"password": "no"})).status_code == 422
    await dana.post("/console/account/second-step/off", {"password": app.demo.staff_password})
    await dana_at(app)
    staff = Staff(app.services.database, app.services.wall_clock, CHEAP_HASHER)
    site = (app.demo.site_id,)
    await staff.create("tim@maple.example", NEW, first_name="Tim", last_name="Dow", site_ids=site)
    tim = person_at(app)
    await tim.log_in("tim@maple.example", NEW)
    await set_up(app, tim)
    assert (await person_at(app).log_in("tim@maple.example", NEW)).status_code == 200
    assert "two steps" in text_of_page(await dana.get("/console/people"))
    await dana.post("/console/people", {"action": "one_step", "email": "tim@maple.example"})
    assert (await person_at(app).log_in("tim@maple.example", NEW)).status_code == 303


async def test_lost_password_is_replaced_by_a_link_that_the_server_itself_is_named_in(
    app: AppUnderTest, mail_server: MailServer
) -> None:
    person = person_at(app)
    await person.get("/console/forgotten")
    answers = [
        text_of_page(
            await person.post("/console/forgotten", {"email": one}, headers={"Host": "evil.example"})
        )
        for one in (app.demo.staff_email, "nobody@maple.example")
    ]
    assert answers[0] == answers[1]
    ((to, mail),) = mail_server.mails
    assert to == app.demo.staff_email
    text = mail.get_content()
    assert "evil" not in text
    found = re.search(rf"{PUBLIC}(/console/first-log-in\?token=\S+)", text)
    assert found is not None
    assert (await person.get(found[1])).status_code == 200
    codes = [(await person.post("/console/forgotten", {"email": app.demo.staff_email})).status_code] * 4
    assert codes[-1] in {200, 429}
    assert len(mail_server.mails) <= 3


async def test_guessing_from_everywhere_does_not_shut_out_the_owners_own_browser(app: AppUnderTest) -> None:
    dana = await dana_at(app)
    guesses = [await person_at(app).log_in(app.demo.staff_email, "a wrong guess") for _ in range(16)]
    assert [one.status_code for one in guesses][-1] == 429
    assert (await person_at(app).log_in(app.demo.staff_email, app.demo.staff_password)).status_code == 429
    await dana.post("/console/log-out")
    assert (await dana.log_in(app.demo.staff_email, app.demo.staff_password)).status_code == 303
    # What shows that it is her browser is of no use for anybody else's account.
    known = dana.client.cookies["chairside_known"]
    forged = person_at(app)
    forged.client.cookies.set("chairside_known", known[:-1] + ("0" if known[-1] != "0" else "1"))
    assert (await forged.log_in(app.demo.staff_email, app.demo.staff_password)).status_code == 429


class SlowHasher(PasswordHasher):
    """Hashes when it is told to."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.go.wait(30)
        return super().hash(password, salt=salt)


async def test_line_for_hashes_has_an_end(database: Database) -> None:
    hasher = SlowHasher()
    staff = Staff(database, system_clock, hasher, most_waiting=3)
    tasks = [asyncio.create_task(staff.log_in("nobody@maple.example", "x")) for _ in range(25)]
    refused = [asyncio.ensure_future(one) for one in asyncio.as_completed(tasks, timeout=60)][:20]
    answers = await asyncio.gather(*refused, return_exceptions=True)
    assert {type(one) for one in answers} == {RateLimited}
    hasher.go.set()
    everybody = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(one, WrongPassword) for one in everybody) == 5
