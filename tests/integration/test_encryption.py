"""Patients' data as the database has it: encrypted, found all the same, and brought under a new key."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import JSON, LargeBinary, String, Table, Text, select

from config.operator_settings import EncryptionSettings
from config.settings import Settings
from contracts.partner_messages import MessageCustomer, StaffMessage
from kit.clock import Clock
from kit.data_keys import PLAIN, DataKeyUnavailable, new_key
from kit.db.database import FILE_NAME, Database
from kit.keyring import Keyring
from practice.calendar import repository as calendar
from practice.calendar.embedded import EmbeddedCalendar
from practice.conversations import repository as conversations
from practice.conversations.history import CallFilter, History
from practice.conversations.service import Calls
from practice.messages.service import Messages
from practice.outbox import repository as outbox
from practice.outbox.service import follow_up_row
from practice.partners.bots import Bots
from practice.partners.views import BotView
from practice.patients.service import Patients
from practice.patients.views import Patient
from practice.records.bookings import Appointment, BookingIntent
from practice.records.chat_sessions import ChatSession
from practice.records.encrypted import EncryptedBytes, EncryptedJson, EncryptedText, Hashed
from practice.records.encryption import Encryption
from practice.records.follow_ups import FollowUp
from practice.records.installation import list_data_keys
from practice.records.prepare import prepare
from practice.records.staff_messages import IncomingText, Recording
from practice.records.staff_messages import StaffMessage as MessageRow
from practice.records.tables import metadata
from tests.fakes.app import run_app
from tests.fakes.bookings import Scene, details
from tests.fakes.calendar import booking
from tests.fakes.demo_practice import DemoIds
from tests.fakes.postgres import PostgresForTests

NAME, PHONE, NOTE = "Quillonia Vexworth", "+12025550177", "allergic to Zebulonite"
BORN = "1937-02-13"
CANARIES = ("Quillonia", "Vexworth", "2025550177", "Zebulonite", BORN)
PERSON = {"name": NAME, "phone": PHONE, "email": "Quillonia@example.com"}

KEY = new_key()

Scan = Callable[[], list[str]]


@dataclass(frozen=True)
class World:
    """A database with somebody's data in it, and what a look into its files finds."""

    settings: Settings
    scan: Scan
    clock: Clock
    keyring: Keyring
    demo: DemoIds

    def open(self, **encryption: object) -> Database:
        """Open it with a key, or as is told."""
        told = EncryptionSettings.model_validate({"key": KEY} | encryption)
        return Database(self.settings.model_copy(update={"encryption": told}))


@pytest.fixture
async def world(
    request: pytest.FixtureRequest,
    database_settings: Settings,
    tmp_path: Path,
    clock: Clock,
    keyring: Keyring,
    demo: DemoIds,
) -> World:
    def content() -> bytes:
        if database_settings.database.url is None:
            return b"".join(one.read_bytes() for one in tmp_path.glob(f"{FILE_NAME}*"))
        server: PostgresForTests = request.getfixturevalue("postgres")
        return server.dump(request.getfixturevalue("postgres_database"))

    def scan() -> list[str]:
        found = content()
        return [one for one in CANARIES if one.encode() in found]

    return World(database_settings, scan, clock, keyring, demo)


@pytest.fixture
async def encrypted(world: World) -> AsyncIterator[Database]:
    database = world.open()
    yield database
    await database.dispose()


async def leave_everything(world: World, database: Database) -> None:
    """Book, call, write, and leave a message, so that each kind of record holds the canaries."""
    clock, demo, now = world.clock, world.demo, world.clock()
    bot = await bot_of(world, database)
    scene = await Scene.make(database, clock, world.keyring, demo)
    await scene.bookings().book(scene.bot, "key-1", details(customer=PERSON, notes=NOTE))
    await scene.aclose()
    wanted = booking("key-2", "2026-12-01T10:00:00-05:00", customer=PERSON, notes=NOTE)
    await EmbeddedCalendar(database, clock).book(demo.account_id, wanted)
    calls = Calls(database, clock)
    call = await calls.start("CA1", demo.bot_id, PHONE, demo.phone_number)
    await calls.append("CA1", {"role": "user", "content": f"I am {NAME}, {NOTE}."})
    await calls.end("CA1", "message", f"{NAME} wants a call")
    note = StaffMessage(customer=MessageCustomer(name=NAME, phone=PHONE), text=NOTE)
    left = await Messages(database, clock).leave(bot, "key-3", note)
    who = Patient(demo.account_id, PHONE, NAME)
    await Patients(database, clock).keep_birth_date(who, BORN, "operator")
    async with database.session() as session:
        await conversations.write_memory(session, demo.assistant_id, call.thread_id, "who", NOTE, now)
        owner = f"sms:{PHONE}"
        await conversations.add_thread(session, "chat", now, assistant_id=demo.assistant_id, owner=owner)
        heard = IncomingText(id="SM1", bot_id=demo.bot_id, from_number=PHONE, text=NOTE, outcome="message")
        heard.answer, heard.created_at = NAME, now
        session.add(heard)
        session.add(Recording(message_id=left.body["message"]["id"], carrier_id="RE1", content=NOTE.encode()))
        session.add(
            ChatSession(
                id="chat_1",
                site_id=demo.site_id,
                created_ms=1,
                created_by="bot",
                summary=NOTE,
                reason=NAME,
                callback_at=PHONE,
                rung=0,
            )
        )
        row = follow_up_row(bot, "confirmation_sms", "sms:1", now, {"to": PHONE, "text": NOTE}, now)
        await outbox.insert_follow_up(session, row)
        assert await outbox.mark_tried(session, row["id"], now, now)


