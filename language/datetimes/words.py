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
    """Join tables of patterns into one alternation, in a group of its own; ``<name>`` stands for a table."""
    joined = "|".join(one for name in names for one in table(name))
    return "(?:" + re.sub(r"<(\w+)>", lambda match: any_of(match[1]), joined) + ")"
