"""Clock times that a caller names among offers, and numbers that count something else."""

from datetime import time

import pytest

from language.datetimes.mentions import clock_mentions


def said(words: str, *, bare: bool) -> list[tuple[time, bool]]:
    return [(time(*divmod(one.minutes, 60)), one.sure) for one in clock_mentions(words, bare=bare)]


@pytest.mark.parametrize(
    ("words", "at", "sure"),
    [
        ("let's say ten", time(10), False),
        ("could you move that to eleven", time(11), False),
        ("that's two o'clock in the afternoon, yes", time(14), True),
        ("Wednesday at eight in the morning", time(8), True),
        ("half past two", time(14, 30), False),
        ("it has to be four or later", time(16), False),
    ],
)
def test_a_clock_time_is_heard_with_the_half_of_the_day_that_was_said(
    words: str, at: time, sure: bool
) -> None:
    assert said(words, bare=False) == [(at, sure)]


@pytest.mark.parametrize(
    "words",
    [
        "could we do three",
        "I'd take ten",
        "the nine, please",
        "I said eleven",
        "can we make that nine instead",
    ],
)
def test_a_lone_hour_counts_where_a_time_was_asked_for(words: str) -> None:
    assert len(said(words, bare=True)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "and one for my husband too",
        "one more for my little girl, please",
        "the Thursday one",
        "neither of the two",
        "my two youngest",
        "it's two oh two five five five zero one six zero",
        "is it okay to take two Tylenol",
        "one side of my face",
    ],
)
def test_what_counts_something_is_no_time(words: str) -> None:
    assert said(words, bare=False) == []
    assert said(words, bare=True) == []
