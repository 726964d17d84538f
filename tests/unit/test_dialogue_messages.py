"""What the team reads is what the caller said, whole; what leans on what was said before is understood."""

import re

import pytest

from agent.dialogue.passages import best_answer
from tests.fakes.practice_api import CALLER, converse

ADULT = "The fee for a cleaning is 140 dollars. "
CHILD = "The fee for a cleaning, children under 12, is 85 dollars."
LAB = (
    "this is Carla over at Lakeside Dermatology, we need some office notes on a patient",
    "a message please",
    "It's about Eric Dahl, the visit in October, before Friday",
    "Carla Boyd",
)


async def test_what_is_told_beside_name_and_number_is_in_the_message_and_a_fax_is_no_number_to_call() -> None:
    talk, _ = await converse(*LAB, "yes, and our fax is 202 555 0166")
    (message,) = talk.calls("take_message")
    assert (message["name"], message["phone"]) == ("Carla Boyd", CALLER)
    for told in ("Lakeside Dermatology", "Eric Dahl", "before Friday", "fax is 202 555 0166"):
        assert told in message["text"]


async def test_what_is_added_after_a_message_was_left_is_left_too() -> None:
    talk, _ = await converse(*LAB, "yes", "no, please have them call us before noon")
    assert [one["name"] for one in talk.calls("take_message")] == ["Carla Boyd"] * 2
    assert "before noon" in talk.calls("take_message")[1]["text"]


async def test_a_question_that_was_let_go_is_no_part_of_a_later_message() -> None:
    talk, _ = await converse(
        "do you do allergy testing?",
        "no, that's fine",
        "I'd like to leave a message",
        "It's about my wrist brace",
        "Tim Aho",
        "yes",
    )
    (message,) = talk.calls("take_message")
    assert "wrist" in message["text"]
    assert "allergy" not in message["text"]


async def test_a_question_to_the_team_while_a_message_is_taken_goes_with_it() -> None:
    talk, reply = await converse(*LAB[:3], "Carla Boyd, and can you ask if they got our last letter")
    assert "don't" not in reply
    await talk.hear("yes")
    assert "last letter" in talk.calls("take_message")[0]["text"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("Hi, is this Luigi's?",), "^No, this is Maple Street Dental.*help"),
        (("is this the Chinese restaurant?",), "^No, this is Maple Street Dental"),
        (("Is this Maple Street Dental?",), "^Yes, this is Maple Street Dental"),
        (("how are you? and what time do you close today",), "Today, we're open"),
        (("ok and saturday, are you open?",), "closed on Saturdays"),
        (("are you open on the weekend?",), "closed on Saturdays and Sundays"),
        (("I'm calling to see if you take Cigna",), "Cigna"),
        (("my name is Ann Poole",), "^Thank you, Ann.*help"),
    ],
)
async def test_it_is_answered(said: tuple[str, ...], told: str) -> None:
    _, reply = await converse(*said)
    assert re.search(told, reply), reply


async def test_who_says_bye_to_the_offer_of_a_person_is_not_put_through() -> None:
    talk, reply = await converse("do you do allergy testing?", "it's fine, bye")
    assert "Goodbye" in reply
    assert not talk.calls("request_person")


def test_a_question_in_a_file_is_the_heading_of_its_answer_and_is_not_said() -> None:
    text = (
        "Can I bring somebody? One person may sit with you.\n"
        "How soon after surgery can I begin? When your surgeon says so."
    )
    said = best_answer("when after surgery may I begin", [{"text": text, "file": "faq.txt", "heading": ""}])
    assert said == "When your surgeon says so."


def test_a_number_in_a_file_is_said_digit_by_digit() -> None:
    passage = {"text": "Our fax number is 218-555-0139.", "file": "a.md", "heading": "Fax"}
    assert best_answer("what is your fax number", [passage]) == "Our fax number is 2 1 8, 5 5 5, 0 1 3 9."


async def test_the_age_that_was_told_goes_with_a_question_about_the_child() -> None:
    talk, _ = await converse("do you see kids? mine's seven", "and how much is a cleaning for her?")
    assert "7 year old" in talk.calls("search_knowledge")[-1]["question"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "how much is a cleaning",
            ADULT + CHILD,
        ),
        (
            "how much is a cleaning (my 7 year old)",
            "The fee for a cleaning, children under 12, is 85 dollars.",
        ),
        ("what is a cleaning for children", "The fee for a cleaning, children under 12, is 85 dollars."),
    ],
)
def test_a_price_is_told_for_whom_it_is(question: str, said: str) -> None:
    rows = (
        "Visit: Check-up; Fee: $95\nVisit: Cleaning; Fee: $140\nVisit: Cleaning, children under 12; Fee: $85"
    )
    assert best_answer(question, [{"text": rows, "file": "fees.md", "heading": "Fees"}]) == said


def test_the_row_that_a_question_names_goes_before_a_sentence_on_what_stands_beside_it() -> None:
    rows = "Insurer: Medicare; In network: no\nInsurer: Cigna; In network: yes"
    passages = [
        {"text": "Your gums may be tender after a cleaning.", "file": "a.md", "heading": "After a cleaning"},
        {"text": "Most plans pay for two cleanings a year.", "file": "b.md", "heading": "Insurance"},
        {"text": rows, "file": "c.csv", "heading": ""},
    ]
    assert (
        best_answer("I'm on Medicare, do you take that for a cleaning?", passages)
        == "Medicare is not in network."
    )
