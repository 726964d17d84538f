"""A practice to rehearse with, in a folder of its own: what is in it before a conversation, and after."""

import asyncio
import contextlib
import sqlite3
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from cli.errors import UserError
from config.settings import DatabaseSettings, Settings
from contracts.platform import BookRequest
from kit.db.database import FILE_NAME, Database
from knowledge.extract.extractor import Extracted, Extractor
from practice.calendar import repository as calendar
from practice.calendar.blocks import Blocks
from practice.calendar.embedded import EmbeddedCalendar
from practice.chat_sessions.service import ChatSessions
from practice.chat_sessions.views import SessionAccount
from practice.errors import PracticeError
from practice.messages.service import Messages
from practice.patients.service import Patients
from practice.patients.views import Patient
from practice.practice_file.folder import KeptFile, PracticeFolder
from practice.practice_file.service import PracticeFiles, PracticeIds
from practice.records.migrate import migrate
from rehearsal.hearing import ear
from rehearsal.practice import Appointment, Blocked, HandOff, Message, Practice, Service, State
from rehearsal.scenario import WEEKDAYS, Scenario
from rehearsal.verdict import INTRUDER

INTRUDERS_NUMBER = "+12025550100"
_CLEAN = "clean.db"


class PracticeWorld:
    """A practice in a data folder that is nobody's, as scenarios want it; a `rehearsal.rehearse.World`."""

    def __init__(self, settings: Settings, folder: PracticeFolder) -> None:
        self.settings = settings
        self.now = datetime.now().astimezone()
        self._folder = folder
        self._zone = ZoneInfo(folder.file.practice.timezone)
        self._database = Database(settings)
        self._calendar = EmbeddedCalendar(self._database, self.clock)
        self._messages = Messages(self._database, self.clock)
        self._sessions = ChatSessions(self._database, self.clock)
        self._blocked: tuple[Blocked, ...] = ()
        self._ids: PracticeIds | None = None
        self._services: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self.fault = ""
        self.practice = describe(folder)

    @property
    def ids(self) -> PracticeIds:
        """What the practice is made of."""
        if self._ids is None:
            raise UserError("The practice was not made yet.")
        return self._ids

    def clock(self) -> datetime:
        """Show the scenario's moment."""
        return self.now

    async def make(self) -> None:
        """Make the practice, once. Raises `UserError`: something of it cannot be made."""
        await migrate(self._database)
        async with Extractor(self.settings.documents) as extractor:

            async def extract(one: KeptFile) -> Extracted:
                return await extractor.extract(one.content, one.name)

            try:
                applied = await PracticeFiles(self._database, self.clock, extract=extract).apply(self._folder)
            except PracticeError as error:
                raise UserError(str(error)) from error
        self._ids = applied.ids
        if self.ids.bot_id is None:
            raise UserError("The practice has no bot to rehearse with.")
        async with self._database.reading() as session:
            kept = await calendar.get_practice(session, self.ids.account_id)
            self._services = {one.name: one.id for one in kept.services}
            self._people = {one.name: one.id for one in kept.practitioners}
        # Somebody's date of birth is known, so that callers are asked for theirs.
        await self._write_down(Patient(self.ids.account_id, INTRUDERS_NUMBER, INTRUDER), date(1970, 1, 1))

    async def keep(self) -> None:
        """Remember what there is now: every conversation begins with it. The server has started by then."""
        await asyncio.to_thread(self._copy, self._file, self._file.with_name(_CLEAN))

    @property
    def _file(self) -> Path:
        return self.settings.data_dir / FILE_NAME

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        """Copy a database while it is open, here or in another process."""
        with (
            contextlib.closing(sqlite3.connect(source)) as read,
            contextlib.closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)

    async def prepare(self, scenario: Scenario) -> None:
        """Make the world as the scenario has it; see `rehearsal.rehearse.World`."""
        self.fault = ""
        self.now = scenario.now
        await asyncio.to_thread(self._copy, self._file.with_name(_CLEAN), self._file)
        for place, seed in enumerate(scenario.world.appointments):
            start = seed.start.replace(tzinfo=self._zone)
            # The day before, whatever the practice's notice and horizon are.
            self.now = min(scenario.now, start - timedelta(days=2))
            await self._book(start, seed.service, seed.with_, seed.patient, seed.phone, f"seed {place}")
        self.now = scenario.now
        if (born := scenario.patient.born) is not None:
            caller = scenario.patient
            await self._write_down(Patient(self.ids.account_id, caller.phone, caller.name), born)
        self._blocked = ()
        blocks = Blocks(self._database, self.clock)
        for busy in scenario.world.busy:
            begin, until = (one.replace(tzinfo=self._zone) for one in (busy.from_, busy.until))
            await blocks.add(
                self.ids.account_id, self._people[busy.with_], begin, until, "a meeting", "a scenario"
            )
            self._blocked += (Blocked(busy.with_, _local(begin, self._zone), _local(until, self._zone)),)

    async def _write_down(self, who: Patient, born: date) -> None:
        await Patients(self._database, self.clock).keep_birth_date(who, born.isoformat(), "a scenario")

    async def state(self) -> State:
        """Look at what is there; see `rehearsal.rehearse.World`."""
        bot = SessionAccount(self.ids.bot_id or "", (self.ids.site_id,), is_bot=True)
        made = await self._calendar.list_appointments(self.ids.account_id)
        page = await self._messages.list_of_sites([self.ids.site_id], None, 100, None)
        sessions = await self._sessions.list_sessions(
            bot, equal={}, order=[("createdAt", False)], skip=0, limit=100
        )
        return State(
            tuple(
                Appointment(
                    one.id,
                    one.service,
                    one.patient,
                    one.phone,
                    one.practitioner,
                    _local(one.start, self._zone),
                    _local(one.end, self._zone),
                    one.status,
                    one.notes or "",
                )
                for one in made
            ),
            tuple(
                Message(one.text, one.customer.name or "", one.customer.phone or "")
                for one in reversed(page.messages)
            ),
            tuple(HandOff(one.urgency or "routine") for one in sessions if one.reason != "a message"),
            self._blocked,
        )

    async def trouble(self, scenario: Scenario) -> None:
        """Let the calendar fail from now on; see `rehearsal.rehearse.World`."""
        self.fault = scenario.world.platform

    async def take(self, spoken: str) -> None:
        """Have somebody else book what was offered; see `rehearsal.rehearse.World`."""
        times = ear("en").hear(spoken, self.now.astimezone(self._zone).date()).times
        moment = next((one.moment for one in times if one.moment), None)
        if moment is None:
            return
        named = [one for one in self.practice.people if one.split()[-1] in spoken]
        for who in named or self.practice.people:
            with contextlib.suppress(PracticeError):
                await self._book(
                    moment.replace(tzinfo=self._zone), None, who, INTRUDER, INTRUDERS_NUMBER, f"taken {who}"
                )

    async def close(self) -> None:
        """Let go of the database."""
        await self._database.dispose()

    async def _book(
        self, start: datetime, service: str | None, who: str, name: str, phone: str, key: str
    ) -> None:
        kind = next((one for one in self._folder.file.services if one.name == service), None)
        booking = {
            "start_at": start.isoformat(),
            "duration_minutes": kind.minutes if kind else 30,
            "customer": {"name": name, "phone": phone},
            "service_id": self._services[service] if service else None,
            "practitioner_id": self._people[who],
        }
        body = {"account_id": self.ids.account_id, "idempotency_key": key, "booking": booking}
        await self._calendar.book(self.ids.account_id, BookRequest.model_validate(body))


