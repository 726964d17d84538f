"""How much of what a question asks each passage says, by words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.search.question import Concept

Floats = NDArray[np.float32]
_LEAST_NEEDED = 0.01


@dataclass(frozen=True)
class Coverage:
    """What passages say of a question's concepts.

    Attributes:
        share: For each passage, the share of the question's weight that it holds.
        missing: The weight that it does not hold.
        allowed: Whether it holds what an answer cannot do without.
        score: How much it says of them, for an order.
    """

    share: Floats
    missing: Floats
    allowed: NDArray[np.bool_]
    score: Floats


class Words:
    """The terms of an index: where each stands, and how rare it is.

    Args:
        vocabulary: The numbers of the terms.
        arrays: Those of ``bm25.scores``.
        count: How many passages there are.
    """

    def __init__(self, vocabulary: dict[str, int], arrays: dict[str, NDArray[Any]], count: int) -> None:
        self.vocabulary = vocabulary
        self._count = count
        self._weights = arrays["data"]
        self._places = arrays["indices"]
        self._starts = arrays["indptr"].tolist()

    def coverage(self, asked: Sequence[Concept]) -> Coverage:
        """Tell what each passage says of the concepts of a question."""
        rarest = inverse_frequency(0, self._count)
        score, held = (np.zeros(self._count, np.float32) for _ in range(2))
        needed = _LEAST_NEEDED
        allowed = np.ones(self._count, bool)
        for concept in asked:
            said, rarity = self._said(concept)
            need = concept.need * (rarest + rarity) / 2
            held += need * (said > 0)
            needed += need
            score += said * (rarity * concept.weight)
            if concept.veto and concept.variants:
                allowed &= said > 0
        return Coverage(held / np.float32(needed), np.float32(needed) - held, allowed, score)

    def bm25(self, asked: Sequence[str]) -> Floats:
        """Score all passages by the terms that they share with a question."""
        score = np.zeros(self._count, np.float32)
        for term in asked:
            if term in self.vocabulary:
                start, end = self._span(term)
                score[self._places[start:end]] += self._weights[start:end]
        return score

    def rarity(self, term: str) -> float:
        """Tell how rare a term is, from 0 (everywhere) to 1 (nowhere)."""
        start, end = self._span(term) if term in self.vocabulary else (0, 0)
        return inverse_frequency(end - start, self._count) / inverse_frequency(0, self._count)

    def _said(self, concept: Concept) -> tuple[Floats, float]:
        """Give how much each passage says of a concept, and how rare it is."""
        said = np.zeros(self._count, np.float32)
        documents = 0
        for term, fits in concept.variants:
            start, end = self._span(term)
            places = self._places[start:end]
            frequency = self._weights[start:end] / inverse_frequency(end - start, self._count)
            said[places] = np.maximum(said[places], fits * frequency)
            documents += end - start
        return said, inverse_frequency(min(documents, self._count), self._count)

    def _span(self, term: str) -> tuple[int, int]:
        number = self.vocabulary[term]
        return self._starts[number], self._starts[number + 1]


def inverse_frequency(documents: int, count: int) -> float:
    """Weigh a term by how rare it is, as BM25 does; one that stands nowhere is as rare as can be."""
    seen = max(documents, 0.5)
    return math.log(1 + (count - seen + 0.5) / (seen + 0.5))
