"""Search by shared words and by meaning, fused."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.search import gate
from knowledge.search.asked_kinds import may_answer
from knowledge.search.coverage import Words
from knowledge.search.features import Candidate, Candidates, Question, features, said
from knowledge.search.passage import Passage
from knowledge.search.person_match import tells_of
from knowledge.search.question import Concept
from knowledge.search.sentences import with_heading
from knowledge.search.terms import terms
from knowledge.search.word_vectors import WordVectors, telling_words
from language.meaning.classifier import plain_words
from language.meaning.embedding import DIMENSIONS, Embedder

CANDIDATES = 24
"""Passages that are looked at closely, the best by shared words and by meaning."""
_RANKED = 200
"""Of each ranking; what stands further down is not looked at."""
_FUSED = 10
"""What is added to a rank before it is turned round; smaller lets the first ranks count more."""
LEAST_BESIDE = 0.35
"""Share of what is asked that a passage must say by its words to be said to a caller, once one answers."""
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
    from that (``gate``), also by how much of what is asked it says (``coverage``).

    Args:
        words: The terms of the passages.
        arrays: ``meanings``.
    """

    def __init__(self, passages: Sequence[Passage], words: Words, arrays: Arrays) -> None:
        self._passages = passages
        self._words = words
        self._arrays = arrays

    def search(self, question: str, asked: Sequence[Concept], limit: int) -> list[Passage]:
        """Find passages that may answer; call it in a thread, it takes milliseconds.

        Args:
            asked: The concepts of the question.

        Returns:
            Passages, best first, each marked when it is sure to answer; none when the best is unlikely to.
        """
        if not telling_words(question):
            return []
        weights = gate.load()
        seen = self.candidates(question, asked)
        scores = weights.scores(seen.rows)
        answers = weights.answer_score(seen, scores)
        if answers < weights.likely:
            return []
        found: list[Passage] = []
        near: Counter[tuple[str, str]] = Counter()
        places = np.argsort(-scores, kind="stable")
        best = self._passages[seen.places[places[0]]]
        says = answers >= weights.sure and may_answer(question, best.text, best.heading)
        for place in places:
            one = self._passages[seen.places[place]]
            near[one.file, one.heading] += 1
            if near[one.file, one.heading] <= _MOST_OF_ONE and len(found) < limit:
                score = round(1 / (1 + math.exp(-float(scores[place]))), 3)
                fits = seen.said.allowed[place] and seen.said.share[place] >= LEAST_BESIDE
                fits = fits and tells_of(one.text, one.heading, asked)
                sure = says and fits and may_answer(question, one.text, one.heading)
                found.append(replace(one, score=score, sure=bool(sure)))
        return found

    def candidates(self, question: str, asked: Sequence[Concept]) -> Candidates:
        """Find the passages to look at closely."""
        arrays, words = self._arrays, self._words
        vector = Embedder.shared().embed([plain_words(question)])[0]
        bm25 = words.bm25(terms(question))
        like = arrays["passages"] @ vector
        fused = 1 / (_FUSED + _ranks(bm25)) + 1 / (_FUSED + _ranks(like))
        places = _best(fused, CANDIDATES)
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
        rare = np.array([words.rarity(root) for root in read.stems], np.float32)
        spoken = said(words.coverage(asked), asked, places)
        return Candidates(places, features(read, found, rare, spoken), vector, spoken)


def _middles(sentences: NDArray[np.float32], ends: NDArray[np.int64]) -> NDArray[np.float32]:
    """Give each passage the middle of its sentences, of unit length."""
    starts = np.concatenate([[0], ends[:-1]])
    sums = np.add.reduceat(sentences, starts, axis=0)
    middles: NDArray[np.float32] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return middles.astype(np.float32).reshape(-1, DIMENSIONS)


def _ranks(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Give each of the best its place, from 0; all others, and what scores nothing, share the last one."""
    ranks = np.full(len(scores), len(scores), np.int64)
    best = _best(scores, _RANKED)
    ranks[best] = np.arange(len(best))
    ranks[scores <= 0] = len(scores)
    return ranks


def _best(scores: NDArray[Any], most: int) -> NDArray[np.int64]:
    """Give the places of the best, in order; of equals the earlier first."""
    if len(scores) <= most:
        return np.argsort(-scores, kind="stable")
    least = np.partition(scores, -most)[-most]
    places = np.flatnonzero(scores >= least)
    return places[np.argsort(-scores[places], kind="stable")[:most]]
