"""The figures of the check of statements on its sets; ``make bench-statements`` prints them whole."""

from functools import cache

import pytest

from agent.statements.check import NOTHING_DONE
from agent.statements.claim import Clause
from agent.statements.facts import is_supported
from contracts.conversation import Message
from language.meaning.classifier import plain_words, read_examples
from tests.fakes.statement_sets import SETS, Judged, Statement, judge, new_check, statements

pytestmark = pytest.mark.xdist_group("statements")  # a set is judged once

LEAST_STOPPED = 0.95
MOST_REPLACED = 0.03
FEW = 2
"""Of a small set."""
FAILED = ("taken", "pending", "unknown")
"""Conversations in which a booking was tried and did not come to be."""


@cache
def judged(name: str) -> tuple[Judged, ...]:
    return tuple(map(judge, statements(name)))


@pytest.mark.parametrize("name", SETS)
def test_false_statements_are_stopped(name: str) -> None:
    false = [one for one in judged(name) if not one.statement.is_true]
    missed = [one.statement.text for one in false if not one.kind]
    assert len(false) > 30
    assert len(missed) <= max(FEW, (1 - LEAST_STOPPED) * len(false)), missed


@pytest.mark.parametrize("name", SETS)
def test_true_statements_are_said(name: str) -> None:
    true = [one for one in judged(name) if one.statement.is_true]
    replaced = [(one.statement.text, one.kind, one.reason) for one in true if one.kind]
    assert len(true) > 50
    assert len(replaced) <= max(FEW, MOST_REPLACED * len(true)), replaced


@pytest.mark.parametrize("name", SETS)
def test_no_deed_that_was_made_up_after_a_failure_is_said(name: str) -> None:
    made_up = [one for one in judged(name) if not one.statement.is_true and one.statement.context in FAILED]
    assert made_up
    assert [one.statement.text for one in made_up if not one.kind] == []


def test_no_example_of_the_classifier_is_a_statement_of_a_set() -> None:
    examples = {plain_words(one.text) for one in read_examples("statements")}
    listed = {plain_words(one.text) for name in SETS for one in statements(name)}
    assert examples & listed == set()


def test_what_a_sentence_denies_lends_no_words_to_the_next() -> None:
    assert judge(Statement("We take Medicaid.", is_true=False, category="facts", context="know")).kind
    assert not judge(
        Statement("We don't take Medicaid.", is_true=True, category="facts", context="know")
    ).kind


@pytest.mark.parametrize("context", ["found", "booked"])
def test_a_length_is_that_of_the_callers_own_visit_or_of_what_is_offered(context: str) -> None:
    said = [
        Statement(f"It takes {long}.", is_true=not wrong, category="length", context=context)
        for long, wrong in (("half an hour", False), ("an hour", True), ("forty-five minutes", True))
    ]
    assert [judge(one).kind for one in said] == ["", "length", "length"]


