"""Words of callers that are found as they stand, as data: ``en/phrases.toml``."""

import functools
import re
import tomllib
from importlib import resources


@functools.cache
def phrase(name: str) -> re.Pattern[str]:
    """Compile what is found by its words.

    Args:
        name: Table and key of the data: ``people.self``.
    """
    table, _, key = name.partition(".")
    said = _data()[table][key]
    return re.compile(_filled(said if isinstance(said, str) else rf"\b(?:{'|'.join(said)})\b"))


def words(name: str) -> str:
    """Give the words of a name as one part of a pattern."""
    return f"(?:{'|'.join(_data()['words'][name])})"


def lists(table: str) -> dict[str, list[str] | str]:
    """Give a table of lists."""
    return _data()[table]


@functools.cache
def word_set(name: str) -> frozenset[str]:
    """Give single words, which stand in the data one after the other."""
    table, _, key = name.partition(".")
    return frozenset(str(_data()[table][key]).split())


def _filled(pattern: str) -> str:
    return re.sub(r"(?<!\?P)<(\w+)>", lambda match: words(match[1]), pattern.replace("\n", ""))


@functools.cache
def _data() -> dict[str, dict[str, list[str] | str]]:
    return tomllib.loads((resources.files("language") / "en" / "phrases.toml").read_text("utf-8"))
