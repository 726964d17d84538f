"""``chairside demo`` as a person runs it: a call, a booking, once."""

import asyncio
import os
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from cli.data_folder import open_records
from cli.options import SERVER_FILE
from config.settings import DatabaseSettings, Settings
from tests.fakes.processes import running

pytestmark = [pytest.mark.e2e, pytest.mark.audio]

ROOT = Path(__file__).parents[2]


async def demo(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command; give its exit code and all that it printed."""
    async with running(
        *(sys.executable, "-m", "cli.main", "demo", *arguments),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "120"} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    ) as process:
        output, _ = await asyncio.wait_for(process.communicate(), 220)
    return process.returncode or 0, output.decode()


@pytest.mark.timeout(240)
async def test_the_demo_ends_in_one_booking_and_shows_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    # What stands in the environment for a real server must not reach the demo.
    elsewhere = {
        "CHAIRSIDE_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "CHAIRSIDE_SERVER_PUBLIC_URL": "https://voice.example.com",
        "TWILIO_AUTH_TOKEN": "somebody-else",
        "OPENAI_API_KEY": "sk-not-a-key",
    }
    code, output = await demo(tmp_path, "--data-dir", str(data), **elsewhere)
    assert code == 0, output + (data / "server.log").read_text()[-3000:]
    assert "Booked, once." in output
    assert str(data / "call.wav") in output
    assert "chairside serve" in output or "chairside chat" in output

    settings = Settings(data_dir=data, database=DatabaseSettings(), secret=None)
    async with open_records(settings) as records:
        (bot,) = await records.bots.list_bots()
        rows = await records.calendar.list_appointments(bot.account_id)
    assert len(rows) == 1
    row = rows[0]
    assert (row.service, row.patient, row.phone) == ("Cleaning", "Daniel Reed", "+12025550164")
    assert row.status == "confirmed"
    assert row.id in output

    with wave.open(str(data / "call.wav")) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 8000)
        sides = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).astype(float)
    seconds = [(np.abs(sides[:, side]) > 500).sum() / 8000 for side in (0, 1)]
    assert seconds[0] > 2, "the caller is on the left"
    assert seconds[1] > 6, "the bot is on the right"
    assert not (data / SERVER_FILE).exists(), "the server was stopped"


async def test_a_server_that_cannot_start_is_told_with_its_log(tmp_path: Path) -> None:
    data = tmp_path / "data"
    code, output = await demo(
        tmp_path, "--data-dir", str(data), CHAIRSIDE_SPEECH_WHISPER_MODEL=str(tmp_path / "no-model")
    )
    assert code == 1
    assert "The server did not start" in output
    assert str(data / "server.log") in output
    assert "Traceback" not in output
