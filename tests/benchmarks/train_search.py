"""Learns from questions how passages are put in order and when one answers: run `make train-search`.

It prints what was reached on the halves of them, each judged by what was learned from the other, and then
learns from all. The seventh set is never learned from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge.search.features import FEATURES
from knowledge.search.gate import WEIGHTS, Gate, summary
from knowledge.search.index import KnowledgeIndex
from knowledge.search.passage import Passage
from language.meaning.classifier import model_pins
from tests.fakes import demo_pages, practice_pages

Floats = NDArray[np.float64]
MOST_FALSE = 0.3
"""The share of near misses that may pass: a model judges what it is shown."""
HALVES = (("first", "second", "third"), ("fourth", "fifth", "sixth"))
_PARTS = 5
_SEED = 3
_ORDER_DECAY, _ANSWER_DECAY, _TOPIC_DECAY = 1e-3, 3e-2, 3e-2


@dataclass(frozen=True)
class Asked:
    """A question as it is learned from.

    Attributes:
        rows: The candidates' features.
        good: Which of them answer; none for a near miss.
        near_miss: Whether no passage of the files answers.
    """

    rows: NDArray[np.float32]
    vector: NDArray[np.float32]
    good: NDArray[np.bool_]
    near_miss: bool


def asked_of(index: KnowledgeIndex, question: str, is_answer: Callable[[Passage], bool] | None) -> Asked:
    """Ask a question, to learn from it.

    Args:
        is_answer: Tells whether a passage answers; None for a near miss.
    """
    assert index.fusion is not None
    places, rows, vector = index.fusion.candidates(question)
    good = [is_answer is not None and is_answer(index.passages[place]) for place in places]
    return Asked(rows, vector, np.array(good, bool), is_answer is None)


def train(asked: Sequence[Asked]) -> Gate:
    """Learn from questions; what is held back decides where the gate stands."""
    order = _order(asked)
    about, scored = _held_back(asked)
    topic = _topic(asked)
    answers = _answers(asked, order, about)
    wrong = np.sort([score for one, score in zip(asked, scored, strict=True) if one.near_miss])[::-1]
    likely = float(wrong[int(MOST_FALSE * len(wrong))])
    return Gate(order.astype(np.float32), answers.astype(np.float32), topic.astype(np.float32), likely)


def _held_back(asked: Sequence[Asked]) -> tuple[Floats, Floats]:
    """Give each question's topic and answer score by what was learned without it."""
    part = np.random.default_rng(_SEED).integers(0, _PARTS, len(asked))
    about, scored = np.zeros(len(asked)), np.zeros(len(asked))
    vectors = np.stack([one.vector for one in asked])
    for number in range(_PARTS):
        kept = [one for one, its in zip(asked, part, strict=True) if its != number]
        topic = _topic(kept)
        about[part == number] = vectors[part == number] @ topic[:-1] + topic[-1]
    for number in range(_PARTS):
        chosen = part != number
        kept = [one for one, its in zip(asked, chosen, strict=True) if its]
        order = _order(kept)
        answers = _answers(kept, order, about[chosen])
        for place in np.flatnonzero(~chosen).tolist():
            scores = (asked[place].rows @ order[:-1] + order[-1]).astype(np.float32)
            described = summary(asked[place].rows, scores)
            scored[place] = float(np.append(described, about[place]) @ answers[:-1] + answers[-1])
    return about, scored


def _order(asked: Sequence[Asked]) -> Floats:
    """Learn the order: the good ones among the candidates, or none of them, as a choice."""
    told = [one for one in asked if one.near_miss or one.good.any()]
    rows = np.vstack([one.rows for one in told]).astype(np.float64)
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    rows = (rows - middle) / spread
    starts = np.cumsum([0, *(len(one.rows) for one in told)])[:-1]
    of = np.repeat(np.arange(len(told)), [len(one.rows) for one in told])
    good = np.concatenate([one.good for one in told])
    has_good = np.array([one.good.any() for one in told])

    def loss(flat: Floats) -> tuple[float, Floats]:
        scores = rows @ flat[:-1] + flat[-1]
        top = np.maximum(np.maximum.reduceat(scores, starts), 0)
        powers = np.exp(scores - top[of])
        total = np.add.reduceat(powers, starts) + np.exp(-top)
        right = np.add.reduceat(powers * good, starts)
        chosen = np.where(has_good, right, np.exp(-top))
        missed = -np.log(np.maximum(chosen / total, 1e-12)).mean()
        wanted = np.where(has_good[of], powers * good / np.maximum(right, 1e-30)[of], 0)
        slope = (powers / total[of] - wanted) / len(told)
        return (
            float(missed + _ORDER_DECAY * (flat[:-1] ** 2).sum()),
            np.append(rows.T @ slope + 2 * _ORDER_DECAY * flat[:-1], slope.sum()),
        )

    return _unscaled(_found(loss, rows.shape[1] + 1), middle, spread)


