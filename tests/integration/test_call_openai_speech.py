"""Calls in which OpenAI hears and speaks, and the local models stand by."""

import pytest
from pydantic import SecretStr

from config.settings import Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from config.vendors import OPENAI
from tests.fakes.live_call import BOT, WINDOW, LiveCalls, quick
from tests.fakes.openai_server import OpenAIServer, Says
from tests.fakes.partner_server import PartnerServer

pytestmark = pytest.mark.audio


def all_of_openai(vendor: OpenAIServer, stt: str = OPENAI) -> Settings:
    waits = {"turn_wait_seconds": 0.05, "dictation_wait_seconds": 0.1}
    waits |= {"hearing_seconds": 1.0, "voice_seconds": 1.0}
    urls = {"stt_url": vendor.base_url, "tts_url": vendor.base_url}
    return Settings(
        openai_api_key=SecretStr("sk-test"),
        model=ModelSettings(service=OPENAI, base_url=vendor.base_url, timeout_seconds=20.0),
        speech=SpeechSettings.model_validate({"stt": stt, "tts": OPENAI, **waits, **urls}),
        call=quick().call,
    )


@pytest.mark.parametrize("stt", [OPENAI, "openai-turns"])
async def test_the_vendor_hears_and_speaks(calls: LiveCalls, vendor: OpenAIServer, stt: str) -> None:
    vendor.hears = vendor.realtime.hears = "When are you open?"
    vendor.will(Says("What day would suit you?"))
    async with calls.place(settings=all_of_openai(vendor, stt)) as call:
        await call.hears("how can I help")
        assert vendor.realtime.spoken[0].startswith("Thank you for calling")
        await call.says("When are you open?")
        await call.hears("would suit you")
        assert [m["content"] for m in call.log.messages if m["role"] == "user"] == ["When are you open?"]
    assert "What day would suit you?" in vendor.realtime.spoken


@pytest.mark.parametrize("trouble", ["fail", "cut", "hang"])
async def test_when_the_vendors_speech_fails_the_local_models_stand_in(
    calls: LiveCalls, vendor: OpenAIServer, trouble: str
) -> None:
    vendor.realtime.troubles.extend([trouble] * 60)
    vendor.will(Says("What day would suit you?"))
    async with calls.place(settings=all_of_openai(vendor)) as call:
        await call.hears("how can I help")
        await call.says("When are you open?")
        await call.hears("would suit you")
        assert [m["content"] for m in call.log.messages if m["role"] == "user"] == ["When are you open?"]
    assert len(call.socket.played) > 8000


async def test_a_vendor_that_refuses_every_connection_leaves_the_call_to_the_local_models(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.realtime.refuses = 401
    vendor.refuses_sockets = 401
    async with calls.place(settings=all_of_openai(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning.")
        await call.hears("What day")


async def test_the_vendor_is_told_who_and_what_may_be_named_in_which_languages_and_what_was_asked(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    practice = {**BOT["practice"], "languages": ["en", "es-MX"]}
    server = PartnerServer(bot={**BOT, "language": "en-US", "practice": practice}, windows=[WINDOW])
    vendor.hears = vendor.realtime.hears = "I'd like a cleaning tomorrow at two."
    settings = all_of_openai(vendor).model_copy(update={"model": quick().model})
    async with calls.place(server, settings=settings) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("Shall I take that?")
        vendor.realtime.hears = "My number is 646 555 0182."
        await call.says("Yes.")
        await call.until(lambda: "Shall I take" in str(vendor.realtime.sessions[-1]))
    asked = [one["audio"]["input"]["transcription"] for one in vendor.realtime.sessions]
    assert {"Dr. Maya Lee", "Cleaning", "teeth cleaning", "Maple Street Dental"} <= set(asked[0]["keywords"])
    assert asked[0]["languages"] == ["en", "es"]
    assert asked[-1]["prompt"].endswith("Shall I take that?")
