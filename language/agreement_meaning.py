"""What the parts of an answer to a read-back mean: agreeing, polite, or anything else.

Learned from ``language/meaning/en/consent.toml`` and ``es/``. It decides nothing: which answers are put to
it, and what has to be true of them besides, is the business of ``language/agreement.py``.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from language.meaning.classifier import Classifier, plain_words, read_examples
from language.meaning.embedding import Embedder

TASK = "consent"
_AGREES, _POLITE = "agrees", "polite"


@dataclass(frozen=True)
class Meaning:
    """How likely a stretch of an answer agrees, and how likely it is only polite."""

    agrees: float
    polite: float


def meanings_of(stretches: Sequence[str]) -> list[Meaning]:
    """Give what stretches of an answer mean; about 2 ms each, remembered."""
    return [_meaning(stretch) for stretch in stretches]


@functools.lru_cache(maxsize=2048)
def _meaning(stretch: str) -> Meaning:
    classifier = _classifier()
    row = dict(zip(classifier.labels, classifier.probabilities([stretch])[0], strict=True))
    return Meaning(float(row[_AGREES]), float(row[_POLITE]))


@functools.cache
def known_words() -> frozenset[str]:
    """List the words that agreeing and polite answers are made of.

    Whatever else is said, a name above all, is no part of an agreement.
    """
    fitting = (one for one in read_examples(TASK) if one.label in (_AGREES, _POLITE))
    return frozenset(word for one in fitting for word in plain_words(one.text).split())


@functools.cache
def _classifier() -> Classifier:
    return Classifier.load(TASK, Embedder.shared())


def load_meaning() -> None:
    """Load what is needed, which takes about a second: better not within a call."""
    known_words()
    meanings_of(["yes"])
