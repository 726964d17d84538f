"""Names as callers give, spell and correct them, written down with what is meant."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from language.names import read_name

TABLES = Path(__file__).parents[1] / "data" / "who"


def rows(name: str) -> Iterator[tuple[str, str, str]]:
    """Give what was known, what was said, and the name that is meant."""
    for line in (TABLES / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            said, _, meant = line.rpartition(" = ")
            known, arrow, answers = said.partition(" > ")
            for answer in (answers if arrow else said).split(" / "):
                yield known.strip() if arrow else "", answer.strip(), meant.strip()


def misread(name: str) -> dict[tuple[str, str], str]:
    """List what is misread, with what was read."""
    return {
        (known, said): read
        for known, said, meant in rows(name)
        if (read := read_name(said, known) or known or "none") != meant
    }


@pytest.mark.parametrize("name", sorted(one.name for one in TABLES.glob("names*.txt")))
def test_of_a_hundred_names_98_are_read_as_they_are_meant(name: str) -> None:
    wrong = misread(name)
    assert len(wrong) <= len(list(rows(name))) / 50, wrong
