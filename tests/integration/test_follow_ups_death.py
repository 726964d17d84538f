"""A process of follow-ups is killed, and another goes on: everything is still done once."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from config.settings import Settings
from kit.db.database import FILE_NAME
from kit.keyring import Keyring
from tests.conftest import sqlite_settings
from tests.fakes.follow_ups import NOW, QUICK, SID, TOKEN, FollowUpWorld, open_world
from tests.fakes.processes import running
from tests.fakes.transport_server import serve_transport

ROOT = Path(__file__).parents[2]
RULES = QUICK.model_copy(update={"replica_dead_seconds": 1.0})


@contextlib.asynccontextmanager
async def process(
    world: FollowUpWorld, twilio: str, kill_at: str | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a process of follow-ups on the same database, a little later than now."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "CHAIRSIDE_DATA_DIR": str(world.settings.data_dir),
        "CHAIRSIDE_SMS_API_URL": twilio,
        "CHAIRSIDE_RELAY_ALLOWED_NETWORKS": "127.0.0.0/8",
        "CHAIRSIDE_FOLLOWUPS_SWEEP_SECONDS": "0.05",
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    if world.settings.database.url is not None:
        environment["CHAIRSIDE_DATABASE_URL"] = world.settings.database.url.get_secret_value()
    if kill_at is not None:
        environment["CHAIRSIDE_FAULT_KILL_AT"] = kill_at
    async with running(
        sys.executable,
        "-m",
        "tests.fakes.follow_ups_main",
        (NOW + timedelta(minutes=5)).isoformat(),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    ) as started:
        yield started


async def all_done_once(world: FollowUpWorld) -> None:
    world.clock.move(minutes=5)
    world.follow_ups.start()
    await world.until("event", "done")
    await world.until("confirmation_sms", "done")
    assert len(world.twilio.messages) == 1
    assert len({event_id for event_id, _ in world.partner.events}) == 1
    assert len(await world.rows()) == 3


@pytest.mark.parametrize("kill_at", ["followups.handing_over", "followups.handed_over"])
async def test_death_between_the_commit_and_the_engine_neither_loses_nor_doubles(
    tmp_path: Path, sqlite_template: Path, keyring: Keyring, kill_at: str
) -> None:
    shutil.copy(sqlite_template, tmp_path / FILE_NAME)
    async with (
        open_world(sqlite_settings(tmp_path), keyring, start=False, rules=RULES) as world,
        serve_transport(world.twilio) as twilio,
    ):
        await world.book()
        async with process(world, twilio, kill_at) as victim:
            assert await victim.wait() == -signal.SIGKILL
        assert {row.state for row in await world.rows()} == {"waiting"}
        await all_done_once(world)


async def test_death_while_twilio_sends_does_not_send_again(
    database_settings: Settings, keyring: Keyring
) -> None:
    taken = asyncio.Event()

    async def never_answer() -> httpx.Response:
        taken.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for ever")

    async with open_world(database_settings, keyring, start=False, rules=RULES) as world:
        world.twilio.after.append(never_answer)
        async with serve_transport(world.twilio) as twilio:
            await world.book()
            async with process(world, twilio) as victim:
                await taken.wait()
                victim.kill()
                await victim.wait()
            await all_done_once(world)
        assert world.twilio.posts == 1
        assert world.twilio.searches == 1
