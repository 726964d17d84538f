"""Dates of birth as callers say, write and key them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.birthdays import OLDEST_YEARS, date_of_birth
from language.speak import MONTHS, ordinal

TODAY = date(2026, 11, 30)
SAID = {
    date(1980, 3, 3): """
        March third nineteen eighty
        march 3rd 1980
        the third of March, nineteen eighty
        It's March the third, 1980.
        three three eighty
        03/03/1980
        3-3-80
        1980-03-03
        0 3 0 3 1 9 8 0
        03031980
        030380
        zero three zero three one nine eight zero
        oh three oh three nineteen eighty
        March three, one nine eight zero
        my birthday is march third eighty
        3 de marzo de 1980
        born on the 3rd of Mar 1980
    """,
    date(1905, 12, 21): """
        December twenty first nineteen oh five
        the twenty-first of December 1905
        twelve twenty one nineteen oh five
        12/21/1905
    """,
    date(2004, 5, 22): """
        May twenty second two thousand four
        may twenty two two thousand and four
        five twenty two oh four
        May 22nd '04
    """,
    date(2004, 5, 20): """
        May twenty two thousand four
    """,
    date(2000, 1, 31): """
        January thirty first two thousand
        the thirty first of january two thousand
        one thirty one two thousand
        31/1/2000
    """,
    date(1999, 8, 9): """
        August ninth nineteen ninety nine
        August ninth nineteen hundred and ninety nine
        eight nine ninety nine
    """,
    date(2013, 10, 10): """
        October tenth twenty thirteen
        ten ten thirteen
        October 10, 2013
    """,
    date(2020, 2, 29): """
        February twenty ninth twenty twenty
        2/29/20
    """,
}
NONE = """
    I don't know
    March third
    nineteen eighty
    february thirtieth nineteen eighty
    March third twenty eighty
    13/13/1980
    two two
    March third seventeen eighty
    tomorrow at three
    December first 2026
    1 2 3 4 5
    0199, not 12025550142, so 0142
    two surfaces are two hundred and ten dollars
"""


@pytest.mark.parametrize(
    ("words", "born"),
    [(line.strip(), born) for born, lines in SAID.items() for line in lines.strip().splitlines()],
)
def test_a_date_of_birth_is_read_however_it_is_said(words: str, born: date) -> None:
    assert date_of_birth(words, TODAY) == born


@pytest.mark.parametrize("words", [line.strip() for line in NONE.strip().splitlines()])
def test_what_is_no_whole_date_of_birth_is_none(words: str) -> None:
    assert date_of_birth(words, TODAY) is None


def test_elsewhere_the_day_comes_first() -> None:
    assert date_of_birth("3/4/1980", TODAY, month_first=False) == date(1980, 4, 3)
    assert date_of_birth("3/4/1980", TODAY) == date(1980, 3, 4)
    assert date_of_birth("4/13/1980", TODAY, month_first=False) == date(1980, 4, 13)


@given(st.dates(date(TODAY.year - OLDEST_YEARS, 1, 1), TODAY))
def test_every_date_is_read_in_words_and_digits(born: date) -> None:
    month, day = MONTHS[born.month - 1], ordinal(born.day)
    assert date_of_birth(f"{month} {day}, {born.year}", TODAY) == born
    assert date_of_birth(born.isoformat(), TODAY) == born
    assert date_of_birth(" ".join(f"{born:%m%d%Y}"), TODAY) == born
    assert date_of_birth(f"{born:%d/%m/%Y}", TODAY, month_first=False) == born


@given(st.text(max_size=300))
def test_any_words_are_read_or_not(words: str) -> None:
    found = date_of_birth(words, TODAY)
    assert found is None or found <= TODAY
