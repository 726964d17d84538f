"""Whatever a conversation holds, the receptionist has an honest next move."""

import itertools
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.receptionist.policy import Action, next_action
from agent.receptionist.questions import Ask, asked_in
from agent.statements.check import gate
from contracts.conversation import Message
from contracts.partner import PracticeFacts
from language.sentences import split_sentences
from tests.fakes.practice_api import CALLER, FACTS, NOW

SLOTS: list[dict[str, Any]] = [
    {
        "slot_id": "s1",
        "start": "2026-12-01T14:00:00-05:00",
        "spoken": "Tuesday the first of December at two p.m.",
        "practitioner": "Dr. Maya Lee",
    },
    {
        "slot_id": "s2",
        "start": "2026-12-02T09:30:00-05:00",
        "spoken": "Wednesday the second of December at nine thirty a.m.",
        "practitioner": None,
    },
]
RESULTS: list[dict[str, Any]] = [
    {"status": "ok", "when": "Tuesday", "slots": SLOTS, "more": True},
    {"status": "ok", "when": "Tuesday", "slots": SLOTS[:1], "asked_time_is_free": True},
    {"status": "none", "reason": "full", "say": "I'm sorry, there's nothing free then.", "slots": SLOTS},
    {"status": "none", "reason": "closed", "say": "I'm sorry, we're closed then.", "slots": []},
    {"status": "ask", "say": "Which day would suit you?"},
    {"status": "unavailable", "say": "I'm sorry, I can't reach our calendar just now."},
    {
        "status": "read_back",
        "read_back": "That's Tuesday the first of December at two p.m., for Anna Bell. Is that right?",
        **SLOTS[0],
    },
    {
        "status": "booked",
        "say": "You're booked: a cleaning on Tuesday the first of December at two p.m.",
        **SLOTS[0],
    },
    {"status": "taken", "say": "I'm sorry, that time has just been taken.", "slots": SLOTS},
    {"status": "pending", "say": "I've asked for it. It isn't booked yet."},
    {"status": "unknown", "say": "I can't tell you yet whether it is booked."},
    {"status": "refused", "say": "I'm sorry, nothing is booked."},
    {"status": "invalid", "field": "phone", "say": "Could you say the number again?"},
    {"status": "invalid", "error": "when: field required"},
    {"status": "taken_down", "say": "Thank you, I've passed your message on."},
    {"status": "not_possible", "say": "I'm sorry, I can't put you through just now."},
    {"status": "ok", "passages": [{"text": "There is a car park.", "file": "a.md", "heading": "Parking"}]},
    {"status": "nothing"},
    {},
]
UTTERANCES = [
    "",
    "yes",
    "no",
    "a cleaning",
    "Tuesday at two",
    "the first one",
    "Anna Bell",
    "202 555 0177",
    "five five five",
    "I don't know",
    "what?",
    "never mind",
    "something later",
    "my tooth hurts",
    "can I talk to a person",
    "leave a message",
    "where do I park?",
    "hold on",
    "thanks",
    "cancel my appointment",
    "is Dr. Lee there?",
    "no it's Bell with two l's",
    "make it three",
    "how long does it take?",
    "are you a robot?",
]
FUNCTIONS = [
    "search_availability",
    "book_appointment",
    "search_knowledge",
    "take_message",
    "request_person",
    "something_else",
]
ARGUMENTS = [
    {},
    {"when": "Tuesday", "service": "cleaning"},
    {"slot_id": "s1", "name": "Anna Bell", "phone": CALLER},
    {"text": "call me"},
    {"question": "parking?"},
]

said = st.sampled_from(UTTERANCES) | st.text(max_size=60)
user = said.map(lambda text: [{"role": "user", "content": text}])
assistant = st.sampled_from(
    [
        "What day and time would suit you?",
        "I have 2 PM on Tuesday. Does that work?",
        "May I have your name?",
        "Okay.",
        "Is that right?",
        "I have Tuesday the fi",
        "",
    ]
).map(lambda text: [{"role": "assistant", "content": text}])


