"""Closed days by their names, in the words of a wish; and what is open of what was asked for."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from language.datetimes.refine import Anchors
from language.datetimes.resolve import Question, resolve
from tests.fakes.practice_api import FACTS
from tools.functions.opening import is_closed_throughout

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 9, tzinfo=ZONE)
NAMES = {"founders' day": date(2027, 1, 6), "thanksgiving": date(2027, 11, 24)}


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("on Christmas Day", "12-25"),
        ("Christmas Eve at ten", "12-24"),
        ("new years day", "01-01"),
        ("New Year\u2019s Day", "01-01"),
        ("New Year's Eve", "12-31"),
        ("the day after Founders' Day", "01-07"),
        ("after Thanksgiving", "11-25"),
    ],
)
def test_a_closed_day_is_read_as_its_next_date(words: str, day: str) -> None:
    found = resolve(words, NOW, ZONE, Anchors(names=NAMES))
    assert not isinstance(found, Question)
    assert f"{found.start:%m-%d}" == day


@pytest.mark.parametrize(
    ("words", "closed"),
    [
        ("Saturday", True),
        ("Saturday or Monday", False),
        ("tomorrow at six in the morning", True),
        ("weekends", True),
        ("next week", False),
    ],
)
def test_what_is_wholly_closed_is_known(words: str, closed: bool) -> None:
    found = resolve(words, NOW, ZONE)
    assert not isinstance(found, Question)
    assert is_closed_throughout(found, FACTS) == closed
