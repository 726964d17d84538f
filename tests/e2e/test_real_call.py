"""Real calls to a real server process: speech both ways, over sockets, and what each leaves behind."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from cli.data_folder import open_records, prepare_data_dir
from config.settings import DatabaseSettings, Settings
from kit.clock import system_clock
from practice.calendar.views import AppointmentView
from practice.conversations.service import Calls
from rehearsal.call_report import CallReport, CallResult
from rehearsal.caller import CallerPolicy, Interruption
from rehearsal.conversation import Conversation
from rehearsal.events import BotSaid, Event
from rehearsal.exchange import CallPlan
from rehearsal.phone_patient import PATIENT_VOICE, PhonePatient
from rehearsal.scenario import DEFAULT_SCENARIO, find_scenarios
from rehearsal.speech import SpeechProcess, VoiceStyle
from rehearsal.timing import Timing
from tests.fakes.demo_practice import seed_demo
from tests.fakes.server_process import ServerProcess
from tests.fakes.silent_caller import SilentCaller

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.audio,
    pytest.mark.timeout(240),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("real-call"),  # its server and its patient's speech load for half a minute
]


@dataclass
class Office:
    """A running server with the demo practice, and a telephone beside it."""

    settings: Settings
    address: str
    account_id: str
    number: str
    speech: SpeechProcess

    def plan(self) -> CallPlan:
        keyring = prepare_data_dir(self.settings)
        return CallPlan(
            voice_url=f"{self.address}/twilio/voice",
            status_url=f"{self.address}/twilio/status",
            auth_token=keyring.derive("twilio").hex(),
            to=self.number,
            from_="+12025550164",
            max_seconds=180,
        )

    async def call(
        self, mind: CallerPolicy, plan: CallPlan, style: VoiceStyle
    ) -> tuple[CallReport, list[str]]:
        """Place a call; give its report and what the bot was heard to say."""
        events: list[Event] = []
        conversation = Conversation(mind, self.speech, style, events.append, Timing())
        await conversation.prepare()
        report = await conversation.hold(plan)
        return report, [event.text.lower() for event in events if isinstance(event, BotSaid)]

    async def bookings(self) -> list[AppointmentView]:
        async with open_records(self.settings) as records:
            return await records.calendar.list_appointments(self.account_id)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    settings = Settings(data_dir=folder, database=DatabaseSettings(), secret=None, twilio_auth_token=None)
    async with open_records(settings) as records:
        made = await seed_demo(records.database, system_clock)
    async with ServerProcess(folder) as server, SpeechProcess() as speech:
        yield Office(settings, server.address, made.account_id, made.phone_number, speech)


async def test_a_caller_who_interrupts_the_greeting_still_gets_one_booking(
    office: Office, tmp_path: Path
) -> None:
    (scenario,) = find_scenarios([DEFAULT_SCENARIO])
    says = "Hello, I'd like a cleaning on Thursday afternoon."
    patient = PhonePatient(scenario, interruptions=(Interruption(1, 1.5, says),))
    path = tmp_path / "call.wav"
    report, heard = await office.call(patient, replace(office.plan(), record=path), PATIENT_VOICE)
    assert report.outcome is CallResult.BOT_HUNG_UP, (report.detail, heard)
    assert report.ended_cleanly

    rows = await office.bookings()
    assert len(rows) == 1, heard
    assert rows[0].patient in ("Daniel Reed", "Daniel Read")  # by ear they are one name
    assert (rows[0].phone, rows[0].status) == ("+12025550164", "confirmed")
    assert rows[0].start.date() == date(2026, 12, 3)
    assert any("is that right" in text or "correct" in text for text in heard), "it was read back"
    assert "goodbye" in heard[-1]

    timing = report.timing
    assert timing.greeting_ms is not None
    # It was synthesised before: on a busy machine, too, it comes sooner than an answer that is thought up.
    assert timing.greeting_ms < max(one.ms for one in timing.responses)
    assert timing.barge_in_ms
    assert max(timing.barge_in_ms) < 2500
    assert timing.stutters == 0
    assert sum(stream.received["malformed"] for stream in report.streams) == 0
    async with open_records(office.settings) as records:
        calls = Calls(records.database, system_clock)
        thread = await calls.get(report.call_sid)
        messages = await calls.messages(report.call_sid)
    assert thread.ending is not None
    assert thread.ending.kind == "hang_up"
    assert [m["role"] for m in messages].count("user") >= 4


async def test_a_silent_caller_is_asked_twice_and_then_let_go(office: Office) -> None:
    before = await office.bookings()
    report, heard = await office.call(SilentCaller(), office.plan(), VoiceStyle())
    assert report.outcome is CallResult.BOT_HUNG_UP, heard
    said = " ".join(heard)
    assert said.count("still there") == 2
    assert "goodbye" in heard[-1]
    assert await office.bookings() == before


async def test_a_number_that_nobody_owns_is_told_so_and_the_call_ended(office: Office) -> None:
    plan = replace(office.plan(), to="+12025550111")
    report, heard = await office.call(SilentCaller(), plan, VoiceStyle())
    assert report.outcome is CallResult.BOT_HUNG_UP
    assert report.ended_cleanly
    assert heard
    assert not report.streams


async def test_a_call_signed_with_another_token_is_refused(office: Office) -> None:
    plan = replace(office.plan(), auth_token="not the token")
    report, heard = await office.call(SilentCaller(), plan, VoiceStyle())
    assert report.outcome is CallResult.WEBHOOK_FAILED
    assert "403" in report.detail
    assert not heard
