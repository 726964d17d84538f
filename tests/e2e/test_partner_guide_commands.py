"""The commands of the partners' guide, run as they stand there, book an appointment."""

import asyncio
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.forked_servers import ForkedServers
from tests.fakes.registered_partner import register_partner

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60), pytest.mark.xdist_group("kills-sqlite")]

GUIDE = (Path(__file__).parents[2] / "docs/partner-api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(curl .+?)```", GUIDE, re.DOTALL)


async def said(command: str, **told: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        command,
        env={"PATH": os.environ["PATH"], "no_proxy": "*", **told},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()


async def test_the_first_booking_of_the_guide_is_made_once(
    fork_server: ForkedServers, tmp_path: Path
) -> None:
    search, book = COMMANDS
    world = await register_partner(tmp_path, {}, FOLLOWUPS_IN_SERVER="false", LOG_LEVEL="warning")
    today = datetime.now(UTC).date()
    async with fork_server.attached() as fork:
        server = await fork.start(dict(world.env), tmp_path / "server.log")
        told = {
            "api": f"http://127.0.0.1:{server.port}",
            "key": world.embedded_key,
            "bot": world.embedded_bot,
        }
        days = {"from": str(today + timedelta(days=2)), "until": str(today + timedelta(days=16))}
        windows = json.loads(await said(search, **told, **days))["availabilities"]
        start = next(one["start_at"] for one in windows if one["duration_minutes"] >= 30)
        first = await said(book, **told, start=start)
        again = await said(book, **told, start=start)
    assert first.startswith("HTTP/1.1 201 ")
    assert again.startswith("HTTP/1.1 200 ")
    assert "idempotency-replayed: true" in again.lower()
    assert first.splitlines()[-1] == again.splitlines()[-1]
    assert json.loads(first.splitlines()[-1])["booking"]["status"] == "confirmed"
