"""The same guards on the phone as by text: exact words, rounds, no half sentence with silence after it."""

import pytest

from agent.llm.guards import MOST_ROUNDS
from contracts.conversation import results_of
from tests.fakes.live_call import LiveCalls
from tests.fakes.openai_server import Breaks, Calls, OpenAIServer, Says
from tests.integration.test_call_openai import with_key

pytestmark = pytest.mark.audio
SEARCH = ("search_availability", {"when": "tomorrow at two", "service": "Cleaning"})
ANNA = ("book_appointment", {"slot_id": "s1", "name": "Anna Bell", "phone": "caller"})
MOST_REQUESTS = 6


async def test_a_booking_by_phone_takes_few_requests(calls: LiveCalls, vendor: OpenAIServer) -> None:
    vendor.will(
        Calls((SEARCH,)),
        Says("May I have your full name?"),
        Calls((ANNA,)),
        Calls((ANNA,)),
        Calls((("end_call", {"reason": "booked"}),), text="Goodbye, Anna."),
    )
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("is free. Shall I take that?")
        await call.says("Yes please.")
        await call.hears("full name")
        await call.says("Anna Bell, and this number is fine.")
        await call.hears("for Anna Bell. Is that right?")
        assert call.server.bookings == {}
        await call.says("Yes, that's right.")
        await call.hears("You are booked for a cleaning with Dr. Maya Lee")
        await call.hears("anything else")
        await call.says("No thank you, bye.")
        await call.hears("Goodbye, Anna.")
        statuses = [one.status for one in results_of(call.log.messages) if one.name == "book_appointment"]
        assert statuses == ["read_back", "booked"]
        assert len(call.server.bookings) == 1
    assert len(vendor.requests) <= MOST_REQUESTS


async def test_a_model_that_calls_for_ever_is_stopped_on_the_phone(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    question = Calls((("search_knowledge", {"question": "parking"}),))
    vendor.will(*[question] * (3 * MOST_ROUNDS))
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("Where can I park?")
        await call.hears("speak with someone, or leave a message?")
    assert len(vendor.requests) == MOST_ROUNDS


async def test_a_model_that_has_no_end_is_stopped_on_the_phone(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(Says(f"We have many services, {'and more, ' * 900} and so on."))
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        assert "and more" not in " ".join(call.said())


async def test_half_a_sentence_is_not_said_and_the_receptionist_answers(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(Breaks("We are glad to help. You can come on Tuesday and then we", 9))
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning tomorrow at two.")
        await call.hears("two p.m.")
        said = " ".join(call.said())
        assert "glad to help" in said
        assert "You can come on" not in said


async def test_a_caller_whose_answers_are_not_heard_by_a_model_is_offered_a_person(
    calls: LiveCalls, vendor: OpenAIServer
) -> None:
    vendor.will(Says("Shall I book Tuesday at two?"), Says("Once more, shall I book it?"))
    async with calls.place(settings=with_key(vendor)) as call:
        await call.hears("how can I help")
        await call.says("I'd like a cleaning on Tuesday at two.")
        await call.hears("Shall I book")
        await call.says("Yes, I'm here.")
        await call.hears("shall I book it?")
        await call.says("I'm still here.")
        await call.hears("speak with someone, or leave a message?")