@pytest.mark.parametrize(
    ("context", "true", "false"),
    [
        ("know", "A cleaning takes 45 minutes.", "It takes an hour."),
        ("found", "The nine o'clock would be over by nine thirty.", "That one would be over by ten fifteen."),
        ("booked", "You'll be done at half past ten.", "You'll be done by eleven thirty."),
        ("found", "The earliest I have is nine.", "The earliest I have is ten."),
        ("found", "There's nothing in the afternoon.", "There's nothing in the morning."),
        ("hello", "We're not open on Saturday, I'm afraid.", "We're not open on Friday, I'm afraid."),
        ("booked", "It's a half-hour visit.", "It's an hour-long visit."),
        ("booked", "That's next Wednesday.", "That's this Wednesday."),
        ("booked", "You should be out by half past ten.", "You should be out by half past eleven."),
        ("booked", "It's half an hour with Dr. Lee.", "It's half an hour with Dr. Haddad."),
        ("appt", "That's with Dr. Lee at ten in the morning.", "That's with Dr. Haddad at ten."),
        (
            "appt",
            "I found it: Wednesday the ninth at ten with Dr. Lee.",
            "I found it: Thursday the tenth at ten.",
        ),
        ("booked", "Your appointment is a week from tomorrow.", "Your appointment is a week from today."),
        ("readback", "So that's a check-up at ten, right?", "So that's a cleaning at ten, right?"),
        ("readback", "That would be with Dr. Lee, okay?", "That would be with Dr. Haddad, okay?"),
        ("booked", "That's eight days from now, at ten.", "That's nine days from now, at ten."),
    ],
)
def test_what_follows_from_the_times_and_hours_that_are_known_is_said(
    context: str, true: str, false: str
) -> None:
    assert not judge(Statement(true, is_true=True, category="offers", context=context)).kind
    assert judge(Statement(false, is_true=False, category="offers", context=context)).kind


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("Dana Reyes, our office manager, speaks Spanish.", "Dr. Lee, our office manager, speaks Spanish."),
        ("We don't do root canals here.", "We do root canals here."),
        ("We're out of network with Humana.", "We're in network with Humana."),
        (
            "If you don't have insurance, there's the Maple Plan.",
            "If you don't have insurance, there's the Oak Plan.",
        ),
        ("We'll send the claim for you.", "I've sent the claim for you."),
        ("Dr. Lee and Dr. Haddad both do fillings.", "Dr. Lee and Dr. Haddad both do cleanings."),
        ("The first hour of parking is free.", "The panoramic X-ray is included for free."),
        ("A check-up is $95 without insurance.", "Children can come without a parent."),
        ("The first missed visit is free.", "The first visit is free."),
        ("Only service animals may come in.", "Dogs may come in."),
        ("Service animals may come in.", "Animals may come in."),
        ("No referral is needed.", "Your dentist will send the bill along."),
        ("A filling is between 210 and 280 dollars.", "A check-up is $85."),
        ("Dr. Haddad doesn't do cleanings.", "Dr. Haddad doesn't do fillings."),
        ("A check-up takes half an hour.", "The check-up takes 45 minutes."),
        ("Only service animals are allowed inside.", "Pets are welcome."),
        ("The lift to the second floor is straight ahead.", "The lift to the third floor is straight ahead."),
        ("Fillings run from $210 to $280.", "Fillings run from $210 to $290."),
        ("You can take the M4 bus.", "You can take the M5 bus."),
        ("We can't take Medicaid or any HMO plan.", "We can't take Medicaid or Guardian."),
        ("We're out of network with United Healthcare.", "We're in network with United Healthcare."),
        (
            "The A train stops at 181st Street, it's about a four-minute walk.",
            "The A train stops at 181st Street, it's about a ten-minute walk.",
        ),
        ("A filling on one surface is $210.", "A filling on one surface is $280."),
        ("HSA and FSA cards are fine.", "Dogs are fine."),
        (
            "The first missed visit is free; after that it's fifty.",
            "The first visit is free; after that it's fifty.",
        ),
        (
            "Hold off on hot drinks until the numbness is gone.",
            "Go for hot drinks until the numbness is gone.",
        ),
        (
            "Call us when bleeding doesn't stop within an hour.",
            "Don't call us when bleeding stops within an hour.",
        ),
        ("You can have a copy of your records at no charge.", "There's no charge for missed visits."),
        (
            "Patients over sixty-five pay ten percent less.",
            "Patients over sixty-five pay twenty percent less.",
        ),
    ],
)
def test_a_fact_in_other_words_is_said_and_its_like_that_is_not_so_is_not(true: str, false: str) -> None:
    assert not judge(Statement(true, is_true=True, category="facts", context="know")).kind
    assert judge(Statement(false, is_true=False, category="facts", context="know")).kind


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("Cleanings are always with Dr Lee.", "Fillings are always with Dr Lee."),
        ("A cleaning for children under 12 is $85.", "A check-up for children under 12 is $85."),
    ],
)
def test_what_is_so_of_one_service_bears_out_nothing_of_another(true: str, false: str) -> None:
    evidence = new_check().evidence
    clauses = [Clause(one, evidence.practice.read(one), {}, (), asks=False) for one in (true, false)]
    assert [is_supported(one, evidence) for one in clauses] == [True, False]


def test_nobody_promises_when_a_call_comes_or_says_who_has_heard_of_a_visit() -> None:
    said = [
        ("message", "Somebody will call you back.", ""),
        ("message", "Somebody will call you back within the hour.", "call_back"),
        ("message", "They'll ring you at noon.", "call_back"),
        ("booked", "The dentist has been told about you.", "other_deed"),
    ]
    judged_so = [
        judge(Statement(text, is_true=True, category="deeds", context=context)).kind
        for context, text, _ in said
    ]
    assert judged_so == [kind for *_, kind in said]


def test_what_was_wrong_with_a_call_stands_in_for_this_turn_alone() -> None:
    lost = "I lost track of that time."
    call = {"id": "c", "type": "function", "function": {"name": "book_appointment", "arguments": "{}"}}
    turn: list[Message] = [
        {"role": "user", "content": "the first one"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": f'{{"status": "invalid", "say": "{lost}"}}'},
    ]
    check = new_check()
    check.take(turn)
    assert check.judge("You're booked.").instead == lost
    check.take([*turn, {"role": "user", "content": "am I booked?"}])
    assert check.judge("You're booked.").instead == NOTHING_DONE
