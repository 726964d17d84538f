"""Tells by meaning which of a few kinds a sentence is of, from examples that people read and add to.

A *task* is a set of examples, one file a language: ``language/meaning/en/TASK.toml`` and ``es/TASK.toml``,
each with lists of sentences under their label::

    booked = ["you're all set for tuesday", "i've put you down for nine"]
    none = ["shall i book that for you"]

``make train-meaning`` learns from all of them and writes ``language/meaning/weights/TASK.npz``. A test holds
that the weights belong to the examples, so nobody changes one without the other. To use a task::

    classifier = Classifier.load("TASK", Embedder.shared())
    classifier.probabilities(["i have you in for tuesday"])  # (1, number of labels), each row adds up to 1

The model is one linear layer over the sentence's vector and over the words and pairs of words that the
examples share ("not having", "years ago"): vectors alone hardly tell what is denied, or over, from what is.
Case, accents, punctuation and apostrophes make no difference: recognisers and hurried writers leave them out.
"""

import functools
import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from language.meaning.embedding import LONGEST, MODEL_FILES, Embedder

LANGUAGES = ("en", "es")
_APOSTROPHES = re.compile(r"['\u2019\u2018\u02bc`]")
_NO_LETTERS = re.compile(r"[\W_]+")
WORD_WEIGHT = 0.35
"""How far a sentence's words and pairs count beside its vector, which has length 1, unless a task says."""


class StaleWeightsError(RuntimeError):
    """The weights of a task were learned with another model of meaning."""


@dataclass(frozen=True)
class Example:
    """A sentence whose label is known.

    Attributes:
        language: ``en`` or ``es``.
    """

    text: str
    label: str
    language: str

    @functools.cached_property
    def words(self) -> str:
        """The text as ``plain_words`` gives it."""
        return plain_words(self.text)


def plain_words(text: str) -> str:
    """Give a text as the classifiers read it: lower case, no accents, punctuation or apostrophes.

    Args:
        text: Of any length; the first ``LONGEST`` characters are read.
    """
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text[:LONGEST].lower()))
    bare = "".join(one for one in decomposed if not unicodedata.combining(one))
    return _NO_LETTERS.sub(" ", bare).strip()


def word_features(text: str) -> Iterator[str]:
    """Give the words and the pairs of neighbours of a text, edges marked."""
    words = ["<", *plain_words(text).split(), ">"]
    yield from words[1:-1]
    yield from (f"{one} {two}" for one, two in pairwise(words))


def example_files(task: str) -> list[tuple[str, Traversable]]:
    """Give the files of a task's examples, with their languages."""
    folder = files("language.meaning")
    found = [(language, folder / language / f"{task}.toml") for language in LANGUAGES]
    return [(language, file) for language, file in found if file.is_file()]


@functools.cache
def read_examples(task: str) -> tuple[Example, ...]:
    """Read a task's examples, once a process.

    Raises:
        ValueError: A sentence stands twice, or a list holds something else than sentences.
    """
    examples: dict[tuple[str, str], Example] = {}
    for language, file in example_files(task):
        for label, sentences in tomllib.loads(file.read_text("utf-8")).items():
            for text in sentences:
                example = Example(text, label, language)
                if not isinstance(text, str) or not example.words:
                    raise ValueError(f"{task}, {language}, {label}: {text!r} is no sentence")
                if (language, example.words) in examples:
                    raise ValueError(f"{task}, {language}: {text!r} stands twice")
                examples[language, example.words] = example
    return tuple(examples.values())


def digest_of_examples(task: str) -> str:
    """Give what the weights are bound to: the SHA-256 of the examples and of the model's pins."""
    digest = hashlib.sha256("".join(MODEL_FILES.values()).encode())
    for language, file in example_files(task):
        digest.update(f"\x00{language}\x00".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def weights_file(task: str) -> Traversable:
    """Give where a task's weights are kept."""
    return files("language.meaning") / "weights" / f"{task}.npz"


class Classifier:
    """Gives how likely each label is for a sentence.

    Attributes:
        labels: In the order of the columns of ``probabilities``.
        features: The words and pairs of words that count beside the vector.
        weights: Of shape (dimensions + features + 1, labels); the last row is added for every sentence.
        digest: The examples and the model that it was learned from.
        word_weight: How far words and pairs count beside the vector.
    """

    def __init__(
        self,
        embedder: Embedder,
        *,
        labels: Sequence[str],
        features: Sequence[str],
        weights: NDArray[np.float32],
        digest: str,
        word_weight: float = WORD_WEIGHT,
    ) -> None:
        """Put a classifier together; ``load`` does it from a file."""
        self.labels = tuple(labels)
        self.digest = digest
        self._embedder = embedder
        self.features = tuple(features)
        self.weights = weights
        self.word_weight = word_weight
        self._column_of = {feature: column for column, feature in enumerate(features)}

    @classmethod
    def load(cls, task: str, embedder: Embedder) -> "Classifier":
        """Read the weights of a task that ship with the product.

        Raises:
            StaleWeightsError: They were learned with another model of meaning.
        """
        return cls.read(weights_file(task), embedder)

    @classmethod
    def read(cls, path: Traversable, embedder: Embedder) -> "Classifier":
        """Read weights from a file.

        Raises:
            StaleWeightsError: They were learned with another model of meaning.
        """
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["model"]) != model_pins():
                raise StaleWeightsError(f"{path.name} wants another model of meaning; run make train-meaning")
            return cls(
                embedder,
                labels=[str(label) for label in stored["labels"]],
                features=[str(feature) for feature in stored["features"]],
                weights=stored["weights"].astype(np.float32),
                digest=str(stored["digest"]),
                word_weight=float(stored["word_weight"]) if "word_weight" in stored else WORD_WEIGHT,
            )

    def probabilities(
        self, texts: Sequence[str], vectors: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Give how likely each label is.

        Args:
            vectors: Those of ``vectors_of(texts)``, where several classifiers share them.

        Returns:
            An array of shape (number of texts, number of labels); every row adds up to 1.
        """
        if vectors is None:
            vectors = self.vectors_of(texts)
        dimensions = vectors.shape[1]
        scores = vectors @ self.weights[:dimensions] + self.weights[-1]
        for row, text in enumerate(texts):
            columns = self._columns(text)
            if columns:
                scores[row] += word_scale(len(columns), self.word_weight) * self.weights[dimensions:-1][
                    columns
                ].sum(axis=0)
        return softmax(scores)

    def vectors_of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give the vectors of texts as the classifiers read them."""
        return self._embedder.embed([plain_words(text) for text in texts])

    def _columns(self, text: str) -> list[int]:
        found = (self._column_of.get(feature) for feature in word_features(text))
        return sorted({column for column in found if column is not None})


def word_scale(known: int, word_weight: float) -> float:
    """Give the weight of each of a sentence's known words and pairs, so that all of them have one length.

    Args:
        known: How many of them count, at least one.
    """
    return float(word_weight / np.sqrt(known))


def model_pins() -> str:
    """Give what stands for the model of meaning: its files' digests."""
    return ",".join(MODEL_FILES.values())


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn scores into probabilities, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return shares
