"""Names as callers give, spell and correct them, written down with what is meant."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.dialogue.acts import hear, hear_name
from agent.dialogue.people import take_name
from agent.dialogue.state import Ask, Goal, Kind, Scene, State
from tests.fakes.practice_api import FACTS, NOW

TABLES = Path(__file__).parents[1] / "data" / "who"


def rows(name: str) -> Iterator[tuple[str, str, str]]:
    """Give what was known, what was said, and the name that is meant."""
    for line in (TABLES / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            said, _, meant = line.rpartition(" = ")
            known, arrow, answers = said.partition(" > ")
            for answer in (answers if arrow else said).split(" / "):
                yield known.strip() if arrow else "", answer.strip(), meant.strip()


def name_after(known: str, said: str) -> str:
    """Give the name that is put down when it is said at its question, or put right at the read-back."""
    state = State(goal=Goal(kind=Kind.BOOK, name=known), asked=Ask.READ_BACK if known else Ask.NAME)
    heard = (None if known else hear_name(said)) or hear(said)
    take_name(state, heard, Scene(facts=FACTS, now=NOW, caller_number=None))
    return state.goal.name or "none"


def misread(name: str) -> dict[tuple[str, str], str]:
    """List what is misread, with what was read."""
    return {
        (known, said): read for known, said, meant in rows(name) if (read := name_after(known, said)) != meant
    }


@pytest.mark.parametrize("name", sorted(one.name for one in TABLES.glob("names*.txt")))
def test_of_a_hundred_names_98_are_read_as_they_are_meant(name: str) -> None:
    wrong = misread(name)
    assert len(wrong) <= len(list(rows(name))) / 50, wrong
