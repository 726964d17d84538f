"""A call whose stream was lost goes on from the outcome of what was under way."""

import json
from typing import Any

import pytest

from agent.resume import is_repeatable, resume, up_to
from contracts.conversation import FunctionCall, Message

GREETING = "Thank you for calling Maple Street Dental. How can I help you?"
BACK = "Sorry, the line dropped for a moment."


def bot(text: str) -> Message:
    return {"role": "assistant", "content": text}


def caller(text: str) -> Message:
    return {"role": "user", "content": text}


def asked(name: str, number: str = "c1", **arguments: Any) -> Message:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "tool_calls": [{"id": number, "type": "function", "function": function}]}


def gave(content: str, number: str = "c1") -> Message:
    return {"role": "tool", "tool_call_id": number, "content": content}


def test_a_line_that_was_heard_to_its_question_is_said_again() -> None:
    going_on = resume([bot(GREETING), caller("A cleaning."), bot("All right. What day would suit you?")])
    assert going_on.again == "All right. What day would suit you?"
    assert going_on.owed == ()


def test_the_excuse_is_not_said_twice() -> None:
    assert resume([bot(f"{BACK} {GREETING}")]).again == GREETING


@pytest.mark.parametrize("cut", ["All right.", "All right. What day—", "You are booked for Tues"])
def test_a_line_without_its_question_is_made_anew(cut: str) -> None:
    said = [bot(GREETING), caller("A cleaning.")]
    going_on = resume([*said, bot(cut)])
    assert going_on.again is None
    assert list(going_on.messages) == said


def test_a_greeting_that_was_cut_leaves_nothing_to_go_on_from() -> None:
    assert resume([bot("Thank you for calling—")]).messages == ()


def test_asking_whether_somebody_is_there_is_no_question_to_repeat() -> None:
    going_on = resume([bot(GREETING), caller("A cleaning."), bot("What day?"), bot("Are you still there?")])
    assert going_on.again == "What day?"


def test_words_that_filled_a_wait_are_not_said_again() -> None:
    said = [bot(GREETING), caller("Yes."), asked("book_appointment")]
    going_on = resume([*said, bot("Just a moment.")])
    assert list(going_on.messages) == said
    assert [one.id for one in going_on.owed] == ["c1"]


@pytest.mark.parametrize("content", [None, "IN_PROGRESS", "CANCELLED"])
def test_a_write_without_a_result_is_owed_whatever_was_said_since(content: str | None) -> None:
    said = [bot(GREETING), caller("Yes."), asked("book_appointment", slot_id="s1")]
    result = [gave(content)] if content else []
    going_on = resume([*said, *result, bot("Just a moment."), caller("Hello?")])
    assert [(one.name, one.arguments) for one in going_on.owed] == [("book_appointment", {"slot_id": "s1"})]
    assert list(going_on.messages) == [*said, caller("Hello?")]


def test_a_search_is_asked_again_only_while_nobody_has_spoken_since() -> None:
    said = [bot(GREETING), caller("Tuesday."), asked("search_availability")]
    assert [one.id for one in resume(said).owed] == ["c1"]
    going_on = resume([*said, gave("CANCELLED"), caller("Or Wednesday.")])
    assert going_on.owed == ()
    assert list(going_on.messages) == [*said[:2], caller("Or Wednesday.")]


def test_a_result_that_came_late_stands_behind_its_call() -> None:
    said = [bot(GREETING), caller("Yes."), asked("book_appointment"), gave('{"status": "booked"}')]
    late = [*said[:3], bot("Just a moment."), caller("Hello?"), said[3]]
    going_on = resume(late)
    assert going_on.owed == ()
    assert list(going_on.messages) == [*said, caller("Hello?")]


def test_a_call_that_was_written_twice_counts_once() -> None:
    said = [bot(GREETING), caller("Yes."), asked("book_appointment"), gave('{"status": "booked"}')]
    going_on = resume([*said[:3], said[2], said[3]])
    assert list(going_on.messages) == said


def test_how_a_call_ends_is_decided_anew() -> None:
    said = [bot(GREETING), caller("No, thanks."), asked("end_call"), gave('{"status": "ending"}')]
    assert [one.name for one in resume([*said, bot("Good")]).owed] == ["end_call"]
    assert resume([*said, caller("Wait!")]).owed == ()


def test_whoever_comes_back_from_people_is_not_put_through_again() -> None:
    said = [caller("A person, please."), asked("request_person"), gave('{"status": "transferring"}')]
    assert [one.name for one in resume(said).owed] == ["request_person"]
    going_on = resume([*said, bot("One moment, please. I'll put you through.")], came_back=True)
    assert going_on.owed == ()
    assert going_on.messages[-1]["role"] == "tool"


def test_what_was_agreed_to_is_read_off_the_conversation_as_it_was_then() -> None:
    said = [caller("Yes."), asked("book_appointment"), caller("No, wait.")]
    (owed,) = resume(said).owed
    assert up_to(said, owed) == said[:2]


@pytest.mark.parametrize(
    ("name", "arguments", "repeatable"),
    [
        ("book_appointment", {}, True),
        ("call_api", {"method": "GET"}, True),
        ("call_api", {}, True),
        ("call_api", {"method": "post"}, False),
    ],
)
def test_what_has_no_key_is_not_done_twice(name: str, arguments: dict[str, str], repeatable: bool) -> None:
    assert is_repeatable(FunctionCall("c1", name, arguments)) is repeatable
