"""How the one question is answered."""

import functools
import re
import tomllib
from importlib.resources import files
from typing import Literal

from language.meaning.classifier import plain_words

Answer = Literal["yes", "no", ""]


@functools.cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    text = (files("language.danger") / language / "rules.toml").read_text("utf-8")
    data = tomllib.loads(text)["answer"]
    opening = rf"^(?:(?:{data['opening']}) )*"
    return {
        "no": re.compile(rf"{opening}(?:{data['no']})(?!\w)"),
        "yes": re.compile(rf"{opening}(?:{data['yes']})(?!\w)"),
        "again": re.compile(rf"^(?:(?:{data['opening']}) )*(?:{data['again']})$"),
        "value": re.compile(rf"(?<!\w)(?:{data['value']})(?!\w)"),
        "moves on": re.compile(rf"(?<!\w)(?:{data['moves_on']})(?!\w)"),
    }


def answer_in(text: str, language: str) -> Answer:
    """Read the answer to "is anyone in danger", by how it begins.

    Returns:
        Empty where it is neither yes nor no.
    """
    patterns, words = _patterns(language), plain_words(text)
    if patterns["no"].search(words):
        return "no"
    return "yes" if patterns["yes"].search(words) else ""


def calls_it_off(text: str, language: str) -> bool:
    """Tell whether somebody says that there is no emergency after all."""
    return _patterns(language)["moves on"].search(plain_words(text)) is not None


def asks_again(text: str, language: str) -> bool:
    """Tell whether somebody only asks what was said."""
    return _patterns(language)["again"].search(plain_words(text)) is not None


def asks_for_value(said: str, language: str) -> bool:
    """Tell whether what was said before asks for a name, a number, a day or a choice."""
    return "?" in said and _patterns(language)["value"].search(plain_words(said)) is not None
