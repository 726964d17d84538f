"""Calls with OpenAI's model and speech, by a server that behaves like it, and fails like it when told."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from agent.statements.check import NOT_BOOKED
from config.settings import OpenAISettings, Settings, SpeechSettings
from contracts.conversation import results_of
from tests.fakes.live_call import LiveCall, LiveCalls, quick
from tests.fakes.openai_server import (
    Breaks,
    Calls,
    Fails,
    Garbage,
    Hangs,
    OpenAIServer,
    Reply,
    Says,
    openai_server,
)

pytestmark = [pytest.mark.audio, pytest.mark.xdist_group("audio")]


@pytest.fixture
async def calls() -> AsyncIterator[LiveCalls]:
    calls = await LiveCalls.open()
    yield calls
    calls.synthesizer.close()


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIServer]:
    async with openai_server() as server:
        yield server


def with_key(vendor: OpenAIServer, *, speech: bool = False) -> Settings:
    """Use the vendor's model, and its speech too when asked."""
    waits = {"turn_wait_seconds": 0.05, "dictation_wait_seconds": 0.1}
    kind = "openai" if speech else "local"
    return Settings(
        openai_api_key=SecretStr("sk-test"),
        openai=OpenAISettings(base_url=vendor.base_url, timeout_seconds=2.0, speech_timeout_seconds=1.0),
        speech=SpeechSettings(stt=kind, tts=kind, **waits),
        call=quick().call,
    )


def searched(call: LiveCall) -> list[str]:
    return [one.status for one in results_of(call.log.messages) if one.name == "search_availability"]


async def test_the_model_answers_and_calls_functions(calls: LiveCalls, vendor: OpenAIServer) -> None:
    vendor.will(
        Calls((("search_availability", {"when": "tomorrow at two", "service": "Cleaning"}),)),
        Says("Tomorrow at two p.m. is free. Shall I take it?"),
    )
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("Shall I take it?")
        assert searched(call) == ["ok"]
    first = vendor.requests[0]
    assert first["model"] == "gpt-4o"
    assert {tool["function"]["name"] for tool in first["tools"]} >= {
        "search_availability",
        "book_appointment",
    }
    assert first["messages"][0]["role"] in {"system", "developer"}
    assert "Maple Street Dental" in first["messages"][0]["content"]


@pytest.mark.parametrize(
    "failure",
    [
        Fails(500),
        Fails(429, "rate_limit_exceeded", retry_after=60),
        Fails(401),
        Hangs(),
        Garbage(),
        Breaks("I can", 1),
    ],
    ids=lambda failure: type(failure).__name__ + str(getattr(failure, "status", "")),
)
async def test_when_the_model_fails_the_receptionist_takes_that_turn(
    calls: LiveCalls, vendor: OpenAIServer, failure: Reply
) -> None:
    vendor.will(*[failure] * 3)
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        vendor.script.extend([failure] * 6)
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        assert searched(call)[-1] == "ok"


async def test_a_booking_that_the_model_made_up_is_not_spoken(calls: LiveCalls, vendor: OpenAIServer) -> None:
    vendor.will(Says("Great news. You're booked for tomorrow at two p.m. See you then!"))
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears(NOT_BOOKED)
        assert call.said()[-1] == f"Great news. {NOT_BOOKED}"
    assert not call.server.bookings


async def test_the_vendor_hears_and_speaks(calls: LiveCalls, vendor: OpenAIServer) -> None:
    vendor.hears = "When are you open?"
    vendor.will(Says("We are open all week."))
    async with calls.place(settings=with_key(vendor, speech=True)) as call:
        await call.hears("how can I help")
        assert vendor.spoken[0].startswith("Thank you for calling")
        await call.says("")
        await call.hears("open all week")
        assert [m["content"] for m in call.log.messages if m["role"] == "user"] == ["When are you open?"]


@pytest.mark.parametrize("trouble", [Fails(500), Fails(429), Hangs()], ids=["500", "429", "silent"])
async def test_when_the_vendors_speech_fails_the_local_models_stand_in(
    calls: LiveCalls, vendor: OpenAIServer, trouble: Fails | Hangs
) -> None:
    vendor.audio_troubles.extend([trouble] * 60)
    vendor.will(Says("We are open all week."))
    async with calls.place(settings=with_key(vendor, speech=True)) as call:
        await call.hears("how can I help")
        await call.says("When are you open?")
        await call.hears("open all week")
    assert not vendor.spoken
    assert len(call.socket.played) > 8000


async def test_a_sentence_that_the_vendor_breaks_off_is_said_again_whole(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.audio_troubles.append(Breaks(""))
    async with calls.place(settings=with_key(vendor, speech=True)) as call:
        await call.hears("how can I help")
        greeting = await calls.synthesizer.speak(call.said()[0].split(". ")[0] + ".")
    half_of_a_tone = 600 * len("Thank you for calling Maple Street Dental.") // 3
    assert len(call.socket.played) > half_of_a_tone + len(greeting) // 2
