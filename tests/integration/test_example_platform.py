"""The sample platform of ``examples/``: a bot searches and books in it, once."""

import asyncio
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from config.settings import RelaySettings
from tests.fakes.app import AppUnderTest, run_app
from tests.fakes.clock import NOW
from tests.fakes.command_line import chairside
from tests.fakes.processes import running

ROOT = Path(__file__).parents[2]
SECRET = "whsec_of_the_example_platform"
LOCAL = RelaySettings(allow_http=True, allowed_networks="127.0.0.0/8")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def listens(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)  # another process: there is no event to wait for
            else:
                writer.close()
                return


async def registered(app: AppUnderTest, port: int, secret: str) -> str:
    body = {
        "name": "Sample",
        "account_id": f"acct_sample{len(secret)}",
        "scheduling": {"webhook_url": f"http://127.0.0.1:{port}", "webhook_secret": secret},
    }
    made = await app.client.post("/v1/bots", json=body, headers=app.partner())
    assert made.status_code == 201, made.text
    bot_id: str = made.json()["bot"]["id"]
    return bot_id


async def checked(folder: Path, bot_id: str) -> subprocess.CompletedProcess[str]:
    told = {
        "CHAIRSIDE_SECRET": "a test's secret",
        "CHAIRSIDE_RELAY_ALLOW_HTTP": "true",
        "CHAIRSIDE_RELAY_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    return await asyncio.to_thread(chairside, folder, "bots", "check", bot_id, "--data-dir", ".", **told)


async def test_a_bot_books_once_in_the_sample_platform(tmp_path: Path, sqlite_template: Path) -> None:
    port = free_port()
    example = str(ROOT / "examples" / "03_a_booking_platform.py")
    async with (
        running(sys.executable, example, SECRET, str(port), stderr=asyncio.subprocess.DEVNULL),
        run_app(tmp_path, sqlite_template, relay=LOCAL) as app,
    ):
        await listens(port)
        bot_id = await registered(app, port, SECRET)
        span = {"start_at": NOW.isoformat(), "end_at": (NOW + timedelta(days=2)).isoformat()}
        query = {"filter": {"start_at_range": span}}

        async def post(path: str, **body: Any) -> Any:
            headers = app.partner(**{"Idempotency-Key": body.pop("key", "k")})
            return await app.client.post(path, json={"bot_id": bot_id, **body}, headers=headers)

        windows = (await post("/v1/availability/search", query=query)).json()["availabilities"]
        wanted = {**windows[0], "customer": {"phone": "+12025550100", "name": "Anna Bell"}}
        first = await post("/v1/bookings", booking=wanted)
        again = await post("/v1/bookings", booking=wanted)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        taken = await post("/v1/bookings", booking=wanted, key="other")
        assert (taken.status_code, taken.json()["error"]["code"]) == (409, "slot_unavailable")
        assert (await checked(tmp_path, bot_id)).returncode == 0
        bot_id = await registered(app, port, "whsec_of_somebody_else_entirely")
        assert (await post("/v1/availability/search", query=query)).status_code == 502
        refused = await checked(tmp_path, bot_id)
        assert refused.returncode == 1
        assert "wrong  search: webhook_rejected" in refused.stdout
