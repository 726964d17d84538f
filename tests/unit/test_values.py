"""Times, days, amounts and numbers as sentences name them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.speak import clock, day
from language.values.days import named_days
from language.values.reading import read

TODAY = date(2026, 12, 1)
"""A Tuesday."""


def times(text: str, *, spanish: bool = False) -> list[tuple[int, int, str | None]]:
    return [(one.hour, one.minute, one.half) for one in read(text, TODAY, spanish=spanish).times]


def amounts(text: str, unit: str) -> list[float]:
    return sorted(value for one in read(text, TODAY).amounts if one.unit == unit for value in one.values)


def dates(text: str) -> list[date]:
    return [one.dates(TODAY)[0] for one in read(text, TODAY).days]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at nine, ten, or eleven thirty", [(9, 0, None), (10, 0, None), (11, 30, None)]),
        ("I have 9, 10, or 11:30 AM", [(9, 0, None), (10, 0, None), (11, 30, "am")]),
        ("at twelve", [(12, 0, None)]),
        ("twelve forty-five, one, or one fifteen p.m.", [(12, 45, None), (1, 0, None), (1, 15, "pm")]),
        ("a quarter to five", [(4, 45, None)]),
        ("half past eleven", [(11, 30, None)]),
        ("ten past two", [(2, 10, None)]),
        ("nine oh five", [(9, 5, None)]),
        ("oh eight hundred", [(8, 0, None)]),
        ("I have fifteen hundred on Wednesday", [(15, 0, None)]),
        ("at 15:00", [(15, 0, None)]),
        ("at noon", [(12, 0, "pm")]),
        ("nine tomorrow morning", [(9, 0, "am")]),
        ("from nine to five", [(9, 0, None), (5, 0, None)]),
    ],
)
def test_times_are_read_with_the_marks_between_them(
    text: str, expected: list[tuple[int, int, str | None]]
) -> None:
    assert times(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A filling starts at $210.",
        "It takes two or three hours.",
        "two or three surfaces",
        "We're at 214 Maple Street, Suite 2.",
        "two cleanings and two check-ups",
        "2 0 2, 5 5 5, 0 1 4 2",
    ],
)
def test_prices_counts_and_numbers_of_houses_are_no_times(text: str) -> None:
    assert times(text) == []


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("A filling starts at $210.", "money", [210]),
        ("two hundred and eighty dollars", "money", [280]),
        ("$1,200", "money", [1200]),
        ("a hundred and ten dollars", "money", [110]),
        ("fifteen percent off", "percent", [15]),
        ("half an hour", "minutes", [30]),
        ("an hour and a half", "minutes", [90]),
        ("forty-five minutes", "minutes", [45]),
        ("two hours", "minutes", [120]),
    ],
)
def test_amounts_have_their_unit(text: str, unit: str, expected: list[float]) -> None:
    assert amounts(text, unit) == expected


def test_what_is_said_in_two_words_may_be_a_price_or_a_time() -> None:
    (said,) = read("The panoramic X-ray is one ten.", TODAY).times
    assert (said.hour, said.minute, said.sure, 110 in said.wholes) == (1, 10, False, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wednesday the ninth of December", [date(2026, 12, 9)]),
        ("Wednesday, December 9th", [date(2026, 12, 9)]),
        ("Wed 12/9", [date(2026, 12, 9)]),
        ("next Wednesday", [date(2026, 12, 9)]),
        ("this Wednesday", [date(2026, 12, 2)]),
        ("tomorrow", [date(2026, 12, 2)]),
        ("the day after tomorrow", [date(2026, 12, 3)]),
        ("eight days from now", [date(2026, 12, 9)]),
        ("a week from tomorrow", [date(2026, 12, 9)]),
        ("two weeks from today", [date(2026, 12, 15)]),
        ("on the ninth", [date(2026, 12, 9)]),
        ("January first", [date(2027, 1, 1)]),
    ],
)
def test_days_are_dates_of_the_calendar(text: str, expected: list[date]) -> None:
    assert dates(text) == expected


@pytest.mark.parametrize("text", ["the second floor", "181st Street", "your first visit", "one second"])
def test_other_ordinals_are_no_days(text: str) -> None:
    assert read(text, TODAY).days == []


def test_a_day_that_does_not_exist_has_no_date() -> None:
    (wrong,) = read("Wednesday the tenth of December", TODAY).days
    assert wrong.dates(TODAY) == []


def test_days_with_a_name_are_read() -> None:
    named = named_days([("christmas eve", date(2026, 12, 24))])
    (found,) = read("We're closed on Christmas Eve.", TODAY, named=named).days
    assert found.dates(TODAY) == [date(2026, 12, 24)]


def test_people_numbers_and_addresses_are_read() -> None:
    reading = read("Dr. Lee is at 202-555-0142 or info@maple.example on Elm Lane.", TODAY)
    assert reading.people == ["lee"]
    assert reading.phones == ["2025550142"]
    assert reading.contacts == ["info@maple.example"]
    assert {"elm", "lane"} <= set(reading.capitals)


def test_spanish_times_are_read() -> None:
    text = "Tengo el miércoles nueve de diciembre a las nueve, a las diez o a las once y media de la mañana."
    assert times(text, spanish=True) == [(9, 0, None), (10, 0, None), (11, 30, "am")]
    assert [one.dates(TODAY)[0] for one in read(text, TODAY, spanish=True).days] == [date(2026, 12, 9)]


@given(st.dates(date(2026, 12, 2), date(2027, 10, 1)), st.times())
def test_every_day_and_time_that_we_say_is_read_as_it_was_meant(on: date, at: object) -> None:
    reading = read(f"{day(on)} at {clock(at)}", TODAY)  # type: ignore[arg-type] # hypothesis gives times
    assert reading.days[0].dates(TODAY)[0] == on
    assert reading.times[0].may_be(at.replace(second=0, microsecond=0))  # type: ignore[attr-defined]


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    read(text, TODAY)
    read(text, TODAY, spanish=True)
