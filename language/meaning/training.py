"""Learns the weights of tasks from their examples: ``make train-meaning TASK=danger CHECK=--check``.

The check prints how often examples that were held back are told rightly (five parts, each judged by what was
learned from the other four) and which labels are taken for which, so that one sees where examples are
missing; it takes five times as long again. It needs scipy, which the server does not.
"""

import functools
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack

from language.meaning.classifier import (
    LANGUAGES,
    WORD_WEIGHT,
    Classifier,
    Example,
    digest_of_examples,
    model_pins,
    read_examples,
    softmax,
    weights_file,
    word_features,
    word_scale,
)
from language.meaning.embedding import Embedder
from language.values.claims import claim_forms
from language.values.reading import read

_PARTS = 5
_SEED = 11
_COMMON = 2
"""In how many examples a word or pair has to stand to count."""
_MOST_STEPS = 400
CHECK = "--check"
_SHOWN = 12


@dataclass(frozen=True)
class Tuning:
    """How a task is learned; found by parts held back.

    Attributes:
        decay: How strongly weights are held small (L2).
        word_weight: How far words and pairs count beside the vector.
        most_steps: Of the optimiser.
    """

    decay: float = 2e-4
    word_weight: float = WORD_WEIGHT
    most_steps: int = _MOST_STEPS


_TUNED = {
    "acts": Tuning(3e-6, 1.2, 200),
    "consent": Tuning(3e-5, 1.2, 150),
    "danger": Tuning(1e-5, 0.7, 120),
    "patients": Tuning(1e-5, 1.2, 120),
    "questions": Tuning(1e-5, 0.7, 120),
    "replies": Tuning(1e-5, 0.7, 120),
    "statements": Tuning(1e-5, 0.7),
}
_ANY_DAY = date(2026, 12, 1)
_AROUND_CLAUSES = (
    ("and", "so", "um", "oh", "well", "but", "okay so", "look"),
    ("please", "then", "you know", "if that's okay", "by the way"),
)
_AROUND = {
    "acts": _AROUND_CLAUSES,
    "patients": _AROUND_CLAUSES,
    "danger": (
        ("hi", "um", "uh", "oh god", "please", "well", "okay so", "hello yes", "listen", "I think"),
        ("please", "right now", "I think", "you know", "okay", "since this morning"),
    ),
}
"""What changes nothing of what a clause means, and stands before it and behind it in speech."""


def _statement_forms(text: str) -> Sequence[str]:
    return claim_forms(read(text, _ANY_DAY))


def _spoken_forms(text: str, task: str) -> Sequence[str]:
    """Give a clause as it stands, and beside what people say around it, the same at every training."""
    leads, tails = _AROUND[task]
    chosen = zlib.crc32(text.encode())
    return text, f"{leads[chosen % len(leads)]} {text}", f"{text} {tails[chosen // 16 % len(tails)]}"


_FORMS: dict[str, Callable[[str], Sequence[str]]] = {
    "statements": _statement_forms,
    **{task: functools.partial(_spoken_forms, task=task) for task in _AROUND},
}
"""How the sentences of a task are read before they are compared, where not as they stand."""


def in_all_forms(task: str, examples: Sequence[Example]) -> list[Example]:
    """Give a task's examples as its sentences will be read; one may be read in several ways."""
    forms = _FORMS.get(task)
    if forms is None:
        return list(examples)
    return [replace(one, text=text) for one in examples for text in dict.fromkeys(forms(one.text))]


