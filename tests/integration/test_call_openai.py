"""Calls with a model behind Chat Completions, by a server that behaves like it, and fails when told."""

import time

import pytest
from pydantic import SecretStr

from agent.dialogue.responses import is_filler, wordings_of
from agent.statements.check import NOTHING_DONE
from config.settings import CallSettings, Settings
from config.vendor_settings import ModelSettings, SpeechSettings
from config.vendors import DEFAULT_MODEL, LOCAL
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
)

pytestmark = pytest.mark.audio

LONGEST_SILENCE_SECONDS = 3.0
"""Before the caller hears anything, if only that they are to wait."""


def with_key(vendor: OpenAIServer, *, patience: float = 20.0) -> Settings:
    """Use the vendor's model, by Chat Completions; a test of a vendor that hangs has less patience."""
    return Settings(
        openai_api_key=SecretStr("sk-test"),
        model=ModelSettings(base_url=vendor.base_url, timeout_seconds=patience),
        speech=SpeechSettings(stt=LOCAL, tts=LOCAL, turn_wait_seconds=0.05, dictation_wait_seconds=0.1),
        call=quick().call,
    )


def searched(call: LiveCall) -> list[str]:
    return [one.status for one in results_of(call.log.messages) if one.name == "search_availability"]


async def test_the_model_answers_and_calls_functions(calls: LiveCalls, vendor: OpenAIServer) -> None:
    vendor.will(
        Calls((("search_availability", {"when": "tomorrow at two", "service": "Cleaning"}),)),
    )
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("Shall I take that?")
        assert searched(call) == ["ok"]
    first = vendor.requests[0]
    assert first["model"] == DEFAULT_MODEL
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
    patience = 2.0 if isinstance(failure, Hangs) else 20.0
    async with calls.place(settings=with_key(vendor, patience=patience)) as call:
        await call.hears("how can I help")
        vendor.script.extend([failure] * 6)
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        assert searched(call)[-1] == "ok"


async def test_a_model_that_drips_is_answered_for_and_its_half_sentence_is_not_heard(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(Says("What day and what time of it would suit you best for that", pause_seconds=0.5))
    settings = with_key(vendor, patience=2.0)
    settings = settings.model_copy(update={"call": quick(thinking_seconds=1.0).call})
    async with calls.place(settings=settings) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        assert "would suit you best" not in " ".join(call.said())
        assert is_filler(call.said()[1]), "words that make no sentence are not heard"


@pytest.mark.parametrize(
    ("words", "language", "answer"),
    [
        ("I'd like a cleaning tomorrow at two.", "en", "two p.m."),
        ("Hola, quisiera una cita para el martes por favor.", "es", "hablo muy poco"),
    ],
)
async def test_whoever_waits_for_the_model_hears_so_before_they_wonder(
    calls: LiveCalls, vendor: OpenAIServer, words: str, language: str, answer: str
) -> None:
    vendor.will(Hangs())
    settings = with_key(vendor, patience=2.0)
    settings = settings.model_copy(update={"call": quick(thinking_seconds=0.2).call})
    async with calls.place(settings=settings) as call:
        await call.hears("how can I help")
        await call.says(words)
        await call.hears(answer)
        waited = " ".join(call.said()[1:]).partition(answer)[0]
        assert any(one in waited for one in wordings_of("checking", language))


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(
            Calls((("search_availability", {"when": "tomorrow at two", "service": "Cleaning"}),)),
            id="then it does",
        ),
        pytest.param(Says("One moment, please."), id="then it says so again"),
    ],
)
async def test_a_model_that_says_it_looks_and_does_not_leaves_nobody_in_silence(
    calls: LiveCalls, vendor: OpenAIServer, then: Reply
) -> None:
    vendor.will(Says("Let me look at the calendar."), then)
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.", seconds=60)
        assert "Let me look at the calendar." in " ".join(call.said())
        assert searched(call)[-1] == "ok"


async def test_a_vendor_that_is_down_is_left_alone_after_a_while(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    settings = with_key(vendor)
    model = settings.model.model_copy(update={"breaker_failures": 2})
    settings = settings.model_copy(update={"model": model})
    async with calls.place(settings=settings) as call:
        await call.hears("how can I help")
        asked = []
        for words in ("I'd like a cleaning.", "Tomorrow at two.", "Yes, please.", "My name is Ann Bell."):
            before = len(call.said())
            vendor.script.extend([Fails(500)] * 6)
            await call.says(words)
            await call.until(lambda before=before: len(call.said()) > before)  # type: ignore[misc] # bound now
            asked.append(len(vendor.requests))
        assert 0 < asked[0] <= asked[1] == asked[-1], "the receptionist answers, and nobody is asked"


async def test_on_a_models_bad_day_the_caller_is_answered_each_time_and_hears_one_apology_at_most(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    """It hangs, answers 500 and drips in one call, with the settings as they are in the field."""
    settings = with_key(vendor, patience=ModelSettings().timeout_seconds)
    settings = settings.model_copy(update={"call": CallSettings()})
    drips = Says("What day and what time of it would suit you best for that?", pause_seconds=0.7)
    async with calls.place(settings=settings) as call:
        await call.hears("how can I help")
        for words, failures in (
            ("I'd like a cleaning.", [drips]),  # three failures, and it is left alone
            ("Tomorrow at two.", [Hangs()]),
            ("Yes, please.", [Fails(500)] * 3),
            ("My name is Ann Bell.", [Hangs()]),
        ):
            before = len(call.said())
            vendor.script.clear()
            vendor.script.extend([*failures, *[Fails(500)] * 5])
            await call.says(words)
            spoke = time.monotonic()
            await call.until(lambda: call.agent.speaking, seconds=10)
            assert time.monotonic() - spoke < LONGEST_SILENCE_SECONDS
            await call.until(
                lambda before=before: bool(call.said()[before:]) and call.said()[-1].endswith("?"),  # type: ignore[misc] # bound now
                seconds=10,
            )
        heard = " ".join(call.said()).lower()
        assert heard.count("sorry") <= 1, heard
        assert "suit you best for that" not in heard


async def test_an_end_that_the_model_asks_for_in_vain_leaves_nobody_in_silence(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(Calls((("end_call", {}),)))  # without its reason, and then the model fails
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("No, that's all, thank you.")
        await call.hears("still there")


async def test_a_booking_that_the_model_made_up_is_not_spoken(calls: LiveCalls, vendor: OpenAIServer) -> None:
    claim = "You're booked for tomorrow at two p.m."
    vendor.will(Says(f"Great news. {claim} See you then!"), Says(f"{claim} See you then!"))
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears(NOTHING_DONE)
        assert call.said()[-1] == f"Great news. {NOTHING_DONE}"
    assert not call.server.bookings
    told = vendor.requests[1]["messages"][-1]["content"]
    assert 'You have said so far: "Great news."' in told
    assert f'This was not said: "{claim}", because' in told