async def bot_of(world: World, database: Database) -> BotView:
    bot = await Bots(database, world.clock, world.keyring).find_bot(world.demo.bot_id)
    assert bot is not None
    return bot


async def assert_all_is_found(world: World, database: Database) -> None:
    """Look each record up as the product does."""
    bot, history = await bot_of(world, database), History(database, world.clock)
    async with database.reading() as session:
        account, now = world.demo.account_id, world.clock()
        (made,) = await calendar.list_coming(session, account, PHONE, now, 9)
        assert (made.customer_name, made.customer_phone, made.notes) == (NAME, PHONE, NOTE)
        assert await calendar.list_by_phone(session, account, PHONE) == [made]
        assert await calendar.list_by_phone(session, account, "+12025550178") == []
        request = (await session.scalars(select(BookingIntent).where(BookingIntent.is_for(PHONE)))).one()
        assert request.request["customer"] == PERSON
        assistant, owner = world.demo.assistant_id, f"sms:{PHONE}"
        assert await conversations.find_chat(session, assistant, owner) is not None
        assert await conversations.find_chat(session, assistant, "sms:") is None
        assert await outbox.count_texts(session, bot, PHONE, now - timedelta(days=1)) == (1, 1, 1)
        assert (
            await session.scalars(select(FollowUp.payload).where(FollowUp.kind == "confirmation_sms"))
        ).one()
        assert (await session.scalars(select(Recording.content))).one() == NOTE.encode()
    for wanted in (CallFilter(words="zebulonite QUILLONIA"), CallFilter(number="555-0177")):
        found, more = await history.list_calls(world.demo.site_id, wanted)
        assert ([one.call.from_number for one in found], more) == ([PHONE], False)
    for wanted in (CallFilter(words="zebulonite nobody"), CallFilter(number="0178")):
        assert await history.list_calls(world.demo.site_id, wanted) == ([], False)
    patients = Patients(database, world.clock)
    assert {one.name for one in await patients.find("quillonia")} == {NAME}
    kept = await patients.export(Patient(account, PHONE, NAME))
    kinds = ("appointments", "requests", "conversations", "messages", "texts", "birth_dates")
    assert all(kept[one] for one in kinds)


async def test_of_a_patient_no_word_stands_in_the_database_and_all_is_found(
    world: World, encrypted: Database
) -> None:
    await leave_everything(world, encrypted)
    assert world.scan() == []
    await assert_all_is_found(world, encrypted)
    await Encryption(encrypted).apply()
    assert {key for one in (await Encryption(encrypted).count()).values() for key in one} == {
        encrypted.data_keys().writing_id
    }


async def test_without_a_key_that_is_given_everything_stands_as_it_was_said(
    world: World, database: Database
) -> None:
    await leave_everything(world, database)
    assert world.scan() == [*CANARIES]
    await assert_all_is_found(world, database)
    assert {key for one in (await Encryption(database).count()).values() for key in one} == {PLAIN}


async def test_what_an_earlier_version_wrote_is_read_and_then_encrypted_as_the_server_runs(
    world: World,
) -> None:
    before, now = world.open(key=None), world.open()
    await leave_everything(world, before)
    async with before.session() as session:  # as it was written when there were no hashes
        for table in (Appointment, BookingIntent):
            await session.execute(
                metadata.tables[table.__tablename__].update().values(customer_phone_hash=None)
            )
        await session.execute(metadata.tables["threads"].update().values(owner_hash=None))
    await before.dispose()
    assert world.scan() == [*CANARIES]
    async with now.reading() as session:
        assert len(await calendar.list_by_phone(session, world.demo.account_id, PHONE)) == 1
        asked = (await session.scalars(select(BookingIntent).where(BookingIntent.is_for(PHONE)))).one()
        assert asked.request["customer"] == PERSON
        owner = f"sms:{PHONE}"
        assert await conversations.find_chat(session, world.demo.assistant_id, owner) is not None
    await prepare(now, world.keyring)
    assert await list_data_keys(now) == [PLAIN, now.data_keys().writing_id]
    working = Encryption(now)
    assert await working.step(most=1) > 0
    while await working.step(most=1):
        pass
    assert await list_data_keys(now) == [now.data_keys().writing_id]
    await assert_all_is_found(world, now)
    await now.compact()
    assert world.scan() == []
    await now.dispose()


