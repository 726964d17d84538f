"""Telephone numbers in every spoken form, written down with what is meant."""

import pytest

from language.phone import corrected, digits, extension, parse
from tests.unit.test_names_table import TABLES, rows


def misread(name: str) -> dict[tuple[str, str], str]:
    """List what is misread, with what was read."""
    wrong = {}
    for known, said, meant in rows(name):
        read = corrected(known, said) if known else parse(said) or digits(said)
        if (read or "none") != meant:
            wrong[known, said] = read or "none"
    return wrong


@pytest.mark.parametrize("name", sorted(one.name for one in TABLES.glob("numbers*.txt")))
def test_of_a_hundred_numbers_98_are_read_as_they_are_meant(name: str) -> None:
    wrong = misread(name)
    assert len(wrong) <= len(list(rows(name))) / 50, wrong


@pytest.mark.parametrize(
    ("said", "meant"),
    [("617 555 0123 extension 12", "12"), ("617 555 0123 ext. one two", "12"), ("617 555 0123", "")],
)
def test_an_extension_is_kept_apart(said: str, meant: str) -> None:
    assert extension(said) == meant