def train(
    examples: Sequence[Example], embedder: Embedder, digest: str = "", *, tuning: Tuning | None = None
) -> Classifier:
    """Learn a classifier from examples.

    Args:
        digest: What the weights will be bound to.

    Returns:
        A classifier over the examples' labels, each label counting by the number of its examples.
    """
    tuned = tuning or Tuning()
    labels = sorted({one.label for one in examples})
    counted = Counter(feature for one in examples for feature in set(word_features(one.text)))
    features = sorted(feature for feature, count in counted.items() if count >= _COMMON)
    vectors = embedder.embed([one.words for one in examples])
    words = _words(examples, features, tuned.word_weight)
    inputs = csr_array(hstack([words, np.ones((len(examples), 1))]))
    targets = np.eye(len(labels))[[labels.index(one.label) for one in examples]]
    size = vectors.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(-1, len(labels))
        held = weights.copy()
        held[-1] = 0
        shares = softmax(vectors @ weights[:size] + inputs @ weights[size:])
        missed = -np.log(np.maximum((shares * targets).sum(axis=1), 1e-12)).mean()
        missing = (shares - targets) / len(examples)
        slope = np.vstack([vectors.T @ missing, inputs.T @ missing]) + 2 * tuned.decay * held
        return float(missed + tuned.decay * (held**2).sum()), slope.ravel()

    start = np.zeros((size + len(features) + 1) * len(labels))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": tuned.most_steps})
    return Classifier(
        embedder,
        labels=labels,
        features=features,
        weights=found.x.reshape(-1, len(labels)).astype(np.float32),
        digest=digest,
        word_weight=tuned.word_weight,
    )


def _words(examples: Sequence[Example], features: Sequence[str], word_weight: float) -> csr_array:
    """Give which words and pairs stand in which example, each example of one length."""
    column_of = {feature: column for column, feature in enumerate(features)}
    rows, columns, values = [], [], []
    for row, example in enumerate(examples):
        found = sorted({column_of[one] for one in word_features(example.text) if one in column_of})
        if found:
            rows += [row] * len(found)
            columns += found
            values += [word_scale(len(found), word_weight)] * len(found)
    return csr_array((values, (rows, columns)), shape=(len(examples), len(features)))


def held_back(examples: Sequence[Example], embedder: Embedder, task: str = "") -> list[tuple[Example, str]]:
    """Judge every example by what was learned without it.

    Returns:
        The examples, each with the label that it was given.
    """
    order = np.random.default_rng(_SEED).permutation(len(examples))
    judged: list[tuple[Example, str]] = []
    for part in range(_PARTS):
        away = [examples[n] for n in order[part::_PARTS]]
        kept = [examples[n] for number in range(_PARTS) if number != part for n in order[number::_PARTS]]
        classifier = train(in_all_forms(task, kept), embedder, tuning=_TUNED.get(task))
        away_forms = [in_all_forms(task, [one])[0].text for one in away]
        best = classifier.probabilities(away_forms).argmax(axis=1)
        judged += [(one, classifier.labels[n]) for one, n in zip(away, best, strict=True)]
    return judged


def save(classifier: Classifier, path: Path) -> None:
    """Write a classifier's weights; half precision is enough, and half as large."""
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        path,
        labels=np.array(classifier.labels),
        features=np.array(classifier.features),
        weights=classifier.weights.astype(np.float16),
        digest=np.array(classifier.digest),
        word_weight=np.array(classifier.word_weight),
        model=np.array(model_pins()),
    )


def _show(judged: Sequence[tuple[Example, str]]) -> None:
    right = sum(one.label == label for one, label in judged)
    print(f"  {right / len(judged):.1%} of those held back told rightly")
    mistaken = Counter((one.label, label) for one, label in judged if one.label != label)
    for (label, taken), count in mistaken.most_common(_SHOWN):
        print(f"  {count:3} of {label} taken for {taken}")


def main(arguments: Sequence[str]) -> None:
    """Learn tasks, all of them when none is named.

    Args:
        arguments: Names of tasks, and ``--check``.
    """
    folder = Path(__file__).parent
    every = sorted({file.stem for one in LANGUAGES for file in (folder / one).glob("*.toml")})
    named = [one for one in arguments if one != CHECK] or every
    embedder = Embedder.shared()
    for task in named:
        examples = read_examples(task)
        print(f"{task}: {len(examples)} examples")
        if CHECK in arguments:
            _show(held_back(examples, embedder, task))
        forms = in_all_forms(task, examples)
        learned = train(forms, embedder, digest_of_examples(task), tuning=_TUNED.get(task))
        save(learned, Path(str(weights_file(task))))


if __name__ == "__main__":
    main(sys.argv[1:])
