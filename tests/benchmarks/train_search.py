"""Learns from questions how passages are put in order and when one answers: run `make train-search`.

It prints what is reached on each practice's questions by what was learned from the others', and then learns
from all. Sets after the eighth are never learned from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from knowledge.search.features import FEATURES, Candidates
from knowledge.search.gate import WEIGHTS, Gate, summary
from knowledge.search.passage import Passage
from language.meaning.classifier import model_pins
from tests.fakes import demo_pages, practice_pages
from tests.fakes.practice_pages import SETS

Floats = NDArray[np.float64]
MOST_FALSE, MOST_SURELY_FALSE = 0.3, 0.0375
"""The shares of near misses that may be shown to a model, which judges by itself, and be said to a caller;
of those of a practice that nothing was learned from."""
LEARNED = SETS[:8]
"""Those after them are for a first sight."""
HELD_BACK = (("maple",), ("elmwood", "riverside"), ("lakeside",), ("cedarbluff",))
"""Practices whose questions are judged by what was learned from the others'."""
_PARTS = 5
_SEED = 3
_ORDER_DECAY, _ANSWER_DECAY, _TOPIC_DECAY = 1e-3, 3e-2, 3e-2


@dataclass(frozen=True)
class Asked:
    """A question as it is learned from.

    Attributes:
        good: Which of the candidates answer; none for a near miss.
        near_miss: Whether no passage of the files answers.
    """

    practice: str
    seen: Candidates
    good: NDArray[np.bool_]
    near_miss: bool

    @property
    def rows(self) -> NDArray[np.float32]:
        """The candidates' features."""
        return self.seen.rows


def asked_of(practice: str, question: str, is_answer: Callable[[Passage], bool] | None) -> Asked:
    """Ask a question, to learn from it.

    Args:
        is_answer: Tells whether a passage answers; None for a near miss.
    """
    index = practice_pages.index_of(practice)
    assert index.fusion is not None
    seen = index.fusion.candidates(*index.read(question))
    good = [is_answer is not None and is_answer(index.passages[place]) for place in seen.places]
    return Asked(practice, seen, np.array(good, bool), is_answer is None)


def train(asked: Sequence[Asked]) -> Gate:
    """Learn from questions; what was learned without a practice decides where the gate stands."""
    scored = np.array([answers for answers, _ in held_back(asked)])
    wrong = np.sort([
        score for one, score in zip(asked, scored, strict=True) if one.near_miss
    ])[::-1]  # fmt: skip
    likely, sure = (float(wrong[int(share * len(wrong))]) for share in (MOST_FALSE, MOST_SURELY_FALSE))
    return _weights(asked, likely, sure)


def held_back(asked: Sequence[Asked]) -> list[tuple[float, bool]]:
    """Give each question's score, and whether one of three answers, as learned from other practices."""
    found: list[tuple[float, bool]] = [(0.0, False)] * len(asked)
    for held in HELD_BACK:
        learned = _weights([one for one in asked if one.practice not in held])
        for place, one in enumerate(asked):
            if one.practice in held:
                found[place] = _judged(learned, one)
    return found


def _judged(learned: Gate, one: Asked) -> tuple[float, bool]:
    scores = learned.scores(one.rows)
    three = np.argsort(-scores, kind="stable")[:3]
    return learned.answer_score(one.seen, scores), bool(one.good[three].any())


def _weights(asked: Sequence[Asked], likely: float = 0, sure: float = 0) -> Gate:
    part = np.random.default_rng(_SEED).integers(0, _PARTS, len(asked))
    about = np.zeros(len(asked))
    vectors = np.stack([one.seen.vector for one in asked])
    for number in range(_PARTS):
        topic = _topic([one for one, its in zip(asked, part, strict=True) if its != number])
        about[part == number] = vectors[part == number] @ topic[:-1] + topic[-1]
    order, topic = _order(asked), _topic(asked)
    answers = _answers(asked, order, about)
    return Gate(order.astype(np.float32), answers.astype(np.float32), topic.astype(np.float32), likely, sure)


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
    return _logistic(np.stack([one.seen.vector for one in asked]), asked, _TOPIC_DECAY)


def _answers(asked: Sequence[Asked], order: Floats, about: Floats) -> Floats:
    described = [summary(one.seen, (one.rows @ order[:-1] + order[-1]).astype(np.float32)) for one in asked]
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
        sure=np.array(learned.sure),
        features=np.array(FEATURES),
        model=np.array(model_pins()),
    )


def _demo(half: str) -> list[Asked]:
    told = [asked_of("maple", one.question, one.is_answered_by) for one in demo_pages.answerable(half)]
    return told + [asked_of("maple", one, None) for one in demo_pages.unanswerable(half)]


def _fresh(name: str) -> list[Asked]:
    told = [
        asked_of(one.practice, one.question, one.is_answered_by) for one in practice_pages.answerable(name)
    ]
    return told + [asked_of(one.practice, one.question, None) for one in practice_pages.unanswerable(name)]


def main() -> None:
    """Judge, and learn."""
    asked = [*_demo("tuning"), *_demo("held-out"), *(one for name in LEARNED for one in _fresh(name))]
    learned = train(asked)
    judged = list(zip(asked, held_back(asked), strict=True))
    for held in HELD_BACK:
        mine = [(one, score, good) for one, (score, good) in judged if one.practice in held]
        found = [(score, good) for one, score, good in mine if not one.near_miss]
        near = np.array([score for one, score, _ in mine if one.near_miss])
        print(f"{', '.join(held)}, learned from the others: {len(found)} questions, {len(near)} near misses;")
        print(f"  {np.mean([good for _, good in found]):.1%} in three", end="")
        for name, least in (("shown", learned.likely), ("said", learned.sure)):
            right = np.mean([good and score >= least for score, good in found])
            print(f"; {name} {right:.1%}, near misses {np.mean(near >= least):.1%}", end="")
        print()
    save(learned)


if __name__ == "__main__":
    main()
