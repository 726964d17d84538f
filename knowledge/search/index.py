"""Full-text search over the practice's files, in memory."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.chunk import Chunk
from knowledge.search import bm25
from knowledge.search.answer_kinds import kinds
from knowledge.search.fusion import Fusion, meanings
from knowledge.search.fuzzy import NearWords
from knowledge.search.lexicon import ALIKE_WORDS, SLIGHT, marks
from knowledge.search.passage import Passage
from knowledge.search.person_match import tells_of
from knowledge.search.question import RELATED_FITS, Concept, Reader
from knowledge.search.terms import NUMBER, terms

LEAST_COVERAGE = 0.65
"""Share of the question's weight that a passage must hold to be an answer to it."""
LEAST_BESIDE = 0.35
"""The same for the others, once one answers: what is found beside it may say it better."""
MOST_CHARS = 1000
"""Characters of a question that are read; a caller says far less in one breath."""
HEADING_WEIGHT = 2
"""A heading's words count as often as if the passage said them so many times more."""
_MOST_OF_ONE = 2
"""Passages under one heading of one file: a third has seldom more to say than another page."""
_SPARE = 4
_COLUMN = re.compile(r"(^|; )([^:;\n]{1,40}): ", re.MULTILINE)
_LEAST_NEEDED = 0.01
_RELATED_HOLDS = 0.6
"""How much of a word's need is met by one of the same topic."""


@dataclass(frozen=True)
class Ranking:
    """What is built of passages, to be searched; it may have been built in another process.

    Attributes:
        scores: The arrays of ``bm25.scores``, and those of ``meanings``, if computed.
    """

    vocab_dict: dict[str, int]
    scores: dict[str, NDArray[Any]]


