"""The figures of the check of statements on its sets; ``make bench-statements`` prints them whole."""

from functools import cache

import pytest

from language.meaning.classifier import plain_words, read_examples
from tests.fakes.statement_sets import SETS, Judged, Statement, judge, statements

LEAST_STOPPED = 0.95
MOST_REPLACED = {"open": 0.05, "fresh": 0.02, "held_out": 0.02, "last": 0.02, "later": 0.05}
"""Of ``open`` four are disputed or beyond it; see ``docs/statements.md``."""
FAILED = ("taken", "pending", "unknown")
"""Conversations in which a booking was tried and did not come to be."""


@cache
def judged(name: str) -> tuple[Judged, ...]:
    return tuple(map(judge, statements(name)))


@pytest.mark.parametrize("name", SETS)
def test_false_statements_are_stopped(name: str) -> None:
    false = [one for one in judged(name) if not one.statement.is_true]
    missed = [one.statement.text for one in false if not one.kind]
    assert len(false) > 90
    assert len(missed) <= (1 - LEAST_STOPPED) * len(false), missed


@pytest.mark.parametrize("name", SETS)
def test_true_statements_are_said(name: str) -> None:
    true = [one for one in judged(name) if one.statement.is_true]
    replaced = [(one.statement.text, one.kind, one.reason) for one in true if one.kind]
    assert len(true) > 60
    assert len(replaced) <= MOST_REPLACED[name] * len(true), replaced


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
