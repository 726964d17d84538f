"""A server that is killed in the middle of a call: the carrier connects the call again, and it carries on."""

import asyncio
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from cli.bookings import list_bookings
from cli.options import SERVER_FILE
from cli.records import open_database, prepare_data_dir
from config.clock import system_clock
from config.settings import DatabaseSettings, Settings
from practice.demo.seed import seed_demo
from practice.threads.service import Calls
from rehearsal.conversation import Conversation
from rehearsal.events import BotSaid, Event
from rehearsal.exchange import CallPlan
from rehearsal.outcome import Outcome
from rehearsal.script import ScriptedMind, load_script
from rehearsal.speech import SpeechProcess
from rehearsal.timing import Timing
from tests.fakes.ingress import Ingress

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.audio,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("killed"),
]

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


@dataclass
class Server:
    """A server process of the demo practice that can be killed and started again on its port."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None
    kills: int = 0

    async def start(self) -> None:
        """Start it and wait until it serves."""
        note = self.folder / SERVER_FILE
        note.unlink(missing_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
        with (self.folder / "server.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "cli.main", "serve", "--port", str(self.port)),
                *("--now", "2026-12-01T09:00:00-05:00", "--data-dir", str(self.folder)),
                cwd=self.folder,
                env=kept | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(START_SECONDS):
            while not note.exists():
                assert self.process.returncode is None, (self.folder / "server.log").read_text()
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """End it as a crash would, without a chance to tidy up."""
        assert self.process is not None
        self.kills += 1
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        """End it in order."""
        if self.process and self.process.returncode is None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), 30)


@dataclass
class Saboteur:
    """Kills the server the first time the bot is heard to say something."""

    server: Server
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
    keyring = prepare_data_dir(settings)
    async with open_database(settings) as database:
        made = await seed_demo(database, system_clock)
    server = Server(tmp_path, free_port())
    await server.start()
    saboteur = Saboteur(server, when)
    try:
        async with Ingress().open() as ingress, SpeechProcess() as speech:
            ingress.upstream_port = server.port
            script = load_script("book-a-cleaning")
            conversation = Conversation(
                ScriptedMind(script, date(2026, 12, 1)), speech, script.style, saboteur, Timing()
            )
            await conversation.prepare()
            report = await conversation.hold(
                CallPlan(
                    voice_url=f"http://127.0.0.1:{ingress.port}/twilio/voice",
                    status_url=f"http://127.0.0.1:{ingress.port}/twilio/status",
                    auth_token=keyring.derive("twilio").hex(),
                    to=made.phone_number,
                    from_="+12025550164",
                    max_seconds=200,
                )
            )
    finally:
        await server.stop()
    assert server.kills == 1, saboteur.heard
    assert report.outcome is Outcome.BOT_HUNG_UP, (report.detail, saboteur.heard)
    assert len(report.streams) == 2, "the carrier connected the call again"
    assert any("line dropped" in text for text in saboteur.heard), saboteur.heard
    rows = await list_bookings(settings, made.account_id)
    assert len(rows) == 1, saboteur.heard
    assert rows[0].patient == "Daniel Reed"
    async with open_database(settings) as database:
        call = await Calls(database, system_clock).get(report.call_sid)
    assert call.connections == 2
    assert call.ending is not None
