"""What the doctor asks the chosen vendors, and the server's daily warning of models that are to end."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from agent.endings import warn_once
from agent.vendor_check import VendorReport, check_vendors
from config.settings import Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from config.vendors import DEFAULT_MODEL, KEYS, OPENAI
from tests.fakes.openai_server import Fails, OpenAIServer, Says, openai_server
from tests.fakes.processes import running
from tests.fakes.vendor_sockets import vendor_sockets

# Deepgram's library takes names from websockets that are on their way out.
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")
TODAY = dt.date(2026, 11, 29)
MODELS = (DEFAULT_MODEL, "gpt-live-transcribe", "gpt-realtime-2.1-mini")
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        server.shutdown_dates = dict.fromkeys(MODELS)
        server.realtime.hears = "Good morning."
        yield server


def settings(vendor: OpenAIServer, key: str = "sk-test", name: str | None = None) -> Settings:
    return Settings(
        openai_api_key=SecretStr(key),
        model=ModelSettings(service=OPENAI, base_url=vendor.base_url, timeout_seconds=20.0, name=name),
        speech=SpeechSettings(stt=OPENAI, tts=OPENAI, stt_url=vendor.base_url, tts_url=vendor.base_url),
    )


async def check(asked: Settings) -> dict[str, VendorReport]:
    return {one.part: one for one in await check_vendors(asked, TODAY)}


async def test_each_vendor_is_asked_and_timed(vendor: OpenAIServer) -> None:
    vendor.will(Says("Good morning."))
    began = time.monotonic()
    reports = await check(settings(vendor))
    assert list(reports) == ["model", "hearing", "voice"]
    for report in reports.values():
        assert (report.problem, report.warning) == (None, None)
        assert report.took_ms is not None
    took_ms = [report.took_ms or 0 for report in reports.values()]
    assert 0 < sum(took_ms) < (time.monotonic() - began) * 1000


async def test_other_vendors_are_timed_too_and_told_apart_when_they_fail() -> None:
    async with vendor_sockets() as others:
        others.hears = "Good morning, how can I help you?"
        others.model.script.append(Says("Good morning."))
        chosen = Settings(
            vendor_keys={name: SecretStr("key") for name in KEYS},
            model=ModelSettings(
                service="anthropic", base_url=f"http://{others.address}", timeout_seconds=9.0
            ),
            speech=SpeechSettings(
                stt="deepgram",
                stt_url=f"ws://{others.address}",
                tts="cartesia",
                tts_url=f"ws://{others.address}/tts/websocket",
                tts_voice="v1",
                hearing_seconds=9.0,
                voice_seconds=9.0,
            ),
        )
        reports = await check(chosen)
        assert [one.vendor for one in reports.values()] == ["Anthropic", "Deepgram", "Cartesia Sonic"]
        assert all(one.problem is None and one.took_ms is not None for one in reports.values())
        others.refuses = 429
        hasty = {"hearing_seconds": 0.5, "voice_seconds": 0.5}
        reports = await check(chosen.model_copy(update={"speech": chosen.speech.model_copy(update=hasty)}))
        assert all("does not answer" in (one.problem or "") for one in reports.values())


async def test_a_key_that_is_refused_and_a_model_that_is_not_there_are_told_apart(
    vendor: OpenAIServer,
) -> None:
    refused = await check(settings(vendor, key="sk-wrong"))
    assert {one.problem for one in refused.values()} == {"the key is refused"}
    vendor.will(Says("Good morning."))
    gone = await check(settings(vendor, name="gpt-0"))
    assert gone["model"].problem == "there is no model gpt-0: name another in CHAIRSIDE_MODEL_NAME"
    assert gone["hearing"].problem is None


@pytest.mark.parametrize(("ends", "warned"), [("2027-02-26", True), ("2027-02-28", False), ("soon", False)])
async def test_a_model_that_ends_within_the_days_is_warned_of_with_what_comes_after_it(
    vendor: OpenAIServer, ends: str, warned: bool
) -> None:
    vendor.shutdown_dates["gpt-0"] = ends
    vendor.will(Says("Good morning."))
    warning = (await check(settings(vendor, name="gpt-0")))["model"].warning
    assert warning == (
        f"gpt-0 ends on {ends}; set CHAIRSIDE_MODEL_NAME to {DEFAULT_MODEL}" if warned else None
    )


async def test_a_vendor_that_lists_its_model_and_does_not_answer_is_found_out(vendor: OpenAIServer) -> None:
    vendor.will(Fails(429))
    vendor.realtime.troubles.extend(["fail", "fail"])
    reports = await check(settings(vendor))
    assert all("does not answer" in (one.problem or "") for one in reports.values())


async def test_the_server_warns_of_a_model_that_is_to_end(
    vendor: OpenAIServer, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor.shutdown_dates[DEFAULT_MODEL] = "2027-01-14"
    await warn_once(settings(vendor), TODAY)
    said = capsys.readouterr().out
    assert said.count("a model is to end") == 1
    assert DEFAULT_MODEL in said
    assert "2027-01-14" in said
    await warn_once(settings(vendor), dt.date(2026, 1, 1))
    assert "a model is to end" not in capsys.readouterr().out


async def test_the_command_shows_it(vendor: OpenAIServer, tmp_path: Path) -> None:
    vendor.will(Says("Good morning."))
    vendor.shutdown_dates["gpt-realtime-2.1-mini"] = str(dt.datetime.now(dt.UTC).date())
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
    chosen = {
        "OPENAI_API_KEY": "sk-test",
        "CHAIRSIDE_MODEL_SERVICE": OPENAI,
        "CHAIRSIDE_MODEL_BASE_URL": vendor.base_url,
        "CHAIRSIDE_SPEECH_STT_URL": vendor.base_url,
        "CHAIRSIDE_SPEECH_TTS": OPENAI,
        "CHAIRSIDE_SPEECH_TTS_URL": vendor.base_url,
    }
    async with running(
        sys.executable,
        *("-m", "cli.main", "doctor", "--data-dir", str(tmp_path)),
        env={**kept, **chosen, "PYTHONPATH": str(ROOT), "COLUMNS": "300", "TERM": "dumb"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    ) as process:
        said = (await process.communicate())[0].decode()
    lines = {line.split()[1]: line for line in said.splitlines() if len(line.split()) > 1}
    assert lines["model"].startswith("ok")
    assert " ms" in lines["model"]
    assert lines["hearing"].startswith("ok")
    assert lines["voice"].startswith("soon")
    assert "ends on" in lines["voice"]
