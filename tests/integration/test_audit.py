"""The audit log: written by every page with a patient's data, in a chain that nobody mends unseen."""

import asyncio
import csv
import io

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.clock import system_clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.audit.service import AuditLog
from practice.staff.service import Staff
from tests.conftest import CHEAP_HASHER
from tests.fakes.app import AppUnderTest
from tests.fakes.busy_practice import make_busy
from tests.fakes.console import Person, person_at, stranger_at, text_of_page
from webhooks.audited_route import STREAMS, AuditedRoute
from webhooks.console.routes import CONSOLE

NOT_OF_A_PATIENT = {
    "landing",
    "files",
    "log_in",  # its entries are of those who were let in, or not
    "first_log_in",
    "forgotten",
    "figures",
    "assistant_questions",
    "try_it",
    "talk",
}
"""Modules of the console that show nobody's data."""


def log_of(database: Database) -> AuditLog:
    return AuditLog(database, system_clock, Keyring(b"k" * 32))


def test_every_page_with_a_patients_data_is_noted() -> None:
    for router in CONSOLE:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                continue
            module = route.endpoint.__module__.rpartition(".")[2]
            noted = isinstance(route, AuditedRoute)
            assert noted or module in NOT_OF_A_PATIENT, f"{module}.{route.name} is not noted"
            assert not route.name.startswith(STREAMS) or "live" in route.path


async def test_who_read_and_changed_what_is_told_and_nobody_is_named(app: AppUnderTest, dana: Person) -> None:
    busy = await make_busy(app)
    await dana.get(f"/console/calls/{busy.call_id}")
    await dana.get(f"/console/inbox/{busy.message_id}")
    await dana.post(f"/console/inbox/{busy.message_id}", {"state": "done"})
    assert (await dana.get("/console/calls/CAnone")).status_code == 404
    entries = await app.services.audit.list_entries(app.demo.site_id)
    done = [(one.action, one.subject) for one in reversed(entries)]
    assert done[0][0] == "log_in"
    assert done[-3:] == [
        ("calls.show_call", (busy.call_id,)),
        ("inbox.show_message", (busy.message_id,)),
        ("inbox.set_state", (busy.message_id,)),
    ]
    assert {one.who for one in entries} == {app.services.staff_tokens.open(_session(dana))["sub"]}
    told = str(entries)
    assert not [name for name in ("Baker", "Bell", "+1202") if name in told]
    assert await app.services.audit.find_break() is None


async def test_administrators_read_it_and_others_do_not(app: AppUnderTest, dana: Person) -> None:
    await dana.get("/console/calls")
    shown = text_of_page(await dana.get("/console/audit"))
    assert "calls: list calls" in shown
    assert "Dana Reyes" in shown
    rows = list(csv.reader(io.StringIO((await dana.get("/console/audit.csv")).text)))
    assert rows[0] == ["number", "at", "who", "action", "about", "detail"]
    assert "audit.show_audit_log" in {row[3] for row in rows}
    staff = Staff(app.services.database, app.services.wall_clock, CHEAP_HASHER)
    site = (app.demo.site_id,)
    await staff.create("tim@maple.example", "a pass word", first_name="T", last_name="D", site_ids=site)
    tim = person_at(app)
    await tim.log_in("tim@maple.example", "a pass word")
    assert (await tim.get("/console/audit")).status_code == 403
    eve = await stranger_at(app)
    assert (await eve.get("/console/audit.csv")).status_code == 403


async def test_log_ins_that_were_refused_are_told_of_people_alone(app: AppUnderTest) -> None:
    for email in (app.demo.staff_email, "nobody@maple.example"):
        await person_at(app).log_in(email, "not it")
        await app.client.post("/auth/login", json={"email": email, "password": "not it"})
    entries = await app.services.audit.list_entries()
    assert [one.action for one in entries] == ["log_in_refused"] * 2
    assert all(one.who.startswith("staf_") for one in entries)


async def test_many_at_once_make_one_chain(database: Database) -> None:
    log = log_of(database)
    await asyncio.gather(*(log.note("staf_1", "calls.show_call", subject=f"CA{n}") for n in range(12)))
    entries = await log.list_entries()
    assert [one.number for one in entries] == list(range(12, 0, -1))
    assert {one.subject for one in entries} == {(f"CA{n}",) for n in range(12)}
    assert [one.subject for one in await log.list_entries(subjects=["CA1"])] == [("CA1",)]
    assert await log.find_break() is None


async def test_nothing_is_changed_or_taken_out(database: Database) -> None:
    log = log_of(database)
    for number in range(4):
        await log.note("staf_1", "calls.show_call", site_id=1, subject=f"CA{number}", colour="grün")
    for change in ("UPDATE audit_log SET who = 'staf_2' WHERE number = 2", "DELETE FROM audit_log"):
        with pytest.raises(DBAPIError, match="only written to"):
            async with database.session() as session:
                await session.execute(text(change))
    assert await log.find_break() is None


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit_log SET who = 'staf_2' WHERE number = 2", 2),
        ("UPDATE audit_log SET at = '2020-01-01 00:00:00.000000' WHERE number = 3", 3),
        ("DELETE FROM audit_log WHERE number = 3", 3),
        ("DELETE FROM audit_log WHERE number = 1", 1),
    ],
)
async def test_whoever_gets_round_that_is_seen(app: AppUnderTest, change: str, broken: int) -> None:
    """Whoever owns the database can drop its triggers; they do not have the key of the chain."""
    database = app.services.database
    log = log_of(database)
    for number in range(4):
        await log.note("staf_1", "calls.show_call", subject=f"CA{number}")
    async with database.session() as session:
        for verb in ("update", "delete"):
            await session.execute(text(f"DROP TRIGGER audit_log_no_{verb}"))
        await session.execute(text(change))
    assert await log.find_break() == broken


def _session(person: Person) -> str:
    return person.client.cookies["chairside_session"]
