"""The words of time, as data: ``en/times.toml``, and ``es/times.toml`` in the words of that."""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str, language: str = "en") -> Any:
    """Give a table of the data by its name."""
    return _data(language)[name]


@cache
def _data(language: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("language") / language / "times.toml").read_text("utf-8"))


def any_of(*names: str) -> str:
    """Join lists and patterns into one alternation, in a group of its own; ``<name>`` stands for one."""
    return "(?:" + "|".join(map(_filled, (one for name in names for one in _said(name)))) + ")"


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Compile a pattern of the data by its name."""
    return re.compile(any_of(name))


def patterns(name: str) -> list[re.Pattern[str]]:
    """Compile each of the patterns of a list."""
    return [re.compile(_filled(one)) for one in _said(name)]


def rows(name: str, wrapped: str = "{}") -> list[tuple[re.Pattern[str], str]]:
    """Compile the rows of a table, each a pattern and the name of what it means.

    Args:
        wrapped: What stands around each pattern.
    """
    return [(re.compile(wrapped.format(_filled(said))), means) for means, said in table(name)]


def _said(name: str) -> list[str]:
    found = _data("en").get(name) or table("patterns")[name]
    return [found] if isinstance(found, str) else found


def _filled(said: str) -> str:
    return re.sub(r"(?<!\?P)<(\w+)>", lambda match: any_of(match[1]), said.replace("\n", ""))
