"""A booking whose outcome the caller has not heard is told before anything else."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.dialogue.policy import Action, next_action
from agent.dialogue.responses import (
    asks_whether_there,
    is_filler,
    language_of,
    say,
    split_filler,
    wordings_of,
)
from contracts.conversation import Message
from contracts.partner import PracticeFacts, PractitionerFacts, ServiceFacts

FACTS = PracticeFacts(
    name="Maple Street Dental",
    timezone="America/New_York",
    services=[ServiceFacts(id="svc_1", name="Cleaning", duration_minutes=30)],
    practitioners=[PractitionerFacts(id="dr_1", name="Dr. Maya Lee")],
)
NOW = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("America/New_York"))
CALLER = "+12025550164"
START = "2026-12-01T14:00:00-05:00"
SPOKEN = "Tuesday the first of December at two p.m."
READ_BACK = f"That's a cleaning with Dr. Maya Lee on {SPOKEN}, for Daniel Reed. Is that right?"
BOOKED = f"You are booked for a cleaning with Dr. Maya Lee on {SPOKEN}"
SLOT = {"slot_id": "S1", "start": START, "spoken": SPOKEN, "practitioner": "Dr. Maya Lee"}
WISH = {"slot_id": "S1", "name": "Daniel Reed", "phone": CALLER}


def bot(text: str) -> Message:
    return {"role": "assistant", "content": text}


def caller(text: str) -> Message:
    return {"role": "user", "content": text}


def ran(number: int, function: str, arguments: dict[str, Any], result: dict[str, Any]) -> list[Message]:
    call = {"name": function, "arguments": json.dumps(arguments)}
    return [
        {"role": "assistant", "tool_calls": [{"id": f"c{number}", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": f"c{number}", "content": json.dumps(result)},
    ]


def booking(status: str, say: str) -> list[Message]:
    search = {
        "status": "ok",
        "when": "tomorrow",
        "say": f"{SPOKEN} is free. Shall I take that?",
        "slots": [SLOT],
    }
    read_back = {
        "status": "read_back",
        "of": "book",
        "say": READ_BACK.removesuffix(" Is that right?"),
        "ask": "Is that right?",
        "start": START,
        "spoken": SPOKEN,
        **WISH,
    }
    return [
        bot("Thank you for calling Maple Street Dental. How can I help you?"),
        caller("I'd like a cleaning tomorrow at two."),
        *ran(1, "search_availability", {"when": "tomorrow at two", "service": "Cleaning"}, search),
        bot(f"{SPOKEN} is free. Shall I take that?"),
        caller("Yes please. My name is Daniel Reed."),
        bot("Can I use the number you're calling from, ending in 0 1 6 4?"),
        caller("Yes."),
        *ran(2, "book_appointment", WISH, read_back),
        bot(READ_BACK),
        caller("Yes, that's right."),
        *ran(3, "book_appointment", WISH, {"status": status, "say": say, "start": START, "spoken": SPOKEN}),
    ]


def answer(messages: list[Message]) -> Action:
    return next_action(messages, FACTS, NOW, CALLER)


@pytest.mark.parametrize(
    "heard", [[], [bot("You're—")], [bot("Let me see.")]], ids=["nothing", "a word", "a filler"]
)
@pytest.mark.parametrize("words", ["Hello?", "", "Yes, that's right.", "Are you there?", "Okay."])
def test_a_booking_that_was_not_heard_is_told_again(heard: list[Message], words: str) -> None:
    move = answer([*booking("booked", BOOKED), *heard, caller(words)])
    assert move.say is not None
    assert move.say.startswith(BOOKED)


def test_it_is_told_before_the_goodbye() -> None:
    move = answer([*booking("booked", BOOKED), caller("Okay, thank you, bye.")])
    assert move.call is not None
    assert move.call.name == "end_call"
    assert move.say is not None
    assert move.say.startswith(BOOKED)
    assert "Goodbye" in move.say


def test_what_was_heard_is_not_told_again() -> None:
    move = answer([*booking("booked", BOOKED), bot(f"{BOOKED} Is there anything—"), caller("No, thank you.")])
    assert "booked" not in str(move.say)


def test_an_outcome_that_is_not_known_is_told_too() -> None:
    unknown = "I've sent the request, and I can't tell yet whether it is booked."
    move = answer([*booking("unknown", unknown), caller("Hello?")])
    assert move.say is not None
    assert move.say.startswith(unknown)


def test_a_filler_is_parted_from_what_has_to_be_said() -> None:
    assert split_filler(f"{BOOKED} Let me see.") == (BOOKED, "Let me see.")
    assert split_filler("Let me see.") == ("", "Let me see.")
    assert split_filler(BOOKED) == (BOOKED, "")


@pytest.mark.parametrize("name", ["looking", "checking", "waiting", "back_again", "silence"])
def test_what_fills_a_wait_is_spanish_for_who_speaks_spanish(name: str) -> None:
    talk: list[Message] = [{"role": "user", "content": "Hola, quisiera una cita para el martes por favor."}]
    words = say(name, 0, language=language_of(talk, "en-US"))
    assert words in wordings_of(name, "es")
    assert words not in wordings_of(name, "en")
    assert is_filler(words) is (name != "silence")
    assert asks_whether_there(words) is (name == "silence")