def _exchange(name: str, arguments: dict[str, Any] | str, result: Any, answered: bool) -> list[Message]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": text}}
    messages: list[Message] = [{"role": "assistant", "content": None, "tool_calls": [call]}]
    if answered:
        messages.append(
            {
                "role": "tool",
                "tool_call_id": "c1",
                "content": result if isinstance(result, str) else json.dumps(result),
            }
        )
    return messages


exchange = st.builds(
    _exchange,
    st.sampled_from(FUNCTIONS),
    st.sampled_from(ARGUMENTS) | st.just("{broken"),
    st.sampled_from(RESULTS)
    | st.sampled_from(["IN_PROGRESS", "[1]", "null", '{"slots": 3, "status": ["x"]}']),
    st.booleans(),
)
conversations = st.lists(user | assistant | exchange, max_size=10).map(
    lambda parts: [message for part in parts for message in part]
)
several = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def _move(
    messages: list[Message], caller_number: str | None = CALLER, facts: PracticeFacts = FACTS
) -> Action:
    return next_action(messages, facts, NOW, caller_number)


@several
@given(conversations, st.sampled_from([None, CALLER, "anonymous"]), st.booleans())
def test_every_conversation_has_a_next_move(
    messages: list[Message], caller_number: str | None, bare: bool
) -> None:
    facts = PracticeFacts(name="Bare Bones Clinic") if bare else FACTS
    move = _move(messages, caller_number, facts)
    ended = messages and messages[-1]["role"] == "tool"
    assert ended or not move.is_silent
    assert move.say is None or move.say.strip()
    assert move.say is None or len(move.say) < 1500


@several
@given(conversations)
def test_the_same_conversation_gives_the_same_move_from_its_record(messages: list[Message]) -> None:
    assert _move(messages) == _move(json.loads(json.dumps(messages)))


@several
@given(conversations)
def test_nothing_that_is_said_is_stopped_by_the_gate(messages: list[Message]) -> None:
    move = _move(messages)
    for sentence in split_sentences(move.say or ""):
        assert gate(sentence, messages) == sentence or _is_foreign(sentence, messages)


def _is_foreign(sentence: str, messages: list[Message]) -> bool:
    """Words of a function's result, or of another model, that are only repeated are not ours."""
    return any(sentence[:40] in str(message.get("content")) for message in messages) or sentence.startswith(
        ("I said:", "Once more:")
    )


@several
@given(
    st.lists(user | assistant, max_size=12).map(lambda parts: [message for part in parts for message in part])
)
def test_without_a_booked_result_nothing_is_claimed(messages: list[Message]) -> None:
    words = (_move(messages).say or "").lower()
    assert "you're booked" not in words
    assert "is booked" not in words.replace("nothing is booked", "")


@settings(max_examples=40)
@given(st.lists(said, min_size=8, max_size=16))
def test_no_question_is_asked_for_ever(texts: list[str]) -> None:
    messages: list[Message] = []
    asked: list[tuple[Ask, bool]] = []
    for text in texts:
        for _ in range(6):
            move = _move(messages)
            message: Message = {"role": "assistant", "content": move.say}
            messages.append(message)
            if move.say:
                asked.append((asked_in(move.say), True))
            if move.call is None:
                break
            if move.call.name == "end_call":
                return
            call = {
                "id": move.call.id,
                "type": "function",
                "function": {"name": move.call.name, "arguments": json.dumps(move.call.arguments)},
            }
            message["tool_calls"] = [call]
            messages.append(
                {"role": "tool", "tool_call_id": move.call.id, "content": json.dumps({"status": "nothing"})}
            )
        messages.append({"role": "user", "content": text})
    exact = Counter(
        str(one["content"])
        for one in messages
        if one["role"] == "assistant" and one["content"] and one["content"].endswith("?")
    )
    spoken = [str(one["content"]) for one in messages if one["role"] == "assistant" and one["content"]]
    assert all(first != second for first, second in itertools.pairwise(spoken))
    assert max(exact.values(), default=0) <= 6


