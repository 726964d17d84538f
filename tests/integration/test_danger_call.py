"""Danger on the phone: a real pipeline and voice, with a model that would have answered otherwise."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from config.settings import Settings
from config.vendor_settings import ModelSettings
from contracts.conversation import results_of
from language.danger.says import says_in
from tests.fakes.live_call import LiveCalls, quick
from tests.fakes.openai_server import OpenAIServer, Says, openai_server

pytestmark = pytest.mark.audio
COLD = "Sure, what day and time would suit you?"
QUESTION = says_in("en").sentences["question"]


@pytest.fixture
async def vendor() -> AsyncIterator[OpenAIServer]:
    async with openai_server(Says(COLD), Says(COLD)) as server:
        yield server


@pytest.fixture(params=["a model", "no key"])
def settings(vendor: OpenAIServer, request: pytest.FixtureRequest) -> Settings:
    plain = quick()
    if request.param == "no key":
        return plain
    return Settings(
        openai_api_key=SecretStr("sk-test"),
        model=ModelSettings(base_url=vendor.base_url, timeout_seconds=20.0),
        speech=plain.speech.model_copy(update={"stt": "local", "tts": "local"}),
        call=plain.call,
    )


async def test_the_emergency_number_is_said_and_the_caller_put_through(
    calls: LiveCalls, vendor: OpenAIServer, settings: Settings
) -> None:
    async with calls.place(settings=settings) as call:
        await call.hears("how can I help")
        await call.says("My husband collapsed and he won't wake up.")
        await call.hears("hang up and call nine one one")
        await call.hears("ringing the team")
        await call.until(lambda: call.socket.closed is not None)
        assert call.log.ending is not None
        assert call.log.ending.kind == "transfer"
        (asked,) = results_of(call.log.messages)
        assert (asked.name, asked.arguments["urgency"]) == ("request_person", "emergency")
        assert "suit you" not in " ".join(call.said())
    assert not vendor.requests


async def test_one_question_is_asked_and_a_yes_raises_the_alarm(
    calls: LiveCalls, vendor: OpenAIServer, settings: Settings
) -> None:
    async with calls.place(settings=settings) as call:
        await call.hears("how can I help")
        await call.says("I swallowed my crown.")
        await call.hears(QUESTION)
        await call.says("Yes, she is.")
        await call.hears("nine one one")
    assert not vendor.requests


async def test_after_a_no_the_call_goes_on(calls: LiveCalls, settings: Settings) -> None:
    async with calls.place(settings=settings) as call:
        await call.hears("how can I help")
        await call.says("I swallowed my crown, and I'd like a cleaning.")
        await call.hears(QUESTION)
        said = len(call.said())
        await call.says("No, nobody.")
        await call.until(lambda: len(call.said()) > said)
        assert "nine one one" not in call.said()[-1]
        assert call.said()[-1] != QUESTION
