"""A practice's folder makes the records so, whole or not at all, and the records give it back."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from contracts.partner import PracticeFacts
from kit.clock import Clock
from kit.db.database import Database
from kit.keyring import Keyring
from practice.calendar.embedded import EmbeddedCalendar
from practice.chat_sessions.ladder import Ladder
from practice.errors import InvalidPayload, InvalidRequest, PracticeNotFound, SlotUnavailable
from practice.partners.bots import Bots
from practice.practice_file.folder import KeptFile, PracticeFolder, parse, read_folder, toml_of, write_folder
from practice.practice_file.service import Applied, PracticeFiles
from practice.records.assistants import AssistantVersion
from practice.records.practices import OpeningHours, Practitioner, Service
from practice.records.tables import metadata
from tests.fakes.calendar import booking, ids_of, search
from tests.fakes.demo_practice import DemoIds

HARBOR_VIEW = Path(__file__).parents[1] / "data" / "practices" / "harbor-view"


@pytest.fixture
def files(database: Database, clock: Clock) -> PracticeFiles:
    return PracticeFiles(database, clock)


@pytest.fixture
def harbor_view() -> PracticeFolder:
    return read_folder(HARBOR_VIEW)


def changed(folder: PracticeFolder, *pairs: tuple[str, str]) -> PracticeFolder:
    """Change a folder as somebody does who edits its TOML."""
    text = toml_of(folder)
    for old, new in pairs:
        assert old in text, (old, text)
        text = text.replace(old, new, 1)
    return dataclasses.replace(folder, file=parse(text))


def practice_of(applied: Applied) -> str:
    assert applied.ids is not None
    return applied.ids.practice_id


async def dump(database: Database) -> dict[str, list[str]]:
    """Read every row of every table."""
    async with database.reading() as session:
        return {
            table.name: [
                str(row) for row in await session.execute(select(table).order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }


async def facts_of(database: Database, clock: Clock, keyring: Keyring, applied: Applied) -> PracticeFacts:
    bots = Bots(database, clock, keyring)
    assert applied.ids is not None
    assert applied.ids.bot_id is not None
    bot = await bots.find_bot(applied.ids.bot_id)
    assert bot is not None
    return (await bots.describe(bot)).facts()


async def test_applying_again_changes_no_row(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database
) -> None:
    first = await files.apply(harbor_view)
    assert first.changes[0] == "new practice: Harbor View Family Dental"
    before = await dump(database)
    again = await files.apply(harbor_view)
    assert again.changes == ()
    assert await dump(database) == before


async def test_what_is_exported_is_what_was_applied_byte_for_byte(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database, tmp_path: Path
) -> None:
    applied = await files.apply(harbor_view)
    write_folder(tmp_path, await files.export(practice_of(applied)))
    for name in ("instructions.md", "files/parking.md", "files/first-visit.txt"):
        assert (tmp_path / name).read_bytes() == (HARBOR_VIEW / name).read_bytes()
    before = await dump(database)
    exported = read_folder(tmp_path)
    assert exported == harbor_view
    assert (await files.apply(exported)).changes == ()
    assert await dump(database) == before
    write_folder(tmp_path / "again", await files.export(practice_of(applied)))
    assert (tmp_path / "again/practice.toml").read_text() == (tmp_path / "practice.toml").read_text()


async def test_the_bot_knows_what_the_file_says(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database, clock: Clock, keyring: Keyring
) -> None:
    facts = await facts_of(database, clock, keyring, await files.apply(harbor_view))
    assert (facts.name, facts.say_as, facts.assistant_name) == (
        "Harbor View Family Dental",
        "Harbor View",
        "Wanda",
    )
    assert facts.phone == "+12075550123"
    assert [(one.name, one.price, one.say_as) for one in facts.services] == [
        ("Cleaning", "$155", None),
        ("Check-up", None, "check up"),
    ]
    assert [one.name for one in facts.other_services] == ["Implant consultation"]
    assert [one.date for one in facts.closures] == [date(2026, 12, day) for day in (24, 25, 26)]
    assert [(one.date, one.opens, one.closes) for one in facts.special_hours] == [
        (date(2026, 12, 31), "08:00", "12:00")
    ]
    calder = facts.practitioners[0]
    assert (calder.say_as, calder.languages) == ("Doctor EE-ness CALL-der", ["en", "es"])
    assert calder.service_ids == [facts.services[1].id]
    assert [(one.weekday, one.opens) for one in calder.hours] == [(0, "08:00"), (1, "08:00"), (3, "08:00")]
    assert [(one.date.day, one.name) for one in calder.closures] == [(day, "") for day in range(7, 12)]
    assert facts.emergency_number == "911"
    assert facts.emergency_rules[0].ring == "on_call"
    assert facts.rules.never_book[0].say == "We have no hygienist on Wednesdays."
    assert facts.rules.cancelling.notice_hours == 24
    assert facts.offers == 2


async def test_special_hours_absences_and_never_book_rules_bound_the_calendar(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database, clock: Clock
) -> None:
    applied = await files.apply(harbor_view)
    assert applied.ids is not None
    account = applied.ids.account_id
    calendar = EmbeddedCalendar(database, clock)
    services = await ids_of(database, Service)
    people = await ids_of(database, Practitioner)

    async def free(day: str, **filters: str) -> list[tuple[str, int]]:
        found = (await calendar.search(account, search(day, day, **filters)))["availabilities"]
        return [(one["start_at"][11:16], one["duration_minutes"]) for one in found]

    cleaning, calder = services["Cleaning"], people["Dr. Ines Calder"]
    assert await free("2026-12-31", service_id=cleaning) == [("08:00", 240)]
    assert await free("2026-12-25") == []
    assert await free("2026-12-08", practitioner_id=calder) == []
    assert await free("2026-12-15", practitioner_id=calder) == [("08:00", 600)]
    assert await free("2026-12-02", service_id=cleaning) == []
    assert await free("2026-12-02", service_id=services["Check-up"]) == []  # Dr. Calder is not there
    assert await free("2026-12-03", service_id=cleaning) == [("08:00", 600)]
    refused = booking("k", "2026-12-02T09:00:00-05:00", 45, service_id=cleaning)
    with pytest.raises(SlotUnavailable):
        await calendar.book(account, refused)
    with pytest.raises(InvalidPayload):
        await calendar.search(
            account, search("2026-12-03", "2026-12-03", service_id=services["Implant consultation"])
        )


async def test_the_ladder_is_the_files(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database, clock: Clock
) -> None:
    applied = await files.apply(harbor_view)
    contacts = await Ladder(database, clock).list_contacts(practice_of(applied))
    assert [(one.name, one.phone, one.available, one.ring_seconds) for one in contacts] == [
        ("front desk", "+12075550190", "open", 20),
        ("on_call", "+12075550191", "hours", 30),
    ]
    assert contacts[1].hours == {"saturday": ["09:00-12:00"]}


async def test_a_change_is_told_in_plain_words_and_only_its_rows_are_written(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database
) -> None:
    await files.apply(harbor_view)
    before = await dump(database)
    wanted = changed(
        harbor_view,
        ('price = "$155"', 'price = "$160"'),
        ('tuesday = [\n    "08:00-18:00"', 'tuesday = [\n    "09:00-18:00"'),
    )
    said = (await files.apply(wanted)).changes
    assert said == (
        "hours tuesday: was 08:00-18:00, is now 09:00-18:00",
        "service Cleaning price: was $155, is now $160",
    )
    after = await dump(database)
    assert {name for name in after if after[name] != before[name]} == {
        "practices",
        "services",
        "opening_hours",
    }
    assert len(set(after["services"]) - set(before["services"])) == 1
    assert len(set(after["opening_hours"]) - set(before["opening_hours"])) == 1


async def test_a_dry_run_says_the_same_and_writes_nothing(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database
) -> None:
    empty = await dump(database)
    told = await files.apply(harbor_view, dry_run=True)
    assert await dump(database) == empty
    assert (await files.apply(harbor_view)).changes == told.changes


async def test_a_number_of_another_bot_stops_everything(
    files: PracticeFiles, harbor_view: PracticeFolder, demo: DemoIds, database: Database
) -> None:
    before = await dump(database)
    taken = changed(harbor_view, ("+12075550123", demo.phone_number))
    with pytest.raises(InvalidRequest, match="Maple Street"):
        await files.apply(taken)
    assert await dump(database) == before
    assert await files.find_taken_numbers(taken.file) == [(demo.phone_number, "Maple Street Dental")]


async def test_bookings_that_no_longer_fit_stand_and_are_listed(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database, clock: Clock
) -> None:
    applied = await files.apply(harbor_view)
    assert applied.ids is not None
    account = applied.ids.account_id
    calendar, services = EmbeddedCalendar(database, clock), await ids_of(database, Service)
    for key, start, minutes, name in (
        ("a", "2026-12-01T17:00:00-05:00", 45, "Cleaning"),
        ("b", "2026-12-01T09:00:00-05:00", 45, "Cleaning"),
        ("c", "2026-12-03T09:00:00-05:00", 30, "Check-up"),
    ):
        await calendar.book(account, booking(key, start, minutes, service_id=services[name]))
    shorter = changed(
        harbor_view,
        ('tuesday = [\n    "08:00-18:00"', 'tuesday = [\n    "08:00-12:00"'),
        ('name = "Dr. Ines Calder"\n', 'name = "Dr. Ana Ruiz"\n'),
    )
    told = await files.apply(shorter)
    assert [(one.start.hour, one.why) for one in told.conflicts] == [
        (17, "Sam Oduya is not there then"),
        (9, "Dr. Ines Calder is no longer there"),
    ]
    standing = await calendar.list_appointments(account)
    assert [one.status for one in standing] == ["confirmed"] * 3
    assert (await files.apply(harbor_view)).conflicts == ()


async def test_what_was_removed_comes_back_as_the_same_row(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database
) -> None:
    await files.apply(harbor_view)
    ids = await ids_of(database, Service)
    text = toml_of(harbor_view).replace('"Check-up"', '"Examination"')
    said = (await files.apply(dataclasses.replace(harbor_view, file=parse(text)))).changes
    assert "service Check-up: removed" in said
    await files.apply(harbor_view)
    known = {name: id_ for name, id_ in (await ids_of(database, Service)).items() if name in ids}
    assert known == ids


async def test_all_that_changes_of_the_assistant_is_one_version(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database
) -> None:
    await files.apply(harbor_view)
    new = dataclasses.replace(
        harbor_view,
        instructions="Be kind.",
        files=(*harbor_view.files, KeptFile("zoo.txt", b"No pets."), KeptFile("zz.txt", b"None.")),
    )
    assert len((await files.apply(new)).changes) == 3
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(AssistantVersion)) == 2


async def test_two_who_change_different_things_at_once_lose_nothing(
    files: PracticeFiles, harbor_view: PracticeFolder, database: Database
) -> None:
    practice_id = practice_of(await files.apply(harbor_view))
    async with database.session() as session:
        session.add(OpeningHours(practice_id=practice_id, weekday=5, opens_minute=540, closes_minute=720))
    mine = await files.export(practice_id)
    assert mine.file.hours.saturday == ["09:00-12:00"]
    await files.apply(changed(mine, ('price = "$155"', 'price = "$1"')))
    assert (await files.export(practice_id)).file.hours.saturday == ["09:00-12:00"]


async def test_a_practice_that_is_not_there_is_not_made_by_its_id(
    files: PracticeFiles, harbor_view: PracticeFolder
) -> None:
    with pytest.raises(PracticeNotFound):
        await files.apply(harbor_view, "prac_none")


async def test_a_practice_keeps_its_id_when_its_code_changes(
    files: PracticeFiles, harbor_view: PracticeFolder
) -> None:
    practice_id = practice_of(await files.apply(harbor_view))
    renamed = changed(harbor_view, ('code = "harbor-view"', 'code = "harbor"'))
    assert practice_of(await files.apply(renamed, practice_id)) == practice_id
    assert [one.assistant_code for one in await files.list_practices()] == ["harbor"]
