"""When functions speak for themselves, and when the model has to put their results into words."""

import json
from typing import Any

import pytest

from agent.llm.exact_words import ANYTHING_ELSE, SEVERAL, exact_words
from contracts.conversation import Message

OFFERS: dict[str, Any] = {"status": "ok", "say": "I have ten. Which suits you?", "slots": [{"slot_id": "x"}]}
BOOKED = {"status": "booked", "say": "You are booked."}


def ran(*functions: tuple[str, dict[str, Any]]) -> list[Message]:
    calls = [
        {"id": f"c{place}", "type": "function", "function": {"name": name, "arguments": "{}"}}
        for place, (name, _) in enumerate(functions)
    ]
    results = [
        {"role": "tool", "tool_call_id": f"c{place}", "content": json.dumps(result)}
        for place, (_, result) in enumerate(functions)
    ]
    return [
        {"role": "user", "content": "?"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        *results,
    ]


def read_back(key: str) -> tuple[str, dict[str, Any]]:
    result = {"status": "read_back", "say": f"That's {key}.", "ask": "Is that right?", "intent": key}
    return "book_appointment", result


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ([("search_availability", OFFERS)], "I have ten. Which suits you?"),
        ([("book_appointment", BOOKED)], f"You are booked. {ANYTHING_ELSE}"),
        ([read_back("A")], "That's A. Is that right?"),
        ([read_back("A"), read_back("B")], f"That's A. That's B. {SEVERAL}"),
        ([read_back("A"), read_back("A")], "That's A. Is that right?"),
        ([("write_to_memory", {"status": "written"}), read_back("A")], "That's A. Is that right?"),
        ([("request_person", {"status": "transferring", "say": "One moment."})], "One moment."),
        ([("end_call", {"status": "ending"})], ""),
    ],
)
def test_functions_speak(functions: list[tuple[str, dict[str, Any]]], words: str) -> None:
    assert exact_words(ran(*functions)) == words


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user", "content": "Hi"}],
        [*ran(("search_availability", OFFERS)), {"role": "user", "content": "Yes"}],
        [*ran(("search_availability", OFFERS)), {"role": "assistant", "content": OFFERS["say"]}],
        ran(("search_availability", OFFERS), ("search_availability", OFFERS)),
        ran(("search_availability", OFFERS), ("search_knowledge", {"status": "ok"})),
        ran(("search_availability", OFFERS | {"ignored": "noonish"})),
        ran(("search_availability", {"status": "ask", "say": "Which day?"})),
        ran(("book_appointment", {"status": "not_agreed"})),
        ran(("book_appointment", {"status": "invalid", "say": "Your name?"})),
        ran(("write_to_memory", {"status": "written"})),
        ran(("send_sms", {"status": "ok", "say": "Sent."})),
    ],
    ids=[
        "nothing",
        "words",
        "answered since",
        "said already",
        "two offers",
        "facts beside",
        "words that were not used",
        "a question that may be answered",
        "no agreement",
        "a detail that is missing",
        "nothing to say",
        "a function that there is not",
    ],
)
def test_the_model_puts_it_into_words(messages: list[Message]) -> None:
    assert exact_words(messages) is None


def test_words_that_filled_the_wait_do_not_hide_what_was_done() -> None:
    waited: Message = {"role": "assistant", "content": "One moment, let me look."}
    said: Message = {"role": "assistant", "content": "You are booked. One moment, let me look."}
    asked = ran(("book_appointment", BOOKED))
    assert (
        exact_words([*asked, waited])
        == exact_words([*asked[:2], waited, asked[2]])
        == f"You are booked. {ANYTHING_ELSE}"
    )
    assert exact_words([*asked, said]) is None