class KnowledgeIndex:
    """An index over a set of files; it never changes after it is built.

    Passages are put in order by BM25, by what they say of each concept of the question: a word with its
    forms and synonyms, what it is most likely a slip for, and, for less, words of the same topic. Whether
    the best of them *answers* is decided apart from that, since a score says only that a passage fits
    better than others. Each concept weighs as much as it is rare in the files; one that the files have no
    word for weighs as the rarest, and more when it is the very thing that is asked for. A passage answers
    when it holds at least ``LEAST_COVERAGE`` of that weight. So "How much is a cleaning?" is answered, and
    "How much is a crown?" is not where no file speaks of crowns, however many passages speak of prices. The
    story around a question counts in part; ordinary talk ("I was wondering if you could") weighs nothing,
    words that most pages of a practice hold ("tooth", "visit") weigh little; who asks for a price is
    answered with nothing that names none, and who asks about somebody with nothing that is said of another.
    """

    def __init__(self, passages: Sequence[Passage], ranking: Any) -> None:
        self._passages = tuple(passages)
        self._vocabulary: dict[str, int] = ranking.vocab_dict if ranking else {}
        if ranking:
            self._weights: NDArray[np.float32] = ranking.scores["data"]
            self._places: NDArray[np.int32] = ranking.scores["indices"]
            self._starts: NDArray[np.int64] = ranking.scores["indptr"]
        has_meanings = ranking is not None and "sentences" in ranking.scores
        self._arrays: dict[str, NDArray[Any]] = ranking.scores if ranking else {}
        self.fusion = Fusion(self._passages, self._vocabulary, self._arrays) if has_meanings else None
        """Search by meaning; None while nothing can be found by it."""
        near = NearWords([*self._vocabulary, *(ALIKE_WORDS.keys() - self._vocabulary.keys())])
        self._reader = Reader(self._vocabulary, near.find)

    def __len__(self) -> int:
        return len(self._passages)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, in the order of the files."""
        return self._passages

    @property
    def ranking(self) -> Ranking | None:
        """What was built beside the passages; None when they hold no words."""
        if not self._passages:
            return None
        return Ranking(self._vocabulary, self._arrays)

    @classmethod
    def build(
        cls, files: Sequence[tuple[str, Sequence[Chunk]]], *, by_meaning: bool = True
    ) -> "KnowledgeIndex":
        """Build an index, in the calling thread; 10,000 chunks take a few seconds, and minutes by meaning.

        Args:
            files: Each file's name and what it was cut into.
            by_meaning: Whether a model is to find by meaning, too.

        Returns:
            The index, which finds nothing when the files hold no words.
        """
        passages = [
            Passage(one.text, name, one.heading, one.page) for name, chunks in files for one in chunks
        ]
        headings: dict[str, list[str]] = {}
        found = [_terms(one, headings) for one in passages]
        if not any(found):
            return cls([], None)
        vocabulary, scores = bm25.scores(found)
        return cls(passages, Ranking(vocabulary, scores | (meanings(passages) if by_meaning else {})))

    def search(self, question: str, limit: int = 3, *, judged: bool = False) -> list[Passage]:
        """Find the passages that answer a question; call it in a thread.

        Args:
            judged: Whether a model judges the passages before any is said: what is found by meaning comes
                first then, in its order, and what is found by words alone after it.

        Returns:
            Passages, best first, of each search ``limit`` at most; none when nothing fits well enough.
        """
        by_words = self._by_words(question, limit)
        if not judged or self.fusion is None:
            return by_words
        sure = {(one.file, one.heading, one.text): one for one in by_words}
        fused = self.fusion.search(question[:MOST_CHARS], limit)
        first = [sure.pop((one.file, one.heading, one.text), one) for one in fused]
        return [*first, *sure.values()]

    def _by_words(self, question: str, limit: int) -> list[Passage]:
        if not self._passages:
            return []
        asked = self._reader.read(question[:MOST_CHARS])
        fit = self._fit(asked)
        if fit is None:
            return []
        found: list[Passage] = []
        near: Counter[tuple[str, str]] = Counter()
        for place in np.argsort(-fit, kind="stable")[: limit * _SPARE]:
            one = self._passages[place]
            near[one.file, one.heading] += 1
            if fit[place] <= 0 or len(found) == limit:
                break
            if near[one.file, one.heading] <= _MOST_OF_ONE and tells_of(one.text, one.heading, asked):
                found.append(self._passage(int(place), float(fit[place])))
        return found

    def _passage(self, place: int, score: float) -> Passage:
        one = self._passages[place]
        return Passage(one.text, one.file, one.heading, one.page, round(score, 3))

    def _fit(self, asked: Sequence[Concept]) -> NDArray[np.float32] | None:
        """Score all passages for the concepts of a question; None when no passage answers it."""
        known = sum(one.need for one in asked if one.variants)
        if known < SLIGHT * (1 if any(one.veto for one in asked) else 2):
            return None  # one word that says little asks nothing
        count = len(self._passages)
        rarest = _rarity(0, count)
        score, held, needed = (np.zeros(count, np.float32) for _ in range(3))
        answers = np.ones(count, bool)
        for concept in asked:
            said, share, rarity = self._held(concept)
            need = concept.need * (rarest + rarity) / 2
            held += need * share
            needed += need * share if concept.hint else need
            score += said * (rarity * concept.weight)
            if concept.veto and concept.variants:
                answers &= said > 0
        coverage = held / np.maximum(needed, _LEAST_NEEDED)
        if not (answers & (coverage >= LEAST_COVERAGE)).any():
            return None
        answers &= coverage >= LEAST_BESIDE
        return np.where(answers, score * coverage, 0).astype(np.float32)

    def _held(self, concept: Concept) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
        """Give how much each passage says of a concept and what share of it that is, and how rare it is."""
        count = len(self._passages)
        said, share = np.zeros(count, np.float32), np.zeros(count, np.float32)
        itself = related = 0
        for term, fits in concept.variants:
            start, end = self._span(term)
            places = self._places[start:end]
            frequency = self._weights[start:end] / _rarity(end - start, count)
            said[places] = np.maximum(said[places], fits * frequency)
            if fits > RELATED_FITS:
                share[places] = 1.0
                itself += end - start
            else:
                share[places] = np.maximum(share[places], _RELATED_HOLDS)
                related += end - start
        return said, share, _rarity(min(itself or related, count), count)

    def _span(self, term: str) -> tuple[int, int]:
        number = self._vocabulary[term]
        return int(self._starts[number]), int(self._starts[number + 1])


def _terms(passage: Passage, headings: dict[str, list[str]]) -> list[str]:
    text = terms(_with_names_once(passage.text))
    if not text:
        return []
    above = f"{passage.file}\n{passage.heading}"
    if above not in headings:
        heading = [*terms(passage.heading), *marks(passage.heading)]
        name = terms(PurePath(passage.file).stem.replace("_", " ").replace("-", " "))
        headings[above] = [*(heading * HEADING_WEIGHT), *name]
    number = [NUMBER] if any(one.isdigit() for one in text) else []
    return [*text, *number, *kinds(passage.text), *marks(passage.text), *headings[above]]


def _with_names_once(text: str) -> str:
    """Leave out the names of a table's columns after its first row: they are no more said for it."""
    if ": " not in text:
        return text
    seen: set[str] = set()

    def first(match: re.Match[str]) -> str:
        if match[2] in seen:
            return match[1]
        seen.add(match[2])
        return match[0]

    return _COLUMN.sub(first, text)


def _rarity(documents: int, count: int) -> float:
    """Weigh a term by how rare it is, as BM25 does; one that stands nowhere is as rare as can be."""
    seen = max(documents, 0.5)
    return math.log(1 + (count - seen + 0.5) / (seen + 0.5))
