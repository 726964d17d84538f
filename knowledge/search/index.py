"""Full-text search over the practice's files, in memory."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.chunk import Chunk
from knowledge.search import bm25
from knowledge.search.answer_kinds import kinds
from knowledge.search.coverage import Words
from knowledge.search.fusion import LEAST_BESIDE, Fusion, meanings
from knowledge.search.lexicon import SLIGHT, marks
from knowledge.search.passage import Passage
from knowledge.search.person_match import tells_of
from knowledge.search.question import Concept, Reader
from knowledge.search.spelling import Spelling
from knowledge.search.terms import NUMBER, terms

LEAST_COVERAGE = 0.65
"""Share of the question's weight that a passage must hold to be an answer to it."""
MOST_CHARS = 1000
"""Characters of a question that are read; a caller says far less in one breath."""
HEADING_WEIGHT = 2
"""A heading's words count as often as if the passage said them so many times more."""
_MOST_OF_ONE = 2
"""Passages under one heading of one file: a third has seldom more to say than another page."""
_SPARE = 4
_COLUMN = re.compile(r"(^|; )([^:;\n]{1,40}): ", re.MULTILINE)


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

    What the passages mean and the words that they share with a question put them in order (``Fusion``).
    Whether the best of them *answers* is decided apart from that, since a score says only that a passage
    fits better than others: the gate looks at what a passage says of each concept of the question, a word
    with its forms and synonyms, and at what both mean. Each concept
    weighs as much as it is rare in the files; one that the files have no word for weighs as the rarest, and
    more when it is the very thing that is asked for.

    Without vectors of what passages mean, a passage answers when it holds at least ``LEAST_COVERAGE`` of
    that weight. So "How much is a cleaning?" is answered, and "How much is a crown?" is not where no file
    speaks of crowns, however many passages speak of prices. The story around a question counts in part;
    ordinary talk ("I was wondering if you could") weighs nothing; who asks for a price is answered with
    nothing that names none, and who asks about somebody with nothing that is said of another.
    """

    def __init__(self, passages: Sequence[Passage], ranking: Any) -> None:
        self._passages = tuple(passages)
        self._arrays: dict[str, NDArray[Any]] = ranking.scores if ranking else {}
        vocabulary: dict[str, int] = ranking.vocab_dict if ranking else {}
        self._words = Words(vocabulary, self._arrays, len(self._passages)) if ranking else None
        self.fusion: Fusion | None = None
        """Search by meaning; None while nothing can be found by it."""
        if self._words is not None and "sentences" in self._arrays:
            self.fusion = Fusion(self._passages, self._words, self._arrays)
        self._reader = Reader(vocabulary)
        self._spelling = Spelling(vocabulary)

    def __len__(self) -> int:
        return len(self._passages)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, in the order of the files."""
        return self._passages

    @property
    def ranking(self) -> Ranking | None:
        """What was built beside the passages; None when they hold no words."""
        if self._words is None:
            return None
        return Ranking(self._words.vocabulary, self._arrays)

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
            judged: Whether a model judges the passages before any is said: it gets those that are not sure
                to answer, too.

        Returns:
            Passages, best first; none when nothing fits well enough.
        """
        if self._words is None:
            return []
        question, asked = self.read(question)
        if self.fusion is None:
            return self._by_words(self._words, asked, limit)
        found = self.fusion.search(question, asked, limit)
        return [one for one in found if judged or one.sure]

    def read(self, question: str) -> tuple[str, list[Concept]]:
        """Give a question as the files would spell it, and what it asks about."""
        question = self._spelling.mend(question[:MOST_CHARS])
        return question, self._reader.read(question)

    def _by_words(self, words: Words, asked: Sequence[Concept], limit: int) -> list[Passage]:
        fit = _fit(words, asked)
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
                found.append(replace(one, score=round(float(fit[place]), 3)))
        return found


def _fit(words: Words, asked: Sequence[Concept]) -> NDArray[np.float32] | None:
    """Score all passages for the concepts of a question; None when no passage answers it."""
    known = sum(one.need for one in asked if one.variants)
    if known < SLIGHT * (1 if any(one.veto for one in asked) else 2):
        return None  # one word that says little asks nothing
    covered = words.coverage(asked)
    if not (covered.allowed & (covered.share >= LEAST_COVERAGE)).any():
        return None
    answers = covered.allowed & (covered.share >= LEAST_BESIDE)
    return np.where(answers, covered.score * covered.share, 0).astype(np.float32)


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
