"""What is asked beside a choice, a yes or a change, what a price is asked of, and how a call ends."""

import re
from datetime import timedelta

import pytest

from agent.dialogue.acts import hear
from agent.dialogue.lookups import adds_nothing
from agent.dialogue.passages import best_answer
from agent.dialogue.state import State
from tests.fakes.dialogue_talk import Talk
from tests.fakes.practice_api import NOW, Conversation, FakePracticeApi, converse

ELSEWHERE = {
    "file": "policies.md",
    "heading": "How we work / Elsewhere",
    "text": "Root canals: Hudson Specialists on Fort Street.\nBraces: the orthodontist Dr. Ruiz, next door.",
}
FEES = {
    "file": "fees.csv",
    "heading": "",
    "text": "Visit: Check-up, with X-rays; Fee: $95\nVisit: Cleaning; Fee: $140",
}
PLAN = {
    "file": "fees.md",
    "heading": "Maple Plan",
    "text": "The plan costs $28 a month: two cleanings and two check-ups a year, and all the X-rays.",
}


def test_an_item_of_a_list_is_read_without_the_others() -> None:
    assert best_answer("do you do braces", [ELSEWHERE]) == "Braces: the orthodontist Dr. Ruiz, next door."


def test_the_price_of_what_is_named_goes_before_a_plan_that_holds_it() -> None:
    told = best_answer("what would a check-up cost me, with the X-rays", [PLAN, FEES])
    assert told == "The fee for a check-up, with X-rays, is 95 dollars."


@pytest.mark.parametrize("asked", ["What are your prices?", "Can you tell me your fees, please?"])
async def test_who_asks_for_prices_is_told_those_of_all_visits(asked: str) -> None:
    talk, _ = await converse(asked)
    questions = [one["question"] for one in talk.calls("search_knowledge")]
    assert questions == ["How much is a cleaning?", "How much is a check-up?", "How much is a filling?"]


@pytest.mark.parametrize(
    "asked",
    ["how much is a check-up since I'm uninsured?", "what's a check-up if I only pay for it myself?"],
)
async def test_that_somebody_pays_alone_is_no_condition_of_a_price(asked: str) -> None:
    talk, _ = await converse(asked)
    assert talk.calls("search_knowledge")[0] == {"question": "How much is a check-up?"}


def test_what_something_is_asked_for_is_no_question() -> None:
    clauses = hear("Which one did I have before, so I know what to cross off?").clauses
    assert len(clauses) == 1
    assert clauses[0].text.endswith("cross off?")


def test_what_somebody_meant_is_heard_without_saying_so() -> None:
    assert [one.text for one in hear("I meant, do you take Cigna?").clauses] == ["do you take Cigna?"]


@pytest.mark.parametrize(
    "asked", ["Does it cost me to change it?", "And do I pay something for moving it?", "Is that free?"]
)
async def test_what_a_change_costs_is_asked_as_that_of_cancelling(asked: str) -> None:
    practice = FakePracticeApi()
    practice.has("2026-11-24T09:00:00-05:00")
    talk = Conversation(practice)
    await talk.start()
    for words in ("I need to move my appointment to Friday at ten", "yes"):
        await talk.hear(words)
    assert talk.calls("reschedule_appointment")
    await talk.hear(asked)
    assert talk.calls("search_knowledge") == [{"question": "Is there a fee if I cancel my appointment?"}]


async def test_a_question_with_a_day_in_it_is_answered_beside_a_yes() -> None:
    practice = FakePracticeApi()
    practice.has("2026-11-24T09:00:00-05:00")
    talk = Conversation(practice)
    await talk.start()
    await talk.hear("I have to cancel my appointment")
    reply = await talk.hear("yes, and is there a fee for cancelling today?")
    assert talk.calls("search_knowledge") == [{"question": "Is there a fee if I cancel my appointment?"}]
    assert "cancel" in reply


@pytest.mark.parametrize(
    "heard",
    [
        "Is that Gino's? I want to order two pepperoni",
        "Yeah, I'd like to order a taxi to the airport",
    ],
)
async def test_who_meant_another_number_is_told_so_at_once(heard: str) -> None:
    talk, reply = await converse(heard)
    assert "wrong number" in reply
    assert not talk.calls("find_appointments")
    assert not talk.calls("search_knowledge")


@pytest.mark.parametrize(
    ("before", "heard"),
    [
        (("a cleaning on Tuesday",), "Never mind, bye."),
        (("When do you open on Monday?",), "I'll phone when he's better. Bye."),
    ],
)
async def test_a_goodbye_at_the_end_ends_the_call(before: tuple[str, ...], heard: str) -> None:
    talk, reply = await converse(*before, heard)
    assert talk.calls("end_call"), reply
    assert re.search("Goodbye|Bye", reply)


async def test_half_four_is_half_past_four() -> None:
    _, reply = await converse("a cleaning on Tuesday afternoon", "half four would suit me")
    assert "four thirty" in reply or "half past four" in reply, reply


@pytest.mark.parametrize(
    ("asked", "nothing"),
    [
        ("Do you take Delta Dental? what about for my kids?", True),
        ("Do you take Delta Dental? (will I lose my place)", True),
        ("Do you take Delta Dental? (even though she's 7 years old)", True),
        ("and if they pay half, who gets the rest", True),
        ("and do you take Cigna?", False),
    ],
)
def test_what_names_nothing_of_what_is_asked_beside_is_no_answer(asked: str, nothing: bool) -> None:
    answer = "We are in network with Delta Dental and Cigna."
    state = State(earlier="Do you take Delta Dental?", answer=answer)
    assert adds_nothing(state, asked, answer) is nothing