@pytest.mark.parametrize("text", ["qwerty", "", "the the the", "uh"])
@pytest.mark.parametrize(
    "question",
    [
        "What day and time would suit you?",
        "What's your full name, please?",
        "What would you like to come in for?",
    ],
)
def test_a_question_is_asked_at_most_three_times_before_help_is_offered(text: str, question: str) -> None:
    messages: list[Message] = [
        {"role": "user", "content": "I'd like a cleaning"},
        {"role": "assistant", "content": question},
    ]
    first = asked_in(question)
    asks = [first]
    for _ in range(6):
        messages.append({"role": "user", "content": text})
        move = _move(messages)
        asks.append(asked_in(move.say or ""))
        if move.call is not None:
            break
        messages.append({"role": "assistant", "content": move.say})
    assert asks.count(first) <= 3
    assert Ask.PERSON_OR_MESSAGE in asks or move.call is not None


def test_an_empty_conversation_opens_with_the_greeting() -> None:
    move = _move([])
    assert (
        move.say
        == "Thank you for calling Maple Street Dental. This is the automated assistant. How can I help you?"
    )
    assert _move([{"role": "system", "content": "x"}]).say == move.say


def test_a_call_without_its_result_is_made_again() -> None:
    messages = _exchange("book_appointment", ARGUMENTS[2], {}, answered=False)
    move = _move([{"role": "user", "content": "yes"}, *messages])
    assert move.call is not None
    assert (move.call.name, move.call.arguments) == ("book_appointment", ARGUMENTS[2])


def test_after_a_gap_the_last_question_is_asked_anew() -> None:
    messages: list[Message] = [
        {"role": "user", "content": "a cleaning"},
        {"role": "assistant", "content": "What day and"},
    ]
    assert (_move(messages).say or "").startswith("Sorry, I lost you for a moment. ")
    assert asked_in(_move(messages).say or "") is Ask.WHEN


def test_words_that_fill_the_time_of_a_call_do_not_hide_its_result() -> None:
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday"},
        *_exchange("search_availability", ARGUMENTS[1], RESULTS[0], answered=True),
        {"role": "assistant", "content": "One moment, let me look."},
    ]
    assert "Tuesday the first of December" in (_move(messages).say or "")


def test_slots_that_the_caller_never_heard_are_not_agreed_to() -> None:
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday"},
        *_exchange("search_availability", ARGUMENTS[1], RESULTS[0], answered=True),
        {"role": "assistant", "content": "Let me"},
        {"role": "user", "content": "yes"},
    ]
    assert asked_in(_move(messages).say or "") is Ask.SLOT


def test_a_single_slot_that_the_caller_never_heard_is_not_agreed_to() -> None:
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday at two"},
        *_exchange("search_availability", ARGUMENTS[1], RESULTS[1], answered=True),
        {"role": "assistant", "content": "Let me"},
        {"role": "user", "content": "yes"},
    ]
    assert asked_in(_move(messages).say or "") is Ask.SLOT


def test_only_the_free_time_that_was_asked_for_is_offered_again() -> None:
    result = {
        "status": "ok",
        "slots": SLOTS,
        "asked_time_is_free": True,
        "say": f"{SLOTS[0]['spoken']} is free. Shall I take that?",
    }
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday at two"},
        *_exchange("search_availability", ARGUMENTS[1], result, answered=True),
        {"role": "assistant", "content": result["say"]},
        {"role": "user", "content": ""},
    ]
    words = _move(messages).say or ""
    assert "two p.m." in words
    assert "nine thirty" not in words


def test_side_questions_do_not_bring_a_question_more_than_three_times() -> None:
    messages: list[Message] = [
        {"role": "user", "content": "a cleaning on Tuesday at two"},
        *_exchange("search_availability", ARGUMENTS[1], RESULTS[1], answered=True),
        {
            "role": "assistant",
            "content": "Tuesday the first of December at two p.m. is free. Shall I take that?",
        },
        {"role": "user", "content": "yes"},
    ]
    asks = []
    for _ in range(6):
        words = _move(messages).say
        asks.append(asked_in(words or ""))
        messages += [
            {"role": "assistant", "content": words},
            {"role": "user", "content": "What are your hours?"},
        ]
    assert asks.count(Ask.NAME) == 3
    assert Ask.PERSON_OR_MESSAGE in asks


