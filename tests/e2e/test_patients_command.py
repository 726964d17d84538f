"""`chairside patients`: found, given to them as JSON, and not erased while a booking's outcome is unknown."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from kit.db.database import FILE_NAME
from kit.keyring import Keyring
from practice.errors import WebhookError
from tests.conftest import sqlite_settings
from tests.fakes.command_line import Here, complaint
from tests.fakes.follow_ups import PATIENT, open_world
from tests.fakes.platform import cut

pytestmark = pytest.mark.e2e


async def test_patients_are_found_exported_and_kept_while_an_outcome_is_unknown(
    tmp_path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = Here(capsys), ("--data-dir", str(tmp_path))
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)

    def command(*arguments: str) -> str:
        result = here("patients", *arguments, *there)
        assert result.returncode == 0, result.stderr
        return result.stdout

    async with open_world(sqlite_settings(tmp_path), Keyring.load(tmp_path, None), start=False) as world:
        nobody = await asyncio.to_thread(command, "find", "Bell")
        assert nobody == "Nobody of that number or name is known.\n"
        world.platform.before.append(cut)
        with pytest.raises(WebhookError):
            await world.book("doubt")
        (found,) = json.loads(await asyncio.to_thread(command, "find", "bell", "--json"))["patients"]
        assert (found["name"], found["phone"], found["records"]) == ("José Bell", PATIENT, 1)
        assert "José Bell" in await asyncio.to_thread(command, "find", PATIENT)
        kept = tmp_path / "kept.json"
        await asyncio.to_thread(command, "export", PATIENT, "--output", str(kept))
        assert kept.stat().st_mode & 0o777 == 0o600
        (request,) = json.loads(kept.read_text())["requests"]
        assert request["request"]["customer"]["name"] == "José Bell"
        refused = await asyncio.to_thread(here, "patients", "erase", PATIENT, "--yes", *there)
        assert "Settle it first" in complaint(refused)
        unknown = await asyncio.to_thread(here, "patients", "export", "+12025550111", *there)
        assert complaint(unknown) == "chairside: Nothing is kept about that patient."
        assert "no telephone number" in complaint(
            await asyncio.to_thread(here, "patients", "export", "7", *there)
        )
