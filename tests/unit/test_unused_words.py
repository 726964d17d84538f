"""Which of a caller's words about time changed nothing of what they are read as."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from language.datetimes.resolve import Question, resolve

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 12, 1, 9, tzinfo=ZONE)


def ignored(words: str) -> str:
    found = resolve(words, NOW, ZONE)
    assert not isinstance(found, Question), f"{words!r} asks {found}"
    return found.ignored


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        ("Monday the seventh, when my husband is free", "when my husband is free"),
        ("next week; after my boss gets back", "after my boss gets back"),
    ],
)
def test_words_that_nobody_understood_are_told(words: str, unused: str) -> None:
    assert ignored(words) == unused


USED = """
next Tuesday after lunch; as soon as possible; December 3rd; any day but friday; Thursday afternoon please;
I'd like to come in tomorrow at 2; before nine any day; between two and four on Friday; in two weeks;
only on Wednesdays after four; ten or eleven on the ninth; not Monday; first thing Monday; around noon;
next week, not too early; tomorrow, the later the better; mornings but not too late;
Tuesday the eighth, noonish; I work Mondays so any other day
"""


@pytest.mark.parametrize("words", [one.strip() for one in USED.split(";")])
def test_words_that_were_used_are_not(words: str) -> None:
    assert ignored(words) == ""
