"""Calls with OpenAI's model over the Responses API's websocket, and with its faults."""

import pytest
from pydantic import SecretStr

from config.settings import Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from config.vendors import DEFAULT_MODEL, LOCAL, OPENAI
from contracts.conversation import results_of
from tests.fakes.live_call import LiveCall, LiveCalls, quick
from tests.fakes.openai_server import (
    Breaks,
    Calls,
    CutShort,
    Fails,
    Garbage,
    Hangs,
    OpenAIServer,
    Reply,
    Says,
)

pytestmark = pytest.mark.audio


def with_model(vendor: OpenAIServer, *, patience: float = 20.0) -> Settings:
    """Use the vendor's model, and the local speech; a test of a vendor that hangs has less patience."""
    return Settings(
        openai_api_key=SecretStr("sk-test"),
        model=ModelSettings(service=OPENAI, base_url=vendor.base_url, timeout_seconds=patience),
        speech=SpeechSettings(
            stt=LOCAL, tts=LOCAL, turn_wait_seconds=0.05, dictation_wait_seconds=0.1, hearing_seconds=1.0
        ),
        call=quick().call,
    )


def searched(call: LiveCall) -> list[str]:
    return [one.status for one in results_of(call.log.messages) if one.name == "search_availability"]


async def test_the_model_answers_and_calls_functions_over_one_socket(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(
        Calls((("search_knowledge", {"question": "Where can I park?"}),)),
        Says("I don't know that. Shall I take a message?"),
    )
    async with calls.place(settings=with_model(vendor)) as call:
        await call.hears("how can I help")
        await call.says("Where can I park?")
        await call.hears("Shall I take a message?")
        assert [one.status for one in results_of(call.log.messages)] == ["nothing"]
    first, second = vendor.requests
    assert (first["model"], first["store"]) == (DEFAULT_MODEL, False)
    assert (first["reasoning"], first["text"]) == ({"effort": "none"}, {"verbosity": "low"})
    assert first["prompt_cache_key"] == second["prompt_cache_key"]
    assert "Maple Street Dental" in first["instructions"]
    # What the vendor knows already is not sent again.
    assert second["previous_response_id"]
    assert [one["type"] for one in second["input"]] == ["function_call_output"]
    assert vendor.sockets == 1


@pytest.mark.parametrize(
    "failure",
    [
        Fails(500),
        Fails(429, "rate_limit_exceeded"),
        Fails(404, "model_not_found"),
        Hangs(),
        Garbage(),
        Breaks("I can help you with that", 0),
        CutShort("We have many services, for"),
    ],
    ids=repr,
)
async def test_when_the_model_fails_the_receptionist_takes_that_turn(
    calls: LiveCalls, vendor: OpenAIServer, failure: Reply
) -> None:
    vendor.will(*[failure] * 9)
    patience = 2.0 if isinstance(failure, Hangs) else 20.0
    async with calls.place(settings=with_model(vendor, patience=patience)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        assert searched(call) == ["ok"]


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_a_socket_that_is_refused_keeps_nobody_waiting(
    calls: LiveCalls, vendor: OpenAIServer, status: int
) -> None:
    vendor.refuses_sockets = status
    async with calls.place(settings=with_model(vendor, patience=60.0)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")  # at once: with nothing of what a silent vendor is granted


async def test_after_a_failure_the_model_is_asked_again_on_a_fresh_connection(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(Hangs())
    async with calls.place(settings=with_model(vendor, patience=2.0)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning.")
        await call.hears("What day")
        vendor.will(Says("Which day would suit you best?"))
        await call.says("When are you open?")
        await call.hears("would suit you best")
    assert vendor.sockets == 2
    assert "previous_response_id" not in vendor.requests[-1]


async def test_what_the_caller_cut_off_does_not_hold_up_the_next_answer(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(Says("Well, let me tell you about " + "our many services and " * 40, pause_seconds=0.2))
    async with calls.place(settings=with_model(vendor)) as call:
        await call.hears("how can I help")
        await call.says("What do you do?")
        await call.until(lambda: len(vendor.requests) == 1)
        vendor.will(Says("Which day would suit you best?"))
        await call.says("No, when are you open?")
        await call.until(lambda: len(vendor.requests) >= 2)
        await call.hears("would suit you best")
