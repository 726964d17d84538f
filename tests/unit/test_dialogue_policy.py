"""Whatever a conversation holds, the receptionist has an honest next move."""

import itertools
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.dialogue.state import Ask, State
from contracts.conversation import Message, sentence_of
from contracts.partner import PracticeFacts
from tests.fakes.dialogue_talk import RESULTS, SLOTS, Talk, asked_by, decide, exchange
from tests.fakes.practice_api import CALLER, FACTS

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


made_exchange = st.builds(
    exchange,
    st.sampled_from(FUNCTIONS),
    st.sampled_from(ARGUMENTS) | st.just("{broken"),
    st.sampled_from(RESULTS)
    | st.sampled_from(["IN_PROGRESS", "[1]", "null", '{"slots": 3, "status": ["x"]}']),
    st.booleans(),
)
conversations = st.lists(user | assistant | made_exchange, max_size=10).map(
    lambda parts: [message for part in parts for message in part]
)
several = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@several
@given(conversations, st.sampled_from([None, CALLER, "anonymous"]), st.booleans())
def test_every_conversation_has_a_nextdecide(
    messages: list[Message], caller_number: str | None, bare: bool
) -> None:
    facts = PracticeFacts(name="Bare Bones Clinic") if bare else FACTS
    move = decide(messages, caller_number, facts)
    ended = messages and messages[-1]["role"] == "tool"
    assert ended or not move.is_silent
    assert move.say is None or move.say.strip()
    assert move.say is None or len(move.say) < 1500


@several
@given(conversations)
def test_the_same_conversation_gives_the_same_move_from_its_record(messages: list[Message]) -> None:
    assert decide(messages) == decide(json.loads(json.dumps(messages)))


@several
@given(conversations)
def test_a_state_is_the_same_after_it_was_written_down(messages: list[Message]) -> None:
    written = decide(messages).state
    assert State.load(json.loads(json.dumps(written))).dump() == written


@several
@given(
    st.lists(user | assistant, max_size=12).map(lambda parts: [message for part in parts for message in part])
)
def test_without_a_booked_result_nothing_is_claimed(messages: list[Message]) -> None:
    words = (decide(messages).say or "").lower()
    assert "you're booked" not in words
    assert "is booked" not in words.replace("nothing is booked", "")


@settings(max_examples=10, deadline=None)
@given(st.lists(said, min_size=8, max_size=16))
def test_no_question_is_asked_for_ever(texts: list[str]) -> None:
    talk = Talk()
    talk.gives = {}
    for text in texts:
        if (move := talk.hear(text)).call is not None and move.call.name == "end_call":
            break
    spoken = [str(one["content"]) for one in talk.messages if one["role"] == "assistant" and one["content"]]
    exact = Counter(words for words in spoken if words.endswith("?"))
    assert all(first != second for first, second in itertools.pairwise(spoken))
    assert max(exact.values(), default=0) <= 6


@pytest.mark.parametrize("text", ["qwerty", "", "the the the", "uh"])
@pytest.mark.parametrize(
    ("before", "first"),
    [
        (("a cleaning",), Ask.WHEN),
        (("a cleaning on Tuesday at two", "yes"), Ask.NAME),
        (("I'd like an appointment",), Ask.SERVICE),
    ],
)
def test_a_question_is_asked_at_most_three_times_before_help_is_offered(
    text: str, before: tuple[str, ...], first: Ask
) -> None:
    talk = Talk()
    for words in before:
        talk.hear(words)
    asks = [asked_by(talk.move)]
    assert asks == [first]
    for _ in range(6):
        move = talk.hear(text)
        if move.call is not None:
            break
        asks.append(asked_by(move))
    assert asks.count(first) <= 3
    assert Ask.PERSON_OR_MESSAGE in asks or move.call is not None


def test_an_empty_conversation_opens_with_the_greeting() -> None:
    move = decide([])
    assert (
        move.say
        == "Thank you for calling Maple Street Dental. This is the automated assistant. How can I help you?"
    )
    assert decide([{"role": "system", "content": "x"}]).say == move.say


def test_a_call_without_its_result_is_made_again() -> None:
    messages = exchange("book_appointment", ARGUMENTS[2], {}, answered=False)
    move = decide([{"role": "user", "content": "yes"}, *messages])
    assert move.call is not None
    assert (move.call.name, move.call.arguments) == ("book_appointment", ARGUMENTS[2])


def test_after_a_gap_the_last_question_is_asked_anew() -> None:
    talk = Talk()
    talk.hear("a cleaning")
    talk.messages[-1]["content"] = "What day and"
    move = decide(talk.messages)
    assert (move.say or "").startswith("Sorry, I lost you for a moment. ")
    assert asked_by(move) is Ask.WHEN


