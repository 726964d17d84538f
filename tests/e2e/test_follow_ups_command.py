"""`chairside worker` as the process it is, and `chairside follow-ups` over what it left."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from config.settings import RelaySettings
from kit.db.database import FILE_NAME
from kit.keyring import Keyring
from tests.conftest import sqlite_settings
from tests.fakes.command_line import Here, complaint
from tests.fakes.follow_ups import NOW, PATIENT, EventReceiver, FollowUpWorld, open_world
from tests.fakes.processes import running
from tests.fakes.transport_server import serve_transport

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
LOOPBACK = "127.0.0.0/8"


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(capsys)


@pytest.fixture
async def left(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[tuple[FollowUpWorld, EventReceiver]]:
    """Give a practice with a booking that nobody has followed up yet, and a partner's server."""
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    settings = sqlite_settings(tmp_path).model_copy(
        update={"relay": RelaySettings(allowed_networks=LOOPBACK)}
    )
    partner = EventReceiver()
    async with serve_transport(partner) as address:
        partner.url = f"{address}/events"
        keyring = Keyring.load(tmp_path)
        async with open_world(settings, keyring, start=False, event_url=partner.url) as world:
            await world.book()
            yield world, partner


async def test_worker_does_what_was_left_and_stops_when_told(
    left: tuple[FollowUpWorld, EventReceiver],
) -> None:
    world, partner = left
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
    async with (
        running(
            *(sys.executable, "-m", "cli.main", "worker", "--data-dir", str(world.settings.data_dir)),
            *("--now", (NOW + timedelta(minutes=5)).isoformat()),
            cwd=world.settings.data_dir,
            env=kept
            | {
                "PYTHONPATH": str(ROOT),
                "COLUMNS": "200",
                "TERM": "dumb",
                "CHAIRSIDE_RELAY_ALLOWED_NETWORKS": LOOPBACK,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        ) as process,
        asyncio.timeout(60),
    ):
        await partner.arrived.wait()
        await world.until("event", "done")
        process.send_signal(signal.SIGTERM)
        said, log = await process.communicate()
    assert process.returncode == 0
    assert said.decode() == f"Chairside follows up on {world.settings.data_dir}\n"
    assert {json.loads(line)["logger"] for line in log.decode().splitlines()} <= {
        "practice.follow_ups.service",
        "practice.follow_ups.attempts",
    }
    assert PATIENT not in log.decode()
    (message,) = await world.until("confirmation_sms", "dead")  # the worker was given no Twilio account
    assert message.last_error == "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not both set"


async def test_dead_follow_up_is_listed_and_tried_again(
    left: tuple[FollowUpWorld, EventReceiver], here: Here
) -> None:
    world, _ = left
    folder = str(world.settings.data_dir)
    world.partner.trouble.append(lambda: httpx.Response(410))
    world.follow_ups.start()
    (dead,) = await world.until("event", "dead")
    await world.until("confirmation_sms", "done")
    await world.follow_ups.stop()  # what it logs here would stand among what the command says

    def command(*arguments: str) -> str:
        result = here("follow-ups", *arguments, "--data-dir", folder)
        assert result.returncode == 0, result.stderr
        return result.stdout

    await asyncio.to_thread(command)
    listed = await asyncio.to_thread(command, "--state", "dead")
    assert dead.id in listed
    assert "reminder_sms" not in listed
    everything = await asyncio.to_thread(command, "--json")
    assert PATIENT not in everything
    assert "José" not in everything
    shown = {one["kind"]: one for one in json.loads(everything)["follow_ups"]}
    assert set(shown) == {"event", "confirmation_sms", "reminder_sms"}
    assert shown["event"]["last_error"] == "the partner answered 410"

    said = await asyncio.to_thread(command, "retry", dead.id)
    assert said == f"{dead.id} waits to be tried again.\n"
    assert complaint(await asyncio.to_thread(here, "follow-ups", "retry", dead.id, "--data-dir", folder)) == (
        "chairside: No such follow-up that was given up."
    )
    # The command goes by the machine's clock, which may be ahead of the world's.
    world.clock.move(seconds=max(0.0, (datetime.now(UTC) - world.clock()).total_seconds()))
    world.follow_ups.start()
    await world.until("event", "done")
    assert [event_id for event_id, _ in world.partner.events] == [dead.id]
