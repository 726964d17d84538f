"""Closed days by their names, in the words of a wish."""

from datetime import date

import pytest

from contracts.partner import Closure
from language.datetimes.combine import refused_weekdays
from tests.fakes.practice_api import FACTS
from tools.functions.opening import with_dates

TODAY = date(2026, 12, 1)
CLOSED = FACTS.model_copy(
    update={
        "closures": [
            Closure(date=date(2026, 11, 26), name="Thanksgiving"),
            Closure(date=date(2026, 12, 24), name="Christmas Eve"),
            Closure(date=date(2026, 12, 25), name="Christmas Day"),
            Closure(date=date(2027, 1, 1), name="New Year's Day"),
            Closure(date=date(2027, 11, 25), name="Thanksgiving"),
        ]
    }
)


@pytest.mark.parametrize(
    ("words", "dated"),
    [
        ("on Christmas Day", "on December 25"),
        ("before christmas", "before December 25"),
        ("Christmas Eve at ten", "December 24 at ten"),
        ("new years day", "January 1"),
        ("New Year\u2019s Day", "January 1"),
        ("New Year's Eve", "New Year's Eve"),
        ("after Thanksgiving", "after November 25"),
        ("next Monday", "next Monday"),
    ],
)
def test_a_closed_day_is_read_as_its_next_date(words: str, dated: str) -> None:
    assert with_dates(words, CLOSED, TODAY) == dated


@pytest.mark.parametrize(
    ("words", "weekdays"),
    [
        ("next week but not Monday", {0}),
        ("not monday not tuesday", {0, 1}),
        ("any time except Fridays", {4}),
        ("next Monday", set()),
    ],
)
def test_weekdays_that_are_ruled_out_are_found(words: str, weekdays: set[int]) -> None:
    assert refused_weekdays(words) == weekdays
