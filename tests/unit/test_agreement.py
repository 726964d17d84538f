"""Which answers agree to a read-back: those that say so in every word, and no others."""

import dataclasses
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.agreement import LONGEST_ANSWER, Intent, agrees, leaves_open, only_waits
from tests.benchmarks.bench_consent import READ_BACKS, Figures, measure, measure_fresh

BOOKING = READ_BACKS["book"]


@cache
def figures() -> list[Figures]:
    return [*measure(), *measure_fresh()]


def test_no_answer_that_does_not_agree_counts() -> None:
    assert [(one.group, answer) for one in figures() for answer in one.mistaken] == []


def test_nearly_every_answer_that_agrees_counts() -> None:
    missed = [answer for one in figures() for answer in one.missed]
    assert len(missed) <= 0.03 * sum(one.agree for one in figures()), missed


@pytest.mark.parametrize(
    "others", ["no", "not", "but", "wait", "eleven", "Thursday", "Hannah", "maybe", "zebra"]
)
@pytest.mark.parametrize("yes", ["yes", "that's right", "sounds good, thank you", "sí", "book it"])
def test_one_word_that_is_not_known_to_agree_is_enough_against_it(yes: str, others: str) -> None:
    assert agrees(yes, "book", BOOKING)
    assert not agrees(f"{yes} {others}", "book", BOOKING)
    assert not agrees(f"{others}, {yes}, {others}", "book", BOOKING)


@pytest.mark.parametrize(
    "answer",
    [
        "no me queda bien",
        "no me sirve",
        "no reserve la cita",
        "no me viene bien",
        "no puedo a esa hora",
        "no use that number",
    ],
)
def test_a_no_that_denies_what_follows_agrees_to_nothing(answer: str) -> None:
    assert not agrees(answer, "book", BOOKING)


@pytest.mark.parametrize(
    ("agreeing", "other"),
    [
        ("yes, my niece will bring me", "my niece will bring me"),
        ("perfect, that's before my shift", "that's before my shift"),
        ("yes, my neighbor drives me", "yes, my neighbor drives me?"),
        ("yes, my uncle drives me", "yes, my uncle drives the car to work so I'd have to walk"),
        ("yes, Anna Bell", "yes, Anna Bella"),
        ("yes, my boss okayed it", "yes, my boss has to okay it"),
        ("yes, my niece will bring me", "yes, my niece will bring me?"),
        ("yes, my uncle drives me, that fits my schedule", "my uncle drives me, that fits my schedule"),
        ("yes, go ahead", "yes, go on"),
    ],
)
def test_what_is_told_beside_a_clear_yes_leaves_it_and_agrees_to_nothing_alone(
    agreeing: str, other: str
) -> None:
    assert agrees(agreeing, "book", BOOKING)
    assert not agrees(other, "book", BOOKING)


@pytest.mark.parametrize(
    ("agreeing", "other"),
    [
        ("yes my husband will drive me", "yes my husband will have to drive me"),
        ("hang on okay yes that's fine", "hang on okay yes that's wrong"),
        ("yes my niece will bring me", "my niece will bring me"),
        ("sure my uncle drives me", "sure if my uncle drives me"),
    ],
)
def test_a_yes_is_heard_without_the_commas_that_recognisers_leave_out(agreeing: str, other: str) -> None:
    assert agrees(agreeing, "book", BOOKING)
    assert not agrees(other, "book", BOOKING)


@pytest.mark.parametrize(
    "asked", ["is that all you have", "hello is that okay", "yeah is it the only one", "okay do you have ten"]
)
def test_a_question_without_its_mark_is_known_by_the_order_of_its_words(asked: str) -> None:
    assert not agrees(asked, "book", BOOKING)


def test_what_is_known_to_be_no_agreement_is_none_though_phrases_cover_it() -> None:
    assert not agrees("Yes, hello.", "book", BOOKING)
    assert agrees("Yes, cancel it.", "cancel", READ_BACKS["cancel"])


@given(st.text(max_size=300))
def test_whatever_is_said_has_an_answer_and_a_question_agrees_to_nothing(text: str) -> None:
    assert not agrees(f"{text} yes, is it?", "book", BOOKING)


@pytest.mark.parametrize(
    ("start", "said", "other"),
    [
        ("2026-12-09T10:00-05:00", "ten", "ten thirty"),
        ("2026-12-09T10:30-05:00", "half past ten", "ten"),
        ("2026-12-09T10:15-05:00", "quarter past ten", "quarter to ten"),
        ("2026-12-09T09:45-05:00", "quarter to ten", "ten"),
        ("2026-12-09T12:00-05:00", "twelve", "two"),
        ("2026-12-21T13:05-05:00", "one oh five p.m.", "one fifty"),
        ("2026-12-21T14:00-05:00", "2 pm", "2 am"),
        ("2026-12-21T14:00-05:00", "Monday the 21st", "Monday the 22nd"),
        ("2026-12-22T14:00-05:00", "December twenty-second", "December second"),
        ("2026-12-02T14:00-05:00", "the second at two", "the third at two"),
        ("2026-12-02T14:00-05:00", "a las dos de la tarde", "a las tres de la tarde"),
        ("2026-12-02T14:30-05:00", "el miércoles a las dos y media", "el jueves a las dos y media"),
    ],
)
def test_the_time_that_was_read_back_may_be_said_again_and_no_other(
    start: str, said: str, other: str
) -> None:
    values = dataclasses.replace(BOOKING, start=datetime.fromisoformat(start))
    assert agrees(f"Yes, {said}.", "book", values)
    assert not agrees(f"Yes, {other}.", "book", values)
    assert not agrees(f"{said}.", "book", values)  # Said again without a yes, it may be a question.


