"""What speaks for a passage as the answer to a question, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.search.asked_kinds import KINDS, kinds_asked, kinds_told
from knowledge.search.coverage import Coverage
from knowledge.search.question import Concept
from knowledge.search.terms import MONEY, stem
from knowledge.search.word_vectors import WordVectors, likeness, telling_words
from language.meaning.embedding import Embedder

Floats = NDArray[np.float32]
FEATURES = (
    "bm25", "bm25_share", "passage_like", "passage_behind", "sentence_like", "sentence_behind", "words_held",
    "words_meant", "most_missing", "missing", "sentence_meant", "sentence_missing", "amount_told",
    "amount_not_told", "words_asked", "share_said", "share_behind", "words_score", "allowed",
    *(f"{kind}_{told}" for kind in KINDS for told in ("told", "not_told")),
)  # fmt: skip
"""The columns of ``features``."""
_EVERYDAY, _RARE = 7.0, 13.0
"""How surprising a word is (natural logarithm, by the embedding model) that says nothing, or all."""
_LEAST = 1e-6
_SAID = 2.0
_PRICE_LIKE, _PRICE_SURE = 0.3, 0.6
PRICE_QUESTIONS = ("how much does it cost", "what do you charge for that", "what is the price")


@dataclass(frozen=True)
class Candidate:
    """A passage that may answer.

    Attributes:
        bm25: Its score by the words that it shares with the question.
        like: How alike its text and the question are.
        sentences: Its sentences, each with its heading.
        sentence_like: How alike each of them and the question are.
    """

    bm25: float
    like: float
    sentences: Sequence[str]
    sentence_like: Floats


@dataclass(frozen=True)
class Said:
    """How much of what a question asks candidates say by their words.

    Attributes:
        share: Of the question's weight, for each.
        missing: The weight that each does not hold.
        allowed: Whether each holds what an answer cannot do without.
        score: How much each says of that, beside the one that says most.
        needs: What the files have words for, what they have none for, and the most of that.
    """

    share: Floats
    missing: Floats
    allowed: NDArray[np.bool_]
    score: Floats
    needs: Floats


@dataclass(frozen=True)
class Candidates:
    """The passages that are looked at closely.

    Attributes:
        rows: Their features.
        vector: What the question means.
    """

    places: NDArray[np.int64]
    rows: Floats
    vector: Floats
    said: Said


class Question:
    """A question, read once.

    Args:
        text: As the caller put it.
        vector: What it means.
    """

    def __init__(self, text: str, vector: Floats) -> None:
        self.vector = vector
        self.price = price_asked(vector)
        self.kinds = kinds_asked(text)
        self.words = telling_words(text)
        self.stems = [stem(word) for word in self.words]
        self.everyday = np.array([_surprise(word) for word in self.words], np.float32)


@cache
def _prices() -> Floats:
    return Embedder.shared().embed(PRICE_QUESTIONS)


def price_asked(vector: Floats) -> float:
    """Tell how far a question asks for a price."""
    return float(np.clip(((_prices() @ vector).max() - _PRICE_LIKE) / (_PRICE_SURE - _PRICE_LIKE), 0, 1))


def features(question: Question, candidates: Sequence[Candidate], rarity: Floats, said: Said) -> Floats:
    """Weigh what speaks for each candidate.

    Args:
        rarity: How rare each of the question's words is in the files, from 0 to 1.
        said: How much of what is asked they say by their words.

    Returns:
        A row for each candidate, with the columns ``FEATURES``.
    """
    texts = [[_words(one) for one in each.sentences] for each in candidates]
    held_by_all = held_by(question, [sentence for text in texts for sentence in text])
    first = 0
    weights = rarity * question.everyday + _LEAST
    rows = []
    best_bm25 = max((one.bm25 for one in candidates), default=0.0) + _LEAST
    best_like = max((one.like for one in candidates), default=0.0)
    best_sentence = max((float(one.sentence_like.max()) for one in candidates), default=0.0)
    for one, text in zip(candidates, texts, strict=True):
        spoken = held_by_all[first : first + len(text)]
        first += len(text)
        whole = spoken.max(axis=0)
        held = np.minimum(whole, 1)
        by_sentence = np.minimum(spoken, 1) @ weights
        fullest = np.minimum(spoken[int(np.argmax(by_sentence))], 1)
        total = float(weights.sum()) + _LEAST
        money = any(stem(word) == MONEY for sentence in text for word in sentence)
        sentence_like = float(one.sentence_like.max())
        rows.append(
            (
                one.bm25,
                one.bm25 / best_bm25,
                one.like,
                one.like - best_like,
                sentence_like,
                sentence_like - best_sentence,
                float((weights * (whole > 1)).sum()) / total,
                float((weights * held).sum()) / total,
                float((weights * (1 - held)).max(initial=0)),
                float((weights * (1 - held)).sum()),
                float(by_sentence.max()) / total,
                float((weights * (1 - fullest)).max(initial=0)),
                question.price * money,
                question.price * (not money),
                len(question.words) / 10,
            )
        )
    by_words = (said.share, said.share - said.share.max(initial=0), said.score, said.allowed)
    nearest = [one.sentences[int(np.argmax(one.sentence_like))] for one in candidates]
    told = np.array([kinds_told(question.kinds, one) for one in nearest], np.float32).reshape(
        -1, 2 * len(KINDS)
    )
    return np.column_stack([np.array(rows, np.float32).reshape(len(candidates), -1), *by_words, told])


def held_by(question: Question, texts: Sequence[Sequence[str]]) -> Floats:
    """Tell how far each text holds each word of a question.

    Args:
        texts: The words of each.

    Returns:
        A row for each text, a column for each word: from 0 to 1 where a word of the text means it, 2 where
        the text says it.
    """
    vectors = WordVectors.shared()
    all_words = list(dict.fromkeys(word for text in texts for word in text))
    held = np.zeros((len(texts), len(question.words)), np.float32)
    if not question.words or not all_words:
        return held
    vectors.learn([*question.words, *all_words])
    meant = likeness(vectors.known(question.words), vectors.known(all_words))
    stems = np.array([stem(word) for word in all_words])
    for row, root in enumerate(question.stems):
        meant[row, stems == root] = _SAID
    place = {word: number for number, word in enumerate(all_words)}
    for row, text in enumerate(texts):
        if text:
            held[row] = meant[:, [place[word] for word in text]].max(axis=1)
    return held


def said(covered: Coverage, asked: Sequence[Concept], places: NDArray[np.int64]) -> Said:
    """Tell how much of what is asked candidates say."""
    unknown = [one.need for one in asked if not one.variants]
    return Said(
        covered.share[places],
        covered.missing[places],
        covered.allowed[places],
        covered.score[places] / (covered.score.max(initial=0) + np.float32(_LEAST)),
        np.array(
            [sum(one.need for one in asked if one.variants), sum(unknown), max(unknown, default=0)],
            np.float32,
        ),
    )


@lru_cache(maxsize=50_000)
def _words(sentence: str) -> tuple[str, ...]:
    return tuple(telling_words(sentence))


@lru_cache(maxsize=20_000)
def _surprise(word: str) -> float:
    return min(max((Embedder.shared().surprise(word) - _EVERYDAY) / (_RARE - _EVERYDAY), 0.0), 1.0)