def test_words_that_fill_the_time_of_a_call_do_not_hide_its_result() -> None:
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday"},
        *exchange("search_availability", ARGUMENTS[1], RESULTS[0], answered=True),
        {"role": "assistant", "content": "One moment, let me look."},
    ]
    assert "Tuesday the first of December" in (decide(messages).say or "")


@pytest.mark.parametrize("found", RESULTS[:2])
def test_slots_that_the_caller_never_heard_are_not_agreed_to(found: dict[str, Any]) -> None:
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday"},
        *exchange("search_availability", ARGUMENTS[1], found, answered=True),
        {"role": "assistant", "content": "Let me"},
        {"role": "user", "content": "yes"},
    ]
    assert asked_by(decide(messages, None)) is Ask.SLOT


def test_only_the_free_time_that_was_asked_for_is_offered_again() -> None:
    result = {
        "status": "ok",
        "slots": SLOTS,
        "asked_time_is_free": True,
        "say": f"{SLOTS[0]['spoken']} is free. Shall I take that?",
    }
    talk = Talk()
    talk.gives["search_availability"] = result
    talk.hear("a cleaning on Tuesday at two")
    words = talk.hear("").say or ""
    assert "two p.m." in words
    assert "nine thirty" not in words


def test_a_side_question_that_comes_again_and_again_brings_a_question_no_more_than_three_times() -> None:
    talk = Talk()
    for words in ("a cleaning on Tuesday at two", "yes"):
        talk.hear(words)
    asks = [asked_by(talk.move), *(asked_by(talk.hear("What are your hours?")) for _ in range(6))]
    assert asks[1:].count(Ask.NAME) == 3
    assert Ask.PERSON_OR_MESSAGE in asks


@pytest.mark.parametrize(
    "text", ["Maple Street Dental.", "Is this Maple Street Dental?", "I'd like to see Dr. Haddad."]
)
def test_our_own_names_are_not_the_callers(text: str) -> None:
    talk = Talk()
    for words in ("a message please", "Please call me about my bill.", text):
        talk.hear(words)
    assert talk.state.goal.name == ""


def test_words_that_only_tend_the_line_leave_the_question_standing() -> None:
    talk = Talk()
    for words in ("leave a message saying that I'm late for my visit", "hold on"):
        talk.hear(words)
    assert (talk.hear("Anna Bell").say or "").startswith("Thank you, Anna.")


def test_the_same_words_are_not_said_twice_in_a_row() -> None:
    talk = Talk()
    talk.gives["book_appointment"] = RESULTS[12]
    for words in ("a cleaning on Tuesday at two", "yes", "Anna Bell", "yes"):
        talk.hear(words)
    first = talk.move.say
    assert talk.hear("202 555 0177").say != first


def test_the_part_of_an_offer_that_was_heard_can_be_agreed_to() -> None:
    messages = [
        {"role": "user", "content": "a cleaning on Tuesday"},
        *exchange("search_availability", ARGUMENTS[1], RESULTS[0], answered=True),
        {"role": "assistant", "content": "I have Tuesday the first of December at two p.m."},
        {"role": "user", "content": "Yes, that one."},
    ]
    assert asked_by(decide(messages, None)) is Ask.NAME


def test_a_conversation_that_a_model_led_is_taken_over_where_it_stands() -> None:
    messages = [
        {"role": "assistant", "content": "Hey there! Thanks for calling. What can I do for you today?"},
        {"role": "user", "content": "My name is Anna Bell, I need a cleaning."},
        *exchange(
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
    assert asked_by(decide(messages, None)) is Ask.PHONE
    messages += [
        {"role": "assistant", "content": "Perfect. What's the best number to reach you?"},
        {"role": "user", "content": "two oh two five five five oh one seven seven"},
    ]
    call = decide(messages, None).call
    assert call is not None
    assert call.arguments == {"slot_id": "s1", "name": "Anna Bell", "phone": "+12025550177"}


def test_a_booking_is_asked_for_again_only_after_yes() -> None:
    booking = {"slot_id": "s1", "name": "Anna Bell", "phone": CALLER}
    talk = Talk()
    for words in ("a cleaning on Tuesday at two", "yes, Anna Bell", "use this number"):
        talk.hear(words)
    assert talk.move.say == sentence_of(RESULTS[6])
    for answer in ("no", "hmm", "", "what?", "hold on", "are you a robot?", "What are your hours?"):
        assert decide([*talk.messages, {"role": "user", "content": answer}]).call is None
    refused = decide([*talk.messages, {"role": "user", "content": "no"}])
    assert asked_by(refused) is Ask.WHAT_TO_CHANGE
    for answer in ("yes", "Yeah, that's right.", "correct", "no, that's fine"):
        call = decide([*talk.messages, {"role": "user", "content": answer}]).call
        assert call is not None
        assert (call.name, call.arguments) == ("book_appointment", booking)
