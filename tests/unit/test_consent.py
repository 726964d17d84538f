"""Whether a read-back was heard and agreed to, read off the messages alone."""

import json
from typing import Any

import pytest

from contracts.conversation import ADDED_BY, Message, calls_of, results_of, sentence_of, text_of
from tools.consent import consent, not_agreed, read_back

START = "2026-12-09T10:00:00-05:00"
SAY = "That's a cleaning with Dr. Lee on Wednesday the ninth of December at ten a.m., for Anna Bell."
VALUES = {"start": START, "name": "Anna Bell", "service": "Cleaning", "practitioner": "Dr. Lee", "phone": ""}
RESULT = read_back("book", "cs-1", SAY, "Is that right?", VALUES)
HEARD = sentence_of(RESULT)
OTHER = read_back("book", "cs-2", SAY.replace("Anna", "Ben"), "Is that right?", VALUES | {"name": "Ben Bell"})
AGAIN = "It's one hundred forty dollars. Shall I book Wednesday the ninth at ten?"


def called(*results: dict[str, Any]) -> list[Message]:
    """Calls of one answer of the model, and what they gave."""
    ids = [f"c{id(one)}{place}" for place, one in enumerate(results)]
    function = {"name": "book_appointment", "arguments": "{}"}
    calls = [{"id": one, "type": "function", "function": function} for one in ids]
    gave = [
        {"role": "tool", "tool_call_id": one, "content": json.dumps(result)}
        for one, result in zip(ids, results, strict=True)
    ]
    return [{"role": "assistant", "content": None, "tool_calls": calls}, *gave]


def bot(text: str) -> Message:
    return {"role": "assistant", "content": text}


def caller(text: str) -> Message:
    return {"role": "user", "content": text}


def test_a_read_back_that_was_heard_and_agreed_to_is_consent() -> None:
    assert consent([*called(RESULT), bot(HEARD), caller("Yes.")], "cs-1") == "agreed"


@pytest.mark.parametrize(
    ("messages", "state"),
    [
        ([], "not_heard"),
        ([bot(HEARD), caller("Yes.")], "not_heard"),
        ([*called(RESULT), caller("Yes.")], "not_heard"),
        ([*called(RESULT), bot("That's a cleaning with Dr. Lee on Wednesday—"), caller("Yes.")], "not_heard"),
        ([*called(RESULT), bot(SAY.removesuffix(", for Anna Bell.")), caller("Yes.")], "not_heard"),
        ([*called(RESULT), bot("So Wednesday the ninth at ten, right?"), caller("Yes.")], "not_heard"),
        ([*called(RESULT), bot(HEARD.replace("ten", "eleven")), caller("Yes.")], "not_heard"),
        ([*called(RESULT), {**bot(HEARD), ADDED_BY: "c"}, caller("Yes.")], "not_heard"),
        ([*called(RESULT), bot(HEARD)], "not_answered"),
        ([*called(RESULT), bot(HEARD), {**caller("Yes."), ADDED_BY: "c"}], "not_answered"),
        ([*called(RESULT), bot(HEARD), caller("")], "open"),
        ([*called(RESULT), bot(HEARD), caller("How much is it?")], "open"),
        ([*called(RESULT), bot(HEARD), caller("No.")], "refused"),
        ([*called(RESULT), bot(HEARD), caller("Yes."), caller("No, wait.")], "refused"),
        ([*called(OTHER), bot(sentence_of(OTHER)), caller("Yes.")], "not_heard"),
        ([*called(RESULT | {"status": "ok"}), bot(HEARD), caller("Yes.")], "not_heard"),
        ([bot(HEARD), caller("Yes."), *called(RESULT)], "not_heard"),
        ([*called(RESULT), bot(HEARD), caller("Yes."), *called(RESULT)], "not_heard"),
    ],
    ids=[
        "nothing",
        "no read-back",
        "not spoken",
        "cut off",
        "without the name",
        "in other words",
        "another time",
        "put in from outside",
        "not answered",
        "an answer from outside",
        "not understood",
        "a question",
        "refused",
        "taken back in the same breath",
        "another intent",
        "another status",
        "answered before",
        "read back again since",
    ],
)
def test_anything_less_is_not(messages: list[Message], state: str) -> None:
    assert consent(messages, "cs-1") == state


@pytest.mark.parametrize("heard", [HEARD, f"{SAY} Is—", f"I said: {HEARD}", HEARD.replace(" ", "  ").upper()])
def test_it_was_heard_whole_when_every_detail_was(heard: str) -> None:
    assert consent([*called(RESULT), bot(heard), caller("Yes.")], "cs-1") == "agreed"


def test_a_read_back_in_two_parts_was_heard() -> None:
    parts = [bot(SAY), bot("Is that right?")]
    assert consent([*called(RESULT), *parts, caller("Yes.")], "cs-1") == "agreed"