@pytest.mark.parametrize("said", ["Yes, 202-555-0199.", "yes two zero two five five five zero one nine nine"])
def test_the_number_that_was_read_back_may_be_said_again(said: str) -> None:
    assert agrees(said, "book", BOOKING)
    assert not agrees(said.replace("99", "98").replace("nine nine", "nine eight"), "book", BOOKING)


@pytest.mark.parametrize(
    ("phone", "said", "other"),
    [
        ("+12025550100", "five five five oh one hundred", "five five five oh two hundred"),
        ("+12025550143", "oh one forty three", "oh one forty four"),
    ],
)
def test_a_number_may_be_said_again_with_its_end_as_one_number(phone: str, said: str, other: str) -> None:
    values = dataclasses.replace(BOOKING, phone=phone)
    assert agrees(f"Correct, {said}.", "book", values)
    assert not agrees(f"Correct, {other}.", "book", values)


def test_what_opens_like_irony_agrees_only_in_words_of_the_grammar() -> None:
    assert agrees("Yeah right, book it please.", "book", BOOKING)
    assert not agrees("Yeah right, like I'd come in at that hour.", "book", BOOKING)
    assert not agrees("Sure, right, my niece will bring me", "book", BOOKING)
    assert agrees("Sure, my niece will bring me", "book", BOOKING)


def test_what_the_number_ends_in_is_no_time() -> None:
    values = dataclasses.replace(BOOKING, phone="+12025550130")
    assert agrees("Yes, ending in thirty.", "book", values)
    assert [one for one in ("Yes, ten thirty.", "Yes, 10:30.") if agrees(one, "book", values)] == []


@pytest.mark.parametrize(
    ("said", "aside"),
    [
        ("Yes, {}, thank you.", "my daughter can drive me then"),
        ("Yes, {}.", "I've been waiting for months"),
        ("{}, that's right.", "It's so good of you to fit me in"),
        ("Yes, Wednesday at ten a.m., {}.", "I've got the day off"),
    ],
)
def test_what_is_told_beside_it_changes_nothing(said: str, aside: str) -> None:
    assert agrees(said.format(aside), "book", BOOKING)
    assert not agrees(f"{aside}.", "book", BOOKING)  # It agrees to nothing by itself.
    assert not agrees(said.format("my daughter has work then"), "book", BOOKING)


@pytest.mark.parametrize("pause", ["I'm driving", "I was looking for a pen", "Hold on", "It's early"])
def test_a_pause_and_what_is_conceded_count_for_nothing_before_a_yes_and_against_it_behind(
    pause: str,
) -> None:
    assert agrees(f"{pause}, yes, that's right.", "book", BOOKING)
    assert not agrees(f"Yes, {pause}.", "book", BOOKING)


def test_a_contrast_agrees_only_with_what_follows_it() -> None:
    assert agrees("It's early, but that's fine.", "book", BOOKING)
    assert not agrees("That's fine, but it's early.", "book", BOOKING)
    assert not agrees("Yes, but ten.", "book", BOOKING)


def test_what_is_told_in_unknown_words_is_heard_before_a_yes_alone() -> None:
    assert agrees("Sorry, the parakeet was squawking, yes, that's right.", "book", BOOKING)
    assert not agrees("Yes, that's right, the parakeet was squawking.", "book", BOOKING)


@pytest.mark.parametrize("name", ["Kim No", "Will Nope"])
def test_a_name_that_sounds_like_a_refusal_is_none_and_hides_none(name: str) -> None:
    values = dataclasses.replace(BOOKING, names=(name,))
    assert agrees("Yes.", "book", values)
    assert not agrees(f"Yes, {name.split()[1]}", "book", values)


@pytest.mark.parametrize("intent", ["book", "move", "cancel"])
def test_what_is_asked_for_is_what_was_read_back(intent: Intent) -> None:
    asked = {"book": "book it", "move": "move it", "cancel": "cancel it"}
    assert [one for one in asked if agrees(f"Yes, {asked[one]}.", intent, READ_BACKS[intent])] == [intent]


def test_more_than_one_breath_is_more_than_a_yes() -> None:
    assert not agrees("yes " * LONGEST_ANSWER, "book", BOOKING)
    assert not agrees(f"yes{' ' * 2000}no", "book", BOOKING)


@pytest.mark.parametrize(
    "answer",
    ["Hold on.", "One second, please.", "How much is it?", "Wait, what does it cost?", "¿Cuánto cuesta?"],
)
def test_a_question_and_a_pause_leave_it_open(answer: str) -> None:
    assert leaves_open(answer)
    assert not agrees(answer, "book", BOOKING)


@pytest.mark.parametrize(
    "answer",
    ["No.", "How about Thursday?", "Is there anything earlier?", "What about eleven?", "My name is Ann.", ""],
)
def test_a_refusal_and_another_wish_do_not(answer: str) -> None:
    assert not leaves_open(answer)


def test_only_a_pause_is_only_a_pause() -> None:
    assert only_waits("Hmm, let me think.")
    assert not only_waits("Hmm, how much is it?")
