"""`chairside serve` as the process it is: its banner, its clock, and how it stops."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect

from kit.keyring import Keyring
from tests.fakes.command_line import chairside, complaint
from tests.fakes.processes import running

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
START_SECONDS = 90


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "TERM": "dumb"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Make a demo practice in a data folder."""
    folder = tmp_path_factory.mktemp("serve")
    result = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli.main", "init", "--demo", "--json", "--data-dir", str(folder)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    ids: dict[str, Any] = json.loads(result.stdout)
    return ids


class Served:
    """A running server process."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, log: Path) -> None:
        self.process = process
        self.folder = folder
        self.log = log
        self.said = ""
        self.address = ""

    async def read_banner(self) -> None:
        """Read what the server prints until it has said where it answers."""
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            while "try it" not in self.said:
                line = (await self.process.stdout.readline()).decode()
                assert line, self.log.read_text()
                self.said += line
        found = re.search(r"http://\S+", self.said)
        assert found, self.said
        self.address = found.group()

    async def twilio(self, path: str, fields: dict[str, str]) -> httpx.Response:
        key = Keyring.load(self.folder).derive("twilio").hex()
        signature = RequestValidator(key).compute_signature(f"{self.address}{path}", fields)
        async with httpx.AsyncClient() as client:
            return await client.post(
                f"{self.address}{path}", data=fields, headers={"X-Twilio-Signature": signature}
            )

    async def status(self, path: str) -> int:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{self.address}{path}")).status_code

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 30)


@contextlib.asynccontextmanager
async def served(made: dict[str, Any], log: Path, *options: str) -> AsyncIterator[Served]:
    folder = Path(made["data_dir"])
    with log.open("w") as errors:
        async with running(
            *(sys.executable, "-m", "cli.main", "serve", "--data-dir", str(folder), "--port", "0", *options),
            cwd=folder,
            env=environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        ) as process:
            server = Served(process, folder, log)
            await server.read_banner()
            yield server


async def call_begun(server: Served, made: dict[str, Any], call_id: str) -> tuple[str, str]:
    """Phone the bot; gives the media address and the start message."""
    fields = {"CallSid": call_id, "From": "+12025550100", "To": made["phone_number"], "CallStatus": "ringing"}
    response = await server.twilio("/twilio/voice", fields)
    stream = ET.fromstring(response.text).find("./Connect/Stream")  # noqa: S314 - our own answer
    assert stream is not None, response.text
    parameter = stream.find("Parameter")
    assert parameter is not None
    body = {"streamSid": "MZ1", "callSid": call_id, "customParameters": {"token": parameter.attrib["value"]}}
    start = {"event": "start", "start": body, "streamSid": "MZ1"}
    return stream.attrib["url"], json.dumps(start)


async def test_a_server_says_where_it_is_answers_a_call_and_stops_when_told(
    made: dict[str, Any], tmp_path: Path
) -> None:
    async with served(made, tmp_path / "log") as server:
        assert "+1 202-555-0142" in server.said
        assert "America/New_York" in server.said
        assert (Path(made["data_dir"]) / "server.url").read_text().strip() == server.address
        assert await server.status("/health/live") == 200
        assert await server.status("/health/ready") == 200
        url, start = await call_begun(server, made, "CA100")
        async with connect(url) as socket:
            await socket.send(start)
            first = json.loads(await asyncio.wait_for(socket.recv(), 10))
            assert first["event"] == "media"
            server.process.send_signal(signal.SIGTERM)
            await _until(server, "/health/ready", 503)
            # The call goes on: the server waits for it, and still answers.
            assert json.loads(await asyncio.wait_for(socket.recv(), 10))["event"] in {"media", "mark"}
            assert await server.status("/health/live") == 200
        assert await server.ended() == 0
    assert not (Path(made["data_dir"]) / "server.url").exists()
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"call_id": "CA100"}.items() <= next(
        one for one in lines if one["event"] == "call came in"
    ).items()
    assert "+12025550100" not in (tmp_path / "log").read_text()


async def test_a_server_s_practice_starts_at_the_given_moment_and_its_port_is_its_own(
    made: dict[str, Any], tmp_path: Path
) -> None:
    async with served(made, tmp_path / "log", "--now", "2026-12-01T09:00:00-05:00") as server:
        week = {"start_at": "2026-11-20T00:00:00-05:00", "end_at": "2026-12-08T00:00:00-05:00"}
        body = {"bot_id": made["bot_id"], "query": {"filter": {"start_at_range": week}}}
        headers = {"Authorization": f"Bearer {made['partner_key']}"}
        async with httpx.AsyncClient(base_url=server.address, headers=headers) as client:
            windows = (await client.post("/v1/availability/search", json=body)).json()["availabilities"]
        assert windows
        assert min(window["start_at"] for window in windows) >= "2026-12-01T09:00"
        chat = await asyncio.to_thread(
            chairside,
            server.folder,
            *("chat", "--data-dir", str(server.folder), "--from", "+12025550100", "--json"),
            text="Hello\n\nI'd like a cleaning tomorrow\n",
        )
        assert chat.returncode == 0
        hello, offer = map(json.loads, chat.stdout.splitlines())
        assert hello["thread"] == offer["thread"]
        assert "December" in offer["answer"]
        assert {"name": "search_availability", "status": "ok"} in offer["functions"]
        port = server.address.rsplit(":", 1)[-1]
        second = await asyncio.to_thread(
            chairside, tmp_path, "serve", "--data-dir", str(tmp_path / "other"), "--port", port
        )
        assert complaint(second).startswith(f"chairside: Port {port} on 127.0.0.1 is taken.")
        # Nobody is on the line: one signal is enough.
        server.process.send_signal(signal.SIGTERM)
        assert await server.ended() == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", int(port)), 1).close()


async def test_a_second_signal_does_not_wait_for_the_call(made: dict[str, Any], tmp_path: Path) -> None:
    async with served(made, tmp_path / "log") as server:
        url, start = await call_begun(server, made, "CA200")
        async with connect(url) as socket:
            await socket.send(start)
            await asyncio.wait_for(socket.recv(), 10)
            server.process.send_signal(signal.SIGTERM)
            await _until(server, "/health/ready", 503)
            server.process.send_signal(signal.SIGTERM)
            assert await server.ended() == 0


async def _until(server: Served, path: str, status: int) -> None:
    async with asyncio.timeout(10):
        while await server.status(path) != status:  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(0.02)