def _topic(asked: Sequence[Asked]) -> Floats:
    return _logistic(np.stack([one.vector for one in asked]), asked, _TOPIC_DECAY)


def _answers(asked: Sequence[Asked], order: Floats, about: Floats) -> Floats:
    described = [summary(one.rows, (one.rows @ order[:-1] + order[-1]).astype(np.float32)) for one in asked]
    return _logistic(np.c_[np.stack(described), about], asked, _ANSWER_DECAY)


def _logistic(rows: NDArray[np.floating], asked: Sequence[Asked], decay: float) -> Floats:
    """Learn near misses from the others, both counting the same."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    scaled = (rows - middle) / spread
    side = np.array([-1.0 if one.near_miss else 1.0 for one in asked])
    weight = np.where(side > 0, 1 / (side > 0).sum(), 1 / (side < 0).sum()) / 2

    def loss(flat: Floats) -> tuple[float, Floats]:
        held = side * (scaled @ flat[:-1] + flat[-1])
        slope = -weight * side / (1 + np.exp(held))
        return (
            float((weight * np.logaddexp(0, -held)).sum() + decay * (flat[:-1] ** 2).sum()),
            np.append(scaled.T @ slope + 2 * decay * flat[:-1], slope.sum()),
        )

    return _unscaled(_found(loss, rows.shape[1] + 1), middle, spread)


def _found(loss: Callable[[Floats], tuple[float, Floats]], size: int) -> Floats:
    found: Floats = minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B").x
    return found


def _unscaled(weights: Floats, middle: Floats, spread: Floats) -> Floats:
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ middle)


def save(learned: Gate) -> None:
    """Write the weights."""
    np.savez_compressed(
        Path(str(WEIGHTS)),
        order=learned.order,
        answers=learned.answers,
        topic=learned.topic,
        likely=np.array(learned.likely),
        features=np.array(FEATURES),
        model=np.array(model_pins()),
    )


def _demo(half: str) -> list[Asked]:
    index = demo_pages.demo_index()
    told = [asked_of(index, one.question, one.is_answered_by) for one in demo_pages.answerable(half)]
    return told + [asked_of(index, one, None) for one in demo_pages.unanswerable(half)]


def _fresh(name: str) -> list[Asked]:
    told = [
        asked_of(practice_pages.index_of(one.practice), one.question, one.is_answered_by)
        for one in practice_pages.answerable(name)
    ]
    return told + [
        asked_of(practice_pages.index_of(one.practice), one.question, None)
        for one in practice_pages.unanswerable(name)
    ]


def _show(learned: Gate, asked: Sequence[Asked], name: str) -> None:
    found, near = [], []
    for one in asked:
        scores = learned.scores(one.rows)
        answers = learned.answer_score(one.rows, scores, one.vector)
        if one.near_miss:
            near.append(answers)
        else:
            found.append((answers, one.good[np.argsort(-scores, kind="stable")[:3]].any()))
    print(
        f"{name}: {len(found)} questions, {len(near)} near misses; "
        f"{np.mean([good for _, good in found]):.1%} in three"
    )
    right = np.mean([good and answers >= learned.likely for answers, good in found])
    print(f"  past the gate {right:.1%}, near misses {np.mean(np.array(near) >= learned.likely):.1%}")


def main() -> None:
    """Judge, and learn."""
    first = [*_demo("tuning"), *_demo("held-out"), *(one for name in HALVES[0] for one in _fresh(name))]
    second = [one for name in HALVES[1] for one in _fresh(name)]
    _show(train(first), second, "second half, learned from the first")
    _show(train(second), first, "first half, learned from the second")
    save(train([*first, *second]))


if __name__ == "__main__":
    main()
