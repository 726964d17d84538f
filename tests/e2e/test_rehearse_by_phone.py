"""``chairside rehearse --voice`` as a person runs it: a server, a line, and a patient who listens."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.fakes.processes import running

pytestmark = [pytest.mark.e2e, pytest.mark.audio]

ROOT = Path(__file__).parents[2]
PATIENT = {"CHAIRSIDE_CALL_SILENCE_SECONDS": "30"}
"""Recognition on a machine that has much to do takes longer than a caller is silent."""


@pytest.mark.timeout(480)
async def test_a_patient_phones_and_what_became_of_it_is_judged(tmp_path: Path) -> None:
    report = tmp_path / "told.html"
    async with running(
        *(sys.executable, "-m", "cli.main", "rehearse", "hours-on-friday", "--voice"),
        *("--patience", "40", "--report", str(report), "--json"),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | PATIENT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    ) as process:
        output, errors = await asyncio.wait_for(process.communicate(), 450)
    assert process.returncode == 0, (output + errors).decode()[-3000:]
    assert json.loads(output)
    assert "Friday" in report.read_text()
    assert [one for one in os.scandir(tmp_path) if one.name.endswith(".wav")], "both sides were recorded"