async def test_a_new_key_takes_over_and_the_old_one_can_go(world: World) -> None:
    first, second = new_key(), new_key()
    old = world.open(key=first)
    await prepare(old, world.keyring)
    await leave_everything(world, old)
    await Encryption(old).apply()
    assert await Encryption(old).apply() == 0
    both = world.open(key=f"{second} {first}")
    await prepare(both, world.keyring)
    await assert_all_is_found(world, both)
    await Messages(both, world.clock).leave(await bot_of(world, both), "key-9", StaffMessage(text=NOTE))
    # Who has not got the new key yet may go on, but must not start again: it could not read this.
    with pytest.raises(DataKeyUnavailable, match=both.data_keys().writing_id):
        await prepare(old, world.keyring)
    only = world.open(key=second)
    with pytest.raises(DataKeyUnavailable, match=old.data_keys().writing_id):
        await prepare(only, world.keyring)
    assert await Encryption(both).apply() > 5
    assert await list_data_keys(both) == [only.data_keys().writing_id]
    await prepare(only, world.keyring)
    await assert_all_is_found_again(world, only)
    for one in (old, both, only):
        await one.dispose()


async def assert_all_is_found_again(world: World, database: Database) -> None:
    await assert_all_is_found(world, database)
    async with database.reading() as session:
        assert {*await session.scalars(select(MessageRow.text))} == {NOTE}
    assert world.scan() == []


async def test_it_is_written_plainly_again_by_the_command_alone(world: World, encrypted: Database) -> None:
    await prepare(encrypted, world.keyring)
    await leave_everything(world, encrypted)
    plain = world.open(enabled=False)
    await prepare(plain, world.keyring)
    await assert_all_is_found(world, plain)
    assert await Encryption(plain).step() == 0, "it is done by the command alone"
    await Encryption(plain).apply()
    assert await list_data_keys(plain) == [PLAIN]
    assert world.scan() == [*CANARIES]
    await plain.dispose()


def test_what_the_database_cannot_see_it_is_not_asked_to_compare() -> None:
    for compare in (
        lambda: Appointment.customer_phone == PHONE,
        Appointment.customer_name.desc,
        lambda: BookingIntent.request["customer"],
        lambda: MessageRow.text.contains("x"),
        lambda: Appointment.customer_phone_hash == PHONE,
    ):
        with pytest.raises(TypeError, match="is encrypted"):
            compare()


READABLE = {
    "appointments": "account_id id idempotency_key practice_id service_id status",
    "appointment_changes": "account_id appointment_id id idempotency_key kind",
    "birth_dates": "account_id id made_by",
    "booking_intents": "account_id answer_code booking_id booking_status bot_id id idempotency_key operation"
    " owner partner_id practitioner_id request_sha256 state",
    "calls": "answers_ms bot_id ending_kind ending_to id outcome status thread_id to_number",
    "chat_session_events": "by kind session_id",
    "chat_sessions": "accepted_by booking_id bot_id call_id created_by early_leg finished_by id rejected_by"
    " room started_by thread_id type urgency",
    "follow_ups": "booking_id bot_id id intent_id kind partner_id state workflow_id",
    "identity_checks": "account_id bot_id conversation id kind state",
    "incoming_texts": "bot_id id outcome",
    "legal_holds": "account_id made_by name phone",
    "memories": "conversation_id key",
    "recordings": "carrier_id message_id",
    "staff_messages": "bot_id call_id done_by id idempotency_key kind seen_by urgency",
    "thread_messages": "thread_id",
    "threads": "bot_id conversation_id id kind user_id",
}
"""What of patients' records stays readable: ids, states, and what docs/privacy.md says of it."""


def test_a_new_column_of_patients_records_is_encrypted_or_said_to_be_readable() -> None:
    def readable(table: Table) -> str:
        kinds = String | Text | JSON | LargeBinary
        return " ".join(sorted(one.name for one in table.columns if isinstance(one.type, kinds)))

    hidden = EncryptedText | EncryptedJson | EncryptedBytes
    found = {
        name: readable(table)
        for name, table in metadata.tables.items()
        if any(isinstance(one.type, hidden | Hashed) for one in table.columns)
    }
    assert found == READABLE


def left_in(folder: Path, *words: str) -> list[str]:
    """List what a scan of all the files finds."""
    content = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    return [word for word in words if word.encode() in content]


async def test_what_is_booked_in_a_conversation_stands_in_no_file(
    tmp_path: Path, sqlite_template: Path
) -> None:
    encryption = EncryptionSettings.model_validate({"key": KEY})
    async with run_app(tmp_path, sqlite_template, encryption=encryption) as app:
        person = app.services.runtime.for_site(app.demo.site_id, "staf_1")
        path = f"/site/{app.demo.site_id}/assistant/{app.demo.assistant_id}/chat"
        for text in ("A cleaning next Monday at ten", "yes", f"My name is {NAME}", PHONE, "yes", "no thanks"):
            headers = {"Authorization": f"Bearer {person}"}
            answer = await app.client.post(path, json={"message": text}, headers=headers)
            assert answer.status_code == 201
        async with app.services.database.reading() as session:
            assert [*await session.scalars(select(Appointment.customer_name))] == [NAME]
        assert left_in(tmp_path, *CANARIES, "next Monday") == []