@pytest.mark.parametrize(
    ("doubt", "between", "state"),
    [
        ("Hmm wait, what does a cleaning cost first?", AGAIN, "agreed"),
        ("How much is it?", "It's one hundred forty dollars. Shall I text you the address?", "refused"),
        ("How much is it?", "It's one hundred forty dollars.", "refused"),
        ("How much is it?", AGAIN.replace("ten", "eleven"), "refused"),
        ("Hold on.", "Take your time.", "agreed"),
        ("", "Sorry, I didn't catch that.", "agreed"),
        ("Hold on.", "Shall I look for Friday?", "refused"),
        ("No, it's Hannah.", AGAIN, "refused"),
        ("No.", "Wednesday the ninth at ten, then?", "refused"),
        ("I'm not sure.", HEARD, "agreed"),
        ("No.", HEARD, "agreed"),
    ],
)
def test_one_doubt_does_not_void_every_later_yes(doubt: str, between: str, state: str) -> None:
    messages = [*called(RESULT), bot(HEARD), caller(doubt), bot(between), caller("Yes, go ahead.")]
    assert consent(messages, "cs-1") == state


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("Yes. And can my husband come right after me? He needs a cleaning as well.", "agreed"),
        ("Yes, and one for my daughter, same day if possible.", "agreed"),
        ("Yes, thank you. Oh and he's a bit hard of hearing.", "agreed"),
        ("Yes. Where do I park?", "agreed"),
        ("Yes, it's right, I told you already.", "agreed"),
        ("Yes. Do you take Cigna?", "open"),
        ("Yes. How much is it?", "open"),
        ("Yes. Can my husband come instead of me?", "refused"),
        ("Yes. Can I come at eleven?", "refused"),
        ("Yes, if my insurance covers it.", "refused"),
        ("Okay, and can my husband come after me?", "refused"),
    ],
)
def test_what_is_said_behind_a_clear_yes_leaves_it_one_or_does_not(answer: str, state: str) -> None:
    assert consent([*called(RESULT), bot(HEARD), caller(answer)], "cs-1") == state


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("Yes, and the other one too.", "agreed"),
        ("Yes please, and leave the afternoon one.", "agreed"),
        ("Yes please, and leave the morning one.", "refused"),
        ("Yes, and book another one.", "refused"),
    ],
)
def test_a_yes_to_cancelling_may_speak_of_other_visits(answer: str, state: str) -> None:
    result = read_back("cancel", "cs-1", SAY, "Shall I cancel it?", VALUES)
    assert consent([*called(result), bot(sentence_of(result)), caller(answer)], "cs-1") == state


def test_two_read_backs_of_one_turn_are_agreed_to_with_one_yes() -> None:
    heard = bot(f"{RESULT['say']} {sentence_of(OTHER)}")
    messages = [*called(RESULT, OTHER), heard, caller("Yes, both are right, thank you.")]
    assert [consent(messages, one) for one in ("cs-1", "cs-2")] == ["agreed", "agreed"]
    messages = [*called(RESULT, OTHER), bot(HEARD), caller("Yes.")]
    assert [consent(messages, one) for one in ("cs-1", "cs-2")] == ["agreed", "not_heard"]


def test_a_later_read_back_takes_the_place_of_an_earlier_one() -> None:
    first = [*called(RESULT), bot(HEARD), caller("No, for Ben.")]
    messages = [*first, *called(OTHER), bot(sentence_of(OTHER)), caller("Yes.")]
    assert [consent(messages, one) for one in ("cs-1", "cs-2")] == ["not_heard", "agreed"]


def test_a_yes_is_taken_back_by_what_comes_after_it() -> None:
    messages = [*called(RESULT), bot(HEARD), caller("Yes."), bot("Anything else I should note?")]
    assert consent([*messages, caller("Actually, cancel that.")], "cs-1") == "refused"


@pytest.mark.parametrize("result", [RESULT | {"start": "?"}, RESULT | {"of": "sell"}, RESULT | {"say": ""}])
def test_a_read_back_that_cannot_be_read_is_agreed_to_by_nothing(result: dict[str, Any]) -> None:
    assert consent([*called(result), bot(HEARD), caller("Yes.")], "cs-1") != "agreed"


def test_the_model_is_told_what_to_do_once_a_turn() -> None:
    messages = [*called(RESULT), bot(HEARD), caller("No, it's Hannah.")]
    told = not_agreed(messages, "cs-1", consent(messages, "cs-1"))
    assert told is not None
    assert told["status"] == "not_agreed"
    assert not_agreed([*messages, *called(told)], "cs-1", "refused") is None
    assert not_agreed(messages, "cs-1", "not_heard") is None


def test_messages_are_read_whatever_their_shape() -> None:
    assert text_of({"role": "user", "content": [{"type": "text", "text": "a"}, {"text": "b"}, 3]}) == "a b"
    assert text_of({"role": "assistant", "content": None}) == ""
    odd: Message = {
        "role": "assistant",
        "tool_calls": [{"id": "x", "function": {"name": "f", "arguments": "{"}}],
    }
    assert calls_of(odd)[0].arguments == {}
    (found,) = results_of([odd, {"role": "tool", "tool_call_id": "x", "content": "[]"}])
    assert (found.name, found.result, found.status) == ("f", {}, "")
    (orphan,) = results_of([{"role": "tool", "tool_call_id": "?", "content": '{"status": "ok"}'}])
    assert (orphan.name, orphan.status) == ("", "ok")
