"""What the parts of an answer to a read-back mean: agreeing, polite, beside it, a pause, or anything else.

Learned from ``language/meaning/en/consent.toml`` and ``es/``. It decides nothing: which answers are put to
it, and what has to be true of them besides, is the business of ``language/agreement.py``.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from language.meaning.classifier import Classifier, plain_words, read_examples
from language.meaning.embedding import Embedder

TASK = "consent"


@dataclass(frozen=True)
class Meaning:
    """How likely a stretch of an answer agrees, is polite, tells something beside it, pauses, is other."""

    agrees: float
    polite: float
    aside: float
    pause: float
    other: float
    is_example: bool = False
    """It stands among the examples, so that its meaning is known."""


def meanings_of(stretches: Sequence[str]) -> list[Meaning]:
    """Give what stretches of an answer mean; about 2 ms each, remembered."""
    return [_meaning(stretch) for stretch in stretches]


@functools.lru_cache(maxsize=2048)
def _meaning(stretch: str) -> Meaning:
    known = _labels().get(plain_words(stretch))
    classifier = _classifier()
    row: dict[str, float] = (
        {one: float(one == known) for one in classifier.labels}
        if known
        else dict(zip(classifier.labels, map(float, classifier.probabilities([stretch])[0]), strict=True))
    )
    return Meaning(
        row["agrees"], row["polite"], row["aside"], row["pause"], row["other"], is_example=bool(known)
    )


@functools.cache
def _labels() -> dict[str, str]:
    return {one.words: one.label for one in read_examples(TASK)}


@functools.cache
def known_words(*, tells: bool) -> frozenset[str]:
    """List the words that agreeing and polite answers are made of.

    Whatever else is said, a name above all, is no part of an agreement.

    Args:
        tells: The words of what is told beside it as well.
    """
    labels = ("agrees", "polite", "aside", "pause") if tells else ("agrees", "polite")
    fitting = (one for one in read_examples(TASK) if one.label in labels)
    return frozenset(word for one in fitting for word in one.words.split())


@functools.cache
def _classifier() -> Classifier:
    return Classifier.load(TASK, Embedder.shared())


def load_meaning() -> None:
    """Load what is needed, which takes about a second: better not within a call."""
    known_words(tells=True)
    known_words(tells=False)
    meanings_of(["yes"])
