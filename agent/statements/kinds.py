"""What a sentence claims, by meaning: that something was done, that a time is free, a fact, or nothing.

The kinds and their examples are in ``language/meaning/en/statements.toml`` and ``es/statements.toml``.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from agent.statements.support import stems_of
from language.meaning.classifier import Classifier, read_examples
from language.meaning.embedding import Embedder
from language.values.claims import claim_forms
from language.values.reading import Reading

TASK = "statements"
DEEDS = frozenset(
    {
        "booked",
        "done",
        "cancelled",
        "moved",
        "told",
        "requested",
        "call_back",
        "sent",
        "hand_off",
        "other_deed",
        "human",
        "record",
    }
)
"""Kinds that are said only where the record of the conversation holds them."""
_TO_SOMEBODY = re.compile(r"\b(?:you|your|yours)\b|\bbook(?:ed|ing)\b", re.IGNORECASE)
_LIKELY = 0.6
_COMMON_FROM = ("talk", "offer")


@cache
def _classifier() -> Classifier:
    return Classifier.load(TASK, Embedder.shared())


def kinds_of(texts: Sequence[str]) -> list[Mapping[str, float]]:
    """Give how likely each kind is, for each of a few sentences or clauses."""
    classifier = _classifier()
    rows = classifier.probabilities([*texts])
    return [dict(zip(classifier.labels, map(float, row), strict=True)) for row in rows]


@cache
def common_stems() -> frozenset[str]:
    """Give the stems of words that talk is full of, whatever a practice's files say."""
    return frozenset(
        stem for one in read_examples(TASK) if one.label in _COMMON_FROM for stem in stems_of(one.text)
    )


@cache
def ordinary_stems() -> frozenset[str]:
    """Give the stems of all examples."""
    return frozenset(stem for one in read_examples(TASK) for stem in stems_of(one.text))


@cache
def common_words() -> frozenset[str]:
    """Give the words of all examples, lower case."""
    return frozenset(word for one in read_examples(TASK) for word in one.words.split())


def claims_a_deed(sentence: str) -> bool:
    """Tell whether a sentence, wherever it stands, tells somebody that something was done for them."""
    if not _TO_SOMEBODY.search(sentence):
        return False
    (kinds,) = kinds_of([sentence])
    return sum(kinds.get(kind, 0.0) for kind in ("booked", "done", "cancelled", "moved")) > _LIKELY


def kinds_of_readings(readings: Sequence[Reading]) -> list[Mapping[str, float]]:
    """Give how likely each kind is, for each of a few sentences that were read."""
    forms = [claim_forms(one) for one in readings]
    distinct = list(dict.fromkeys(form for pair in forms for form in pair))
    found = dict(zip(distinct, kinds_of(distinct), strict=True))
    return [
        {kind: (found[one][kind] + found[other][kind]) / 2 for kind in found[one]} for one, other in forms
    ]
