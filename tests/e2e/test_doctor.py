"""``chairside doctor`` and ``twilio connect``, against an account at a fake Twilio."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.command_line import chairside
from tests.fakes.http_server import serve_http
from tests.fakes.twilio_rest import SID, TOKEN, TwilioRest

pytestmark = pytest.mark.e2e
HARBOR_VIEW = str(Path(__file__).parents[1] / "data" / "practices" / "harbor-view")
NUMBER, PUBLIC = "+12075550123", "https://voice.example.com"


class Office:
    """A data folder, and the account that its commands talk to."""

    def __init__(self, folder: Path, twilio: TwilioRest, url: str) -> None:
        self.folder = folder
        self.twilio = twilio
        self.environment = {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "CHAIRSIDE_SMS_API_URL": url,
            "CHAIRSIDE_SERVER_PUBLIC_URL": PUBLIC,
        }

    async def __call__(self, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.environment, **changed}
        return await asyncio.to_thread(
            chairside, self.folder, *arguments, "--data-dir", str(self.folder), **environment
        )


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    twilio = TwilioRest(NUMBER)
    async with serve_http(twilio, date_header=False) as server:
        yield Office(tmp_path, twilio, f"http://{server.address}")


async def test_a_practice_of_ones_own_with_its_number_connected_is_ready(office: Office) -> None:
    await office("init", "--from", HARBOR_VIEW)
    before = await office("doctor")
    assert before.returncode == 1
    assert f"chairside twilio connect {NUMBER}" in before.stdout
    connected = await office("twilio", "connect")
    assert connected.returncode == 0, connected.stderr
    assert office.twilio.numbers[NUMBER]["voice_url"] == f"{PUBLIC}/twilio/voice"
    assert office.twilio.numbers[NUMBER]["sms_url"] == f"{PUBLIC}/twilio/sms"
    assert office.twilio.numbers[NUMBER]["status_callback"] == f"{PUBLIC}/twilio/status"
    after = await office("doctor")
    assert after.returncode == 0, after.stdout
    assert "Ready for real calls" in after.stdout
    assert "texts to +12075550190" in after.stdout
    assert "SQLite" in after.stdout


async def test_the_demo_practice_is_never_ready(office: Office) -> None:
    await office("init", "--demo")
    result = await office("doctor")
    assert result.returncode == 1
    assert "do not take real calls" in result.stdout
    assert "Ready" not in result.stdout


async def test_wrong_credentials_and_a_wrong_clock_are_told(office: Office) -> None:
    await office("init", "--from", HARBOR_VIEW)
    await office("twilio", "connect")
    wrong = await office("doctor", TWILIO_AUTH_TOKEN="old")
    assert wrong.returncode == 1
    assert "Twilio refuses" in wrong.stdout
    office.twilio.clock_off = timedelta(minutes=5)
    late = await office("doctor")
    assert late.returncode == 1
    assert "s off" in late.stdout


async def test_a_number_that_the_account_does_not_have_is_not_connected(office: Office) -> None:
    await office("init", "--from", HARBOR_VIEW)
    result = await office("twilio", "connect", "+12075550999")
    assert result.returncode == 1
    assert "does not have +12075550999" in result.stderr
    assert (await office("twilio", "connect", CHAIRSIDE_SERVER_PUBLIC_URL="http://x")).returncode == 1


async def test_where_nobody_reads_the_inbox_it_is_not_ready(office: Office) -> None:
    await office("init", "--from", HARBOR_VIEW)
    await office("twilio", "connect")
    silent = await office("doctor", TWILIO_ACCOUNT_SID="")
    assert "Nobody reads what callers leave" in silent.stdout
    assert "under [messages] of the practice file" in silent.stdout
    assert silent.returncode == 1
