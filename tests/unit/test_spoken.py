"""How dates, times, names and lists are said."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from language import speak


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (time(14), "two p.m."),
        (time(14, 30), "two thirty p.m."),
        (time(9, 5), "nine oh five a.m."),
        (time(11, 45), "eleven forty-five a.m."),
        (time(12), "noon"),
        (time(12, 15), "twelve fifteen p.m."),
        (time(0), "midnight"),
        (time(0, 30), "twelve thirty a.m."),
    ],
)
def test_times_are_said_on_the_twelve_hour_clock(value: time, said: str) -> None:
    assert speak.clock(value) == said


def test_a_moment_is_said_with_its_weekday() -> None:
    moment = datetime(2026, 12, 1, 14, tzinfo=ZoneInfo("America/New_York"))
    assert speak.moment(moment) == "Tuesday the first of December at two p.m."


@pytest.mark.parametrize(
    ("day", "said"),
    [(2, "second"), (12, "twelfth"), (20, "twentieth"), (23, "twenty-third"), (31, "thirty-first")],
)
def test_days_of_the_month_are_ordinals(day: int, said: str) -> None:
    assert speak.day(date(2026, 12, day)).split(" the ")[1] == f"{said} of December"


def test_numbers_are_words_up_to_fifty_nine() -> None:
    assert [speak.number(one) for one in (0, 13, 20, 59, 60)] == [
        "zero",
        "thirteen",
        "twenty",
        "fifty-nine",
        "60",
    ]


@pytest.mark.parametrize(
    ("items", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b, or c")],
)
def test_lists_end_in_or(items: list[str], said: str) -> None:
    assert speak.listing(items) == said


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("Cleaning", "a cleaning"),
        ("Emergency visit", "an emergency visit"),
        ("X-ray", "an X-ray"),
        ("MRI scan", "a MRI scan"),
    ],
)
def test_nouns_take_their_article(noun: str, said: str) -> None:
    assert speak.article(noun) == said


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("anna bell", "Anna Bell"),
        ("ANNA BELL.", "Anna Bell"),
        ("Anna McDonald", "Anna McDonald"),
        ("mary-jane o'neil", "Mary-Jane O'Neil"),
        ("  bell,  anna ", "Bell Anna"),
    ],
)
def test_names_are_written_as_names(heard: str, written: str) -> None:
    assert speak.name(heard) == written