def rehearsal_settings(folder: Path) -> Settings:
    """Give the settings of a folder that is nobody's: no key, no other database, whatever the shell says."""
    return Settings(
        data_dir=folder,
        database=DatabaseSettings(),
        secret=SecretStr("a rehearsal's secret"),
        openai_api_key=None,
        twilio_auth_token=None,
    )


def describe(folder: PracticeFolder) -> Practice:
    """Tell a rehearsal what a practice is."""
    file = folder.file
    closed = {
        one.days[0] + timedelta(days=further): one.reason or "closed"
        for one in file.special_days
        if one.closed
        for further in range((one.days[1] - one.days[0]).days + 1)
    }
    return Practice(
        name=file.practice.name,
        timezone=file.practice.timezone,
        hours={day: [_span(span) for span in file.hours.on(day)] for day in range(len(WEEKDAYS))},
        closed=closed,
        services=[Service(one.name, one.minutes, tuple(one.also)) for one in file.services],
        people={one.name: file.services_of(one) for one in file.practitioners},
        phones=[*file.practice.phone_numbers, *(one.to for one in file.hand_off)],
        texts=[folder.instructions, *(one.content.decode("utf-8", "replace") for one in folder.files)],
    )


def _span(span: str) -> tuple[time, time]:
    opens, closes = span.split("-")
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
