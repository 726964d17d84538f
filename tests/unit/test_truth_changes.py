"""What may be said of a cancellation or a move: what a result of this conversation says."""

import json
from typing import Any

import pytest

from agent.statements.changes import NOT_CANCELLED, NOT_MOVED, NOT_THROUGH
from agent.statements.check import NOT_BOOKED, gate
from contracts.conversation import Message

OLD = {"start": "2026-12-01T14:00:00-05:00", "spoken": "Tuesday the first of December at two p.m."}
NEW = {"start": "2026-12-03T15:00:00-05:00", "spoken": "Thursday the third of December at three p.m."}
OWN = {"booking_id": "bkg_1", "what": "cleaning", "service": "Cleaning", **OLD}
FOUND = ("find_appointments", {"status": "found", "appointments": [OWN]})


def after(*results: tuple[str, dict[str, Any]]) -> list[Message]:
    """A conversation in which functions gave results."""
    messages: list[Message] = [{"role": "user", "content": "Hello"}]
    for place, (name, result) in enumerate(results):
        call = {"id": f"c{place}", "type": "function", "function": {"name": name, "arguments": "{}"}}
        messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        messages.append({"role": "tool", "tool_call_id": f"c{place}", "content": json.dumps(result)})
    return messages


def cancelled(status: str = "cancelled") -> list[Message]:
    return after(FOUND, ("cancel_appointment", {"status": status, "booking_id": "bkg_1", **OLD}))


def moved(status: str = "moved") -> list[Message]:
    result = {"status": status, "booking_id": "bkg_1", **NEW, "from": OLD["start"]}
    return after(FOUND, ("reschedule_appointment", {**result, "appointment": {**OWN, **NEW}}))


CANCELLED = [
    "Your appointment is cancelled.",
    "I've cancelled your appointment.",
    "Okay, I cancelled it for you.",
    "It's been cancelled.",
    "That is now canceled, Anna.",
    "Cancelled!",
    "Your cleaning on Tuesday the first of December at two p.m. is cancelled.",
    "I've taken you off the schedule for Tuesday.",
    "You're no longer booked on Tuesday.",
    "The appointment on Tuesday has been successfully cancelled.",
]
MOVED = [
    "Your appointment has been moved to Thursday the third of December at three p.m.",
    "I've moved you to Thursday at three p.m.",
    "I have rescheduled your cleaning.",
    "Your cleaning is moved from Tuesday the first at two p.m. to Thursday the third at three p.m.",
    "It's rescheduled.",
    "Great, rescheduled.",
    "I've changed it to Thursday.",
]
NEITHER = [
    "I can cancel it, if you like.",
    "Shall I cancel it?",
    "It isn't cancelled yet.",
    "Has it been moved?",
    "I haven't moved your appointment.",
    "Would you like your appointment to be moved?",
    "Appointments cancelled with less than a day's notice may be charged.",
    "We have moved to Maple Street.",
    "I'll move it once you agree.",
    "Before it is cancelled, may I have your name?",
]


@pytest.mark.parametrize("sentence", CANCELLED)
def test_a_cancellation_is_claimed_only_after_it(sentence: str) -> None:
    assert gate(sentence, after(FOUND)) == NOT_CANCELLED
    assert gate(sentence, moved()) == NOT_CANCELLED
    assert gate(sentence, cancelled("refused")) == NOT_CANCELLED
    assert gate(sentence, cancelled("unknown")) == gate(sentence, cancelled("pending")) == NOT_THROUGH
    assert gate(sentence, cancelled()) == sentence


@pytest.mark.parametrize("sentence", MOVED)
def test_a_move_is_claimed_only_after_it(sentence: str) -> None:
    assert gate(sentence, after(FOUND)) == NOT_MOVED
    assert gate(sentence, cancelled()) == NOT_MOVED
    assert gate(sentence, moved("taken")) == NOT_MOVED
    assert gate(sentence, moved("unknown")) == NOT_THROUGH
    assert gate(sentence, moved()) == sentence


@pytest.mark.parametrize("sentence", NEITHER)
def test_what_claims_neither_is_let_through(sentence: str) -> None:
    assert gate(sentence, after(FOUND)) == sentence


def test_another_appointment_than_the_one_is_not_said_to_be_cancelled() -> None:
    assert gate("Your appointment on Wednesday is cancelled.", cancelled()) == NOT_CANCELLED
    assert gate("Your appointment is moved to Friday at three p.m.", moved()) == NOT_MOVED


def test_an_appointment_that_was_found_may_be_named_until_it_is_cancelled() -> None:
    sentence = "You have an appointment on Tuesday the first of December at two p.m."
    assert gate(sentence, after(FOUND)) == sentence
    assert gate(sentence, after()) == NOT_BOOKED
    assert gate(sentence, cancelled()) == NOT_BOOKED
    assert gate("Your appointment is on Thursday at three p.m.", moved()) == (
        "Your appointment is on Thursday at three p.m."
    )
    assert gate("You're booked for Wednesday at two p.m.", after(FOUND)) == NOT_BOOKED


def test_all_done_is_true_of_a_change_too() -> None:
    for sentence in ("All done.", "You're all set.", "That's taken care of."):
        assert gate(sentence, cancelled()) == gate(sentence, moved()) == sentence
        assert gate(sentence, after(FOUND)) == NOT_BOOKED
    assert gate("You're booked.", cancelled()) == NOT_BOOKED
