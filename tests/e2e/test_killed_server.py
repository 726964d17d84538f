"""A server that is killed in the middle of a call: the carrier connects the call again, and it carries on."""

import asyncio
import socket
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cli.data_folder import open_records
from config.settings import DatabaseSettings, Settings
from kit.clock import system_clock
from practice.conversations.service import Calls
from rehearsal.call_report import CallResult
from rehearsal.conversation import Conversation
from rehearsal.events import BotSaid, Event
from rehearsal.exchange import CallPlan
from rehearsal.phone_patient import PATIENT_VOICE, PhonePatient
from rehearsal.scenario import DEFAULT_SCENARIO, find_scenarios
from rehearsal.speech import SpeechProcess
from rehearsal.timing import Timing
from tests.fakes.demo_practice import seed_demo
from tests.fakes.ingress import Ingress
from tests.fakes.server_process import ServerProcess

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.audio,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("killed"),
]


@dataclass
class Saboteur:
    """Kills the server the first time the bot is heard to say something."""

    server: ServerProcess
    when: str
    heard: list[str] = field(default_factory=list)
    work: asyncio.Task[None] | None = None

    def __call__(self, event: Event) -> None:
        """Listen to the call."""
        if isinstance(event, BotSaid):
            self.heard.append(event.text.lower())
            if self.when in self.heard[-1] and self.work is None:
                self.work = asyncio.create_task(self._strike())

    async def _strike(self) -> None:
        await self.server.kill()
        await self.server.start()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("when", ["which suits you", "is that right"])
async def test_a_killed_server_neither_ends_the_call_nor_doubles_the_booking(
    tmp_path: Path, when: str
) -> None:
    settings = Settings(data_dir=tmp_path, database=DatabaseSettings(), secret=None, twilio_auth_token=None)
    async with open_records(settings) as records:
        made = await seed_demo(records.database, system_clock)
    async with (
        ServerProcess(tmp_path, free_port()) as server,
        Ingress(server.port).open() as ingress,
        SpeechProcess() as speech,
    ):
        saboteur = Saboteur(server, when)
        (scenario,) = find_scenarios([DEFAULT_SCENARIO])
        conversation = Conversation(PhonePatient(scenario), speech, PATIENT_VOICE, saboteur, Timing())
        await conversation.prepare()
        report = await conversation.hold(
            CallPlan(
                voice_url=f"http://127.0.0.1:{ingress.port}/twilio/voice",
                status_url=f"http://127.0.0.1:{ingress.port}/twilio/status",
                auth_token=records.keyring.derive("twilio").hex(),
                to=made.phone_number,
                from_="+12025550164",
                max_seconds=200,
            )
        )
    assert server.kills == 1, saboteur.heard
    assert report.outcome is CallResult.BOT_HUNG_UP, (report.detail, saboteur.heard)
    assert len(report.streams) == 2, "the carrier connected the call again"
    assert any("line dropped" in text for text in saboteur.heard), saboteur.heard
    async with open_records(settings) as records:
        rows = await records.calendar.list_appointments(made.account_id)
        call = await Calls(records.database, system_clock).get(report.call_sid)
    assert len(rows) == 1, saboteur.heard
    assert rows[0].patient == "Daniel Reed"
    assert call.connections == 2
    assert call.ending is not None