@pytest.mark.parametrize(
    "text", ["Maple Street Dental.", "Is this Maple Street Dental?", "I'd like to see Dr. Haddad."]
)
def test_our_own_names_are_not_the_callers(text: str) -> None:
    messages: list[Message] = [
        {"role": "user", "content": "a message please"},
        {"role": "assistant", "content": "What should I tell them?"},
        {"role": "user", "content": "Please call me about my bill."},
        {"role": "assistant", "content": "What's your full name, please?"},
        {"role": "user", "content": text},
    ]
    assert asked_in(_move(messages).say or "") is not Ask.CALLER_PHONE


def test_words_that_only_tend_the_line_leave_the_question_standing() -> None:
    messages: list[Message] = [
        {"role": "user", "content": "leave a message saying that I'm late for my visit"},
        {"role": "assistant", "content": "What's your full name, please?"},
        {"role": "user", "content": "hold on"},
        {"role": "assistant", "content": "Of course, take your time."},
        {"role": "user", "content": "Anna Bell"},
    ]
    assert (_move(messages).say or "").startswith("Thank you, Anna.")


def test_the_same_words_are_not_said_twice_in_a_row() -> None:
    invalid = _exchange("book_appointment", ARGUMENTS[2], RESULTS[12], answered=True)
    messages: list[Message] = [{"role": "user", "content": "yes"}, *invalid]
    first = _move(messages).say
    messages += [
        {"role": "assistant", "content": first},
        {"role": "user", "content": "202 555 0177"},
        *invalid,
    ]
    assert _move(messages).say == f"I said: {first}"


def test_the_part_of_an_offer_that_was_heard_can_be_agreed_to() -> None:
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday"},
        *_exchange("search_availability", ARGUMENTS[1], RESULTS[0], answered=True),
        {"role": "assistant", "content": "I have Tuesday the first of December at two p.m."},
        {"role": "user", "content": "Yes, that one."},
    ]
    assert asked_in(_move(messages).say or "") is Ask.NAME


def test_a_conversation_that_a_model_led_is_taken_over_where_it_stands() -> None:
    messages = [
        {"role": "assistant", "content": "Hey there! Thanks for calling. What can I do for you today?"},
        {"role": "user", "content": "My name is Anna Bell, I need a cleaning."},
        *_exchange(
            "search_availability",
            {"when": "2026-12-01 afternoon", "service": "Cleaning"},
            RESULTS[0],
            answered=True,
        ),
        {
            "role": "assistant",
            "content": "I've got Tuesday, December 1st at 2 PM or Wednesday at 9:30 AM. Which do you prefer?",
        },
        {"role": "user", "content": "Two works."},
    ]
    asked = _move(messages)
    assert asked_in(asked.say or "") is Ask.CALLER_PHONE
    messages += [
        {"role": "assistant", "content": "Perfect. What's the best number to reach you?"},
        {"role": "user", "content": "two oh two five five five oh one seven seven"},
    ]
    call = _move(messages).call
    assert call is not None
    assert call.arguments == {"slot_id": "s1", "name": "Anna Bell", "phone": "+12025550177"}


def test_a_booking_is_asked_for_again_only_after_yes() -> None:
    booking = {"slot_id": "s1", "name": "Anna Bell", "phone": CALLER}
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday"},
        *_exchange("search_availability", ARGUMENTS[1], RESULTS[0], answered=True),
        {
            "role": "assistant",
            "content": "Tuesday the first of December at two p.m. is free. Shall I take that?",
        },
        {"role": "user", "content": "yes, Anna Bell, and use this number"},
        *_exchange("book_appointment", booking, RESULTS[6], answered=True),
        {"role": "assistant", "content": RESULTS[6]["read_back"]},
    ]
    for answer in ("no", "hmm", "", "what?", "hold on", "are you a robot?", "What are your hours?"):
        assert _move([*messages, {"role": "user", "content": answer}]).call is None
    refused = _move([*messages, {"role": "user", "content": "no"}])
    assert asked_in(refused.say or "") is Ask.WHAT_TO_CHANGE
    for answer in ("yes", "Yeah, that's right.", "correct", "no, that's fine"):
        call = _move([*messages, {"role": "user", "content": answer}]).call
        assert call is not None
        assert (call.name, call.arguments) == ("book_appointment", booking)
