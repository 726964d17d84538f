"""Calls with OpenAI's model and speech, by a server that behaves like it, and fails like it when told."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from agent.statements.check import NOT_BOOKED
from config.settings import OpenAISettings, Settings, SpeechSettings
from contracts.conversation import results_of
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
from tests.fakes.phone import Exchange, Phone, quick

pytestmark = [pytest.mark.audio, pytest.mark.xdist_group("audio")]


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    exchange = await Exchange.open()
    yield exchange
    exchange.synthesizer.close()


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


def searched(phone: Phone) -> list[str]:
    return [one.status for one in results_of(phone.log.messages) if one.name == "search_availability"]


async def test_the_model_answers_and_calls_functions(exchange: Exchange, vendor: OpenAIServer) -> None:
    vendor.will(
        Calls((("search_availability", {"when": "tomorrow at two", "service": "Cleaning"}),)),
        Says("Tomorrow at two p.m. is free. Shall I take it?"),
    )
    async with exchange.call(settings=with_key(vendor)) as phone:
        await phone.hears("how can I help")
        await phone.says("I'd like a cleaning tomorrow at two.")
        await phone.hears("Shall I take it?")
        assert searched(phone) == ["ok"]
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
    exchange: Exchange, vendor: OpenAIServer, failure: Reply
) -> None:
    vendor.will(*[failure] * 3)
    async with exchange.call(settings=with_key(vendor)) as phone:
        await phone.hears("how can I help")
        vendor.script.extend([failure] * 6)
        await phone.says("I'd like a cleaning tomorrow at two.")
        await phone.hears("two p.m.")
        assert searched(phone)[-1] == "ok"


async def test_a_booking_that_the_model_made_up_is_not_spoken(
    exchange: Exchange, vendor: OpenAIServer
) -> None:
    vendor.will(Says("Great news. You're booked for tomorrow at two p.m. See you then!"))
    async with exchange.call(settings=with_key(vendor)) as phone:
        await phone.hears("how can I help")
        await phone.says("I'd like a cleaning tomorrow at two.")
        await phone.hears(NOT_BOOKED)
        assert phone.said()[-1] == f"Great news. {NOT_BOOKED}"
    assert not phone.server.bookings


async def test_the_vendor_hears_and_speaks(exchange: Exchange, vendor: OpenAIServer) -> None:
    vendor.hears = "When are you open?"
    vendor.will(Says("We are open all week."))
    async with exchange.call(settings=with_key(vendor, speech=True)) as phone:
        await phone.hears("how can I help")
        assert vendor.spoken[0].startswith("Thank you for calling")
        await phone.says("")
        await phone.hears("open all week")
        assert [m["content"] for m in phone.log.messages if m["role"] == "user"] == ["When are you open?"]


@pytest.mark.parametrize("trouble", [Fails(500), Fails(429), Hangs()], ids=["500", "429", "silent"])
async def test_when_the_vendors_speech_fails_the_local_models_stand_in(
    exchange: Exchange, vendor: OpenAIServer, trouble: Fails | Hangs
) -> None:
    vendor.audio_troubles.extend([trouble] * 60)
    vendor.will(Says("We are open all week."))
    async with exchange.call(settings=with_key(vendor, speech=True)) as phone:
        await phone.hears("how can I help")
        await phone.says("When are you open?")
        await phone.hears("open all week")
    assert not vendor.spoken
    assert len(phone.socket.played) > 8000


async def test_a_sentence_that_the_vendor_breaks_off_is_said_again_whole(
    exchange: Exchange, vendor: OpenAIServer
) -> None:
    vendor.audio_troubles.append(Breaks(""))
    async with exchange.call(settings=with_key(vendor, speech=True)) as phone:
        await phone.hears("how can I help")
        greeting = await exchange.synthesizer.speak(phone.said()[0].split(". ")[0] + ".")
    half_of_a_tone = 600 * len("Thank you for calling Maple Street Dental.") // 3
    assert len(phone.socket.played) > half_of_a_tone + len(greeting) // 2
