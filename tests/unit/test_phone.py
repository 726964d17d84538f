"""Telephone numbers, as they are spoken and recognised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.phone import digits, parse, region_of, spoken, without_surplus

SAID = {
    "the twenty-second or the twenty-third": "",
    "two oh two five five five oh one four two": "2025550142",
    "two zero two, five five five, zero one four two.": "2025550142",
    "202-555-0142": "2025550142",
    "(202) 555-0142": "2025550142",
    "2 0 2, 5 5 5, 0 1 4 2": "2025550142",
    "202 555 01 42": "2025550142",
    "My number is 2025550142, thanks": "2025550142",
    "two oh two triple five oh one four two": "2025550142",
    "two oh two double five five oh one forty two": "2025550142",
    "two hundred and two five fifty five zero one four two": "2025550142",
    "one eight hundred five five five twelve thirty four": "18005551234",
    "five five five five thousand": "5555000",
    "two zero two five five five zero one for two": "2025550142",
    "2, L, 2, 5": "2025",
    "double 5": "55",
    "five five five": "555",
    "twenty": "20",
    "call me for lunch": "",
    "": "",
    "double trouble": "",
}


@pytest.mark.parametrize(("words", "expected"), SAID.items())
def test_digits_are_read_out_of_speech(words: str, expected: str) -> None:
    assert digits(words) == expected


@pytest.mark.parametrize(
    ("words", "region", "number"),
    [
        ("two oh two five five five oh one four two", "US", "+12025550142"),
        ("+1 (202) 555-0142", "US", "+12025550142"),
        ("1 202 555 0142", "US", "+12025550142"),
        ("+15551234567", "US", "+15551234567"),
        ("plus four four two oh seven nine four six oh nine five eight", "US", "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
    ],
)
def test_whole_numbers_become_e164(words: str, region: str, number: str) -> None:
    assert parse(words, region) == number


@pytest.mark.parametrize(
    "words", ["", "hello", "five five five", "555-0142", "202 555 014", "202 555 0142 7", "1 123 456 789"]
)
def test_parts_of_numbers_and_overlong_ones_are_none(words: str) -> None:
    assert parse(words) is None


def test_a_number_is_spoken_in_groups_digit_by_digit() -> None:
    assert spoken("+12025550142") == "2 0 2, 5 5 5, 0 1 4 2"
    assert spoken("+442079460958") == "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8"
    assert spoken("12345") == "1 2 3, 4 5"


def test_the_region_is_that_of_the_practices_number() -> None:
    assert region_of([None, "nonsense", "+442079460958"]) == "GB"
    assert region_of([]) == "US"


@given(area=st.integers(200, 999), rest=st.integers(2000000, 9999999))
def test_what_is_spoken_is_understood(area: int, rest: int) -> None:
    number = f"+1{area}{rest}"
    assert parse(spoken(number)) == number


@given(st.text(max_size=100))
def test_no_text_breaks_it(text: str) -> None:
    assert digits(text) == "" or digits(text).isdigit()
    parse(text)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("20255550127", "2025550127"),
        ("20255501277", ""),  # either run may hold it
        ("20255500011", ""),  # as here
    ],
)
def test_a_digit_too_many_is_left_out_where_just_one_run_may_hold_it(said: str, left: str) -> None:
    assert without_surplus(said) == left