@pytest.mark.parametrize(
    ("asked", "nothing"),
    [
        ("Do you take Delta Dental? (will I lose my place)", True),
        ("Do you take Delta Dental? (and the claim)", False),
        ("Do you take Delta Dental? (even though she's 7 years old)", False),
        ("Who sends it in?", False),
    ],
)
def test_another_answer_that_goes_on_names_what_is_asked_now(asked: str, nothing: bool) -> None:
    state = State(earlier="Do you take Delta Dental?", answer="We do.")
    assert adds_nothing(state, asked, "You pay us and we send the claim.") is nothing


async def test_who_has_left_a_message_is_offered_no_other() -> None:
    talk, reply = await converse("Please take a message", "My retainer is broken", "Anna Bell", "yes")
    assert talk.calls("take_message"), reply
    reply = await talk.hear("which colors do retainers come in?")
    assert "with the team" in reply
    assert "take a message" not in reply


async def test_how_long_it_takes_is_asked_of_the_visit_that_they_have() -> None:
    practice = FakePracticeApi()
    practice.has("2026-11-24T09:00:00-05:00")
    talk = Conversation(practice)
    await talk.start()
    await talk.hear("When is my appointment?")
    assert "forty-five minutes" in await talk.hear("How long does it take?")


async def test_thanks_after_an_offer_of_help_takes_none() -> None:
    talk, reply = await converse("Do you have a sauna?", "All right, cheers")
    assert not talk.calls("request_person"), reply


@pytest.mark.parametrize(
    "heard",
    [
        "We've moved to Boston and our new clinic wants everything that you hold on us",
        "I have one or two things with you and only want rid of the other one",
    ],
)
async def test_a_wish_that_is_known_for_none_is_left_to_the_team(heard: str) -> None:
    talk, reply = await converse(heard)
    assert not talk.calls("search_knowledge")
    assert "speak with someone, or leave a message" in reply


async def test_what_the_team_should_know_of_a_visit_that_stays_is_passed_on() -> None:
    practice = FakePracticeApi()
    practice.has("2026-11-24T09:00:00-05:00")
    talk = Conversation(practice)
    await talk.start()
    await talk.hear("When is my appointment?")
    for words in ("Please make a note that I'm scared of needles", "Anna Bell", "yes"):
        reply = await talk.hear(words)
    assert re.search("needles.*Tuesday the twenty-fourth", talk.calls("take_message")[0]["text"]), reply


@pytest.mark.parametrize("answer", ["Could you have somebody phone me today?", "Can I leave my details?"])
async def test_who_wants_to_be_phoned_leaves_a_message(answer: str) -> None:
    talk, reply = await converse("You billed me twice for the same crown", answer)
    assert not talk.calls("request_person")
    assert re.search("name|tell them", reply), reply


def test_who_says_their_name_beside_a_question_is_not_asked_for_it() -> None:
    talk = Talk()
    talk.hear("Hi, Margaret Olufsen here, do you take Aetna?")
    talk.hear("ok can I come in on Tuesday at two for a cleaning")
    assert talk.state.goal.name == "Margaret Olufsen"


def test_the_name_of_who_asks_is_not_the_patients() -> None:
    talk = Talk()
    talk.hear("Hi, Margaret Olufsen here, do you take Aetna?")
    talk.hear("great, my son needs a cleaning on Tuesday at two")
    assert (talk.state.goal.name, talk.state.name) == ("", "Margaret Olufsen")


async def test_what_sounds_a_little_like_a_cancellation_and_names_a_time_drops_no_booking() -> None:
    asked = "my wife and I both need cleanings, next week around four"
    talk, answer = await converse(asked, "yeah monday at four for my wife then and I'll take the tuesday")
    assert "nothing is booked" not in answer
    assert State.load(talk.messages[-1]["dialogue"]).goal.kind == "book"


async def test_who_is_in_pain_is_told_once_that_we_are_sorry() -> None:
    practice = FakePracticeApi()
    day = NOW.replace(hour=0, minute=0)
    practice.busy = {day + timedelta(minutes=15 * quarter) for quarter in range(96)}
    talk = Conversation(practice)
    await talk.start()
    answer = await talk.hear("I broke a tooth and it hurts, can you see me today?")
    assert "nothing free today" in answer
    assert answer.count("sorry") == 1


def test_the_first_of_several_is_known_by_the_name_that_is_said_of_them() -> None:
    talk = Talk()
    talk.hear("Checkups for my three children please, Monday the 14th, first one is Mila Petrov.")
    assert talk.state.goal.name == "Mila Petrov"
    assert len(talk.state.waiting) == 2


def test_the_wish_for_a_message_said_again_is_no_message() -> None:
    talk = Talk()
    talk.hear("I'd like to leave a message")
    talk.hear("Could I leave a message for Dr. Lee?")
    assert talk.state.goal.text == ""
    talk.hear("Tell her the new night guard fits well.")
    assert "night guard" in talk.state.goal.text


@pytest.mark.parametrize(
    "words",
    [
        "I'd like to know how late you're open on Fridays and if there's parking",
        "can you tell me how late you're open on Fridays and whether there is parking",
    ],
)
async def test_the_second_of_two_questions_that_one_lead_opens_is_answered_too(words: str) -> None:
    _, answer = await converse(words)
    assert "car park" in answer
    assert "Friday" in answer


def test_who_cancels_a_visit_and_will_call_again_has_not_given_the_call_up() -> None:
    talk = Talk()
    move = talk.hear("I woke up with a fever. Can you cancel my four o'clock? I'll call when I'm over it.")
    assert talk.calls("find_appointments")
    assert "booked" not in (move.say or "")
