"""Search by shared words and by meaning, fused: what a model is shown, which judges by itself."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.search import gate
from knowledge.search.features import Candidate, Question, features, rarity
from knowledge.search.passage import Passage
from knowledge.search.sentences import with_heading
from knowledge.search.spelling import Spelling
from knowledge.search.terms import terms
from knowledge.search.word_vectors import WordVectors, telling_words
from language.meaning.classifier import plain_words
from language.meaning.embedding import DIMENSIONS, Embedder

CANDIDATES = 24
"""Passages that are looked at closely, the best by shared words and by meaning."""
_FUSED = 10
"""What is added to a rank before it is turned round; smaller lets the first ranks count more."""
_MOST_OF_ONE = 2
"""Passages under one heading of one file: a third has seldom more to say than another page."""
Arrays = dict[str, NDArray[Any]]


def meanings(passages: Sequence[Passage]) -> Arrays:
    """Compute what passages mean: about 20 ms each.

    Returns:
        ``passages``, a vector for each; ``sentences``, one for each sentence of all, in half precision;
        ``ends``, where each passage's sentences end.
    """
    said = [with_heading(one.text, one.heading) for one in passages]
    sentences = Embedder.shared().embed([plain_words(one) for each in said for one in each])
    ends = np.cumsum([len(each) for each in said])
    WordVectors.shared().learn(word for each in said for one in each for word in telling_words(one))
    return {"passages": _middles(sentences, ends), "sentences": sentences.astype(np.float16), "ends": ends}


class Fusion:
    """Two rankings, fused by their ranks, and a closer look at the best of both.

    BM25 ranks by the words that a passage shares with the question, the other by how alike their meanings
    are. What is best by both is looked at sentence by sentence and word by word (``features``), and put in
    order by weights that were learned from questions. Whether the best one answers at all is decided apart
    from that (``gate``).

    Args:
        vocabulary: The numbers of the terms.
        arrays: Those of ``bm25.scores``, and ``meanings``.
    """

    def __init__(self, passages: Sequence[Passage], vocabulary: dict[str, int], arrays: Arrays) -> None:
        self._passages = passages
        self._vocabulary = vocabulary
        self._arrays = arrays
        self._spelling = Spelling(vocabulary)

    def search(self, question: str, limit: int) -> list[Passage]:
        """Find passages that may answer; call it in a thread, it takes milliseconds.

        Returns:
            Passages, best first; none when the best is unlikely to answer.
        """
        if not telling_words(question):
            return []
        weights = gate.load()
        places, rows, vector = self.candidates(question)
        scores = weights.scores(rows)
        if weights.answer_score(rows, scores, vector) < weights.likely:
            return []
        found: list[Passage] = []
        near: Counter[tuple[str, str]] = Counter()
        for place in np.argsort(-scores, kind="stable"):
            one = self._passages[places[place]]
            near[one.file, one.heading] += 1
            if near[one.file, one.heading] <= _MOST_OF_ONE and len(found) < limit:
                score = round(1 / (1 + math.exp(-float(scores[place]))), 3)
                found.append(Passage(one.text, one.file, one.heading, one.page, score, sure=False))
        return found

    def candidates(self, question: str) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
        """Find the passages to look at closely.

        Returns:
            Their places, their features, and what the question means.
        """
        arrays = self._arrays
        question = self._spelling.mend(question, self._vocabulary)
        vector = Embedder.shared().embed([plain_words(question)])[0]
        bm25 = self._bm25(terms(question))
        like = arrays["passages"] @ vector
        fused = 1 / (_FUSED + _ranks(bm25)) + 1 / (_FUSED + _ranks(like))
        places = np.argsort(-fused, kind="stable")[:CANDIDATES]
        read = Question(question, vector)
        found = []
        for place in places:
            one = self._passages[place]
            end = int(arrays["ends"][place])
            start = int(arrays["ends"][place - 1]) if place else 0
            near = arrays["sentences"][start:end].astype(np.float32) @ vector
            found.append(
                Candidate(float(bm25[place]), float(like[place]), with_heading(one.text, one.heading), near)
            )
        count = len(self._passages)
        rare = np.array([rarity(self._documents(root), count) for root in read.stems], np.float32)
        return places, features(read, found, rare), vector

    def _bm25(self, asked: Sequence[str]) -> NDArray[np.float32]:
        arrays = self._arrays
        score = np.zeros(len(self._passages), np.float32)
        for term in asked:
            if term in self._vocabulary:
                start, end = self._span(term)
                score[arrays["indices"][start:end]] += arrays["data"][start:end]
        return score

    def _documents(self, term: str) -> int:
        if term not in self._vocabulary:
            return 0
        start, end = self._span(term)
        return end - start

    def _span(self, term: str) -> tuple[int, int]:
        number, starts = self._vocabulary[term], self._arrays["indptr"]
        return int(starts[number]), int(starts[number + 1])


def _middles(sentences: NDArray[np.float32], ends: NDArray[np.int64]) -> NDArray[np.float32]:
    """Give each passage the middle of its sentences, of unit length."""
    starts = np.concatenate([[0], ends[:-1]])
    sums = np.add.reduceat(sentences, starts, axis=0)
    middles: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return middles.astype(np.float32).reshape(-1, DIMENSIONS)


def _ranks(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Give each its place, from 0; what scores nothing shares the last one."""
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    ranks[scores <= 0] = len(scores)
    return ranks
