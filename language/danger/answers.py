"""How the one question is answered, by meaning.

"You have to send somebody" is a yes, "I said half past four" a no.
"""

import functools
import re
import tomllib
from importlib.resources import files
from typing import Literal

from language.meaning.classifier import Classifier, plain_words
from language.meaning.embedding import Embedder

Answer = Literal["yes", "no", "again", ""]
TASK = "replies"
_SURELY = 0.6
"""From how likely on an answer is a no, asks what was said, or is a yes, which a doubt and a plea are too."""
_ANSWERS: dict[str, Answer] = {"none": "no", "again": "again", "danger": "yes"}


@functools.cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    text = (files("language.danger") / language / "rules.toml").read_text("utf-8")
    data = tomllib.loads(text)["answer"]
    return {one: re.compile(rf"(?<!\w)(?:{data[one]})(?!\w)") for one in ("value", "moves_on")}


@functools.cache
def _classifier() -> Classifier:
    return Classifier.load(TASK, Embedder.shared())


def answer_in(text: str) -> Answer:
    """Read the answer to "is anyone in danger".

    Returns:
        ``again`` where it only asks what was said; empty where it may be anything.
    """
    if not plain_words(text):
        return ""
    classifier = _classifier()
    likely = dict(zip(classifier.labels, map(float, classifier.probabilities([text])[0]), strict=True))
    label = max(likely, key=lambda one: likely[one])
    return _ANSWERS[label] if likely[label] >= _SURELY else ""


def calls_it_off(text: str, language: str) -> bool:
    """Tell whether somebody says that there is no emergency after all."""
    return _patterns(language)["moves_on"].search(plain_words(text)) is not None


def asks_for_value(said: str, language: str) -> bool:
    """Tell whether what was said before asks for a name, a number, a day or a choice."""
    return "?" in said and _patterns(language)["value"].search(plain_words(said)) is not None
