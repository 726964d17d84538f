"""Orders candidates, and tells whether the best one answers: two linear layers, learned from questions.

``make train-search`` learns them from the sets of questions under ``tests/data`` and writes ``gate.npz``.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge.search.features import FEATURES, Candidates
from language.meaning.classifier import StaleWeightsError, model_pins

Floats = NDArray[np.float32]
WEIGHTS = files("knowledge.search") / "gate.npz"
_BEHIND = (1, 3)
"""The places of the candidates that the best one is compared with."""


@dataclass(frozen=True)
class Gate:
    """The learned weights.

    Attributes:
        order: What each column of ``FEATURES`` counts for a candidate; the last one is added.
        answers: The same for whether any answers, over ``summary``; the last one is added.
        topic: What the question's own vector counts for that; the last one is added.
        likely: From which score the best candidate is shown to a model, which judges by itself.
        sure: From which score it is said to a caller.
    """

    order: Floats
    answers: Floats
    topic: Floats
    likely: float
    sure: float

    def scores(self, rows: Floats) -> Floats:
        """Score candidates, the best highest."""
        found: Floats = rows @ self.order[:-1] + self.order[-1]
        return found

    def answer_score(self, seen: Candidates, scores: Floats) -> float:
        """Score how likely the best candidate answers at all."""
        about = float(seen.vector @ self.topic[:-1] + self.topic[-1])
        return float(np.append(summary(seen, scores), about) @ self.answers[:-1] + self.answers[-1])


def summary(seen: Candidates, scores: Floats) -> Floats:
    """Describe candidates together: the best one, how far ahead it is, the most of everything, the words."""
    places = np.argsort(-scores, kind="stable")
    best, first = scores[places[0]], places[0]
    ahead = [best - scores[places[min(place, len(places) - 1)]] for place in _BEHIND]
    share, allowed = seen.said.share, seen.said.allowed
    by_words = [
        share.max(), share[first], share[places[:3]].max(), (share * allowed).max(), allowed[first],
        seen.said.missing[first], *seen.said.needs,
    ]  # fmt: skip
    described: Floats = np.concatenate(
        [[best, *ahead], seen.rows[first], seen.rows.max(axis=0), by_words]
    ).astype(np.float32)
    return described


@cache
def load() -> Gate:
    """Read the weights that ship with the product.

    Raises:
        StaleWeightsError: They were learned with another model of meaning, or of other features.
    """
    with WEIGHTS.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        if str(stored["model"]) != model_pins() or tuple(stored["features"]) != FEATURES:
            raise StaleWeightsError("gate.npz wants another model of meaning; run make train-search")
        return Gate(
            stored["order"],
            stored["answers"],
            stored["topic"],
            float(stored["likely"]),
            float(stored["sure"]),
        )
