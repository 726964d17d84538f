"""`chairside bookings`: what nobody knows the end of is listed, and settled by whoever has looked."""

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


async def test_doubts_are_listed_and_settled(
    tmp_path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Here(capsys)
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)

    def command(*arguments: str) -> str:
        result = here("bookings", *arguments, "--data-dir", str(tmp_path))
        assert result.returncode == 0, result.stderr
        return result.stdout

    def refusal(*arguments: str) -> str:
        return complaint(here("bookings", *arguments, "--data-dir", str(tmp_path)))

    async with open_world(sqlite_settings(tmp_path), Keyring.load(tmp_path, None), start=False) as world:
        assert await asyncio.to_thread(command, "list", "--in-doubt") == "Nothing is in doubt.\n"
        await world.book("made")
        for key in ("doubt-1", "doubt-2"):
            world.platform.before.append(cut)
            with pytest.raises(WebhookError):
                await world.book(key)
        second, first, made = json.loads(await asyncio.to_thread(command, "list", "--json"))["bookings"]
        assert [one["state"] for one in (second, first, made)] == ["in_doubt", "in_doubt", "done"]
        assert first["customer"] == {"name": "José Bell", "phone": PATIENT}
        assert (first["start_at"], first["booking_id"]) == ("2026-12-02T19:30:00Z", None)
        listed = await asyncio.to_thread(command, "list", "--in-doubt")
        assert first["id"] in listed
        assert made["id"] not in listed

        assert await asyncio.to_thread(refusal, "settle", first["id"]) == (
            "chairside: Say what became of it: --done or --not-done."
        )
        said = await asyncio.to_thread(command, "settle", first["id"], "--done", "--booking-id", "77")
        assert said == f"{first['id']} is settled: the appointment is booked.\n"
        assert (await world.book("doubt-1")).body["booking"]["id"] == "77"
        assert await asyncio.to_thread(refusal, "settle", first["id"], "--not-done") == (
            "chairside: That request is settled already."
        )
        shown = json.loads(await asyncio.to_thread(command, "settle", second["id"], "--not-done", "--json"))
        assert (shown["booking"]["id"], shown["booking"]["state"]) == (second["id"], "refused")
        assert await asyncio.to_thread(command, "list", "--in-doubt") == "Nothing is in doubt.\n"
