"""Words as vectors, each computed once: how alike two words are stands in for any list of synonyms."""

import re
import threading
from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from knowledge.search.terms import STOP_WORDS, words
from language.meaning.embedding import DIMENSIONS, Embedder

MOST_WORDS = 50_000
"""Words that are remembered, a kilobyte each; beyond them all are forgotten and learned anew."""
_UNLIKE, _ALIKE = 0.35, 0.85
"""Likeness of two words up to which they have nothing in common, and from which they mean the same."""
_FIRST_ROOM = 1024
_SIGNS = re.compile(r"[$%]|\d+")


class WordVectors:
    """Remembers the vectors of words; one for the process, from any thread."""

    _shared: ClassVar[Self | None] = None
    _making: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        """Begin with nothing remembered; the model is loaded with the first word."""
        self._lock = threading.Lock()
        self._row_of: dict[str, int] = {}
        self._vectors = np.zeros((_FIRST_ROOM, DIMENSIONS), np.float16)

    @classmethod
    def shared(cls) -> Self:
        """Give the process's own."""
        with cls._making:
            if cls._shared is None:
                cls._shared = cls()
            return cls._shared

    def learn(self, found: Iterable[str]) -> None:
        """Compute the vectors of words that are not remembered, about a millisecond each."""
        with self._lock:
            new = [word for word in dict.fromkeys(found) if word not in self._row_of]
        if new:
            self.put(new, Embedder.shared().embed(new))

    def put(self, found: Sequence[str], vectors: NDArray[np.float32] | NDArray[np.float16]) -> None:
        """Remember vectors that were computed elsewhere.

        Args:
            vectors: One row for each word.
        """
        with self._lock:
            if len(self._row_of) + len(found) > MOST_WORDS:
                self._forget()
            for word, vector in zip(found, vectors, strict=True):
                row = self._row_of.setdefault(word, len(self._row_of))
                if row == len(self._vectors):
                    self._vectors = np.concatenate([self._vectors, np.empty_like(self._vectors)])
                self._vectors[row] = vector

    def known(self, found: Sequence[str]) -> NDArray[np.float32]:
        """Give the vectors of words as far as they are remembered, and zeros for the others."""
        with self._lock:
            rows = [self._row_of.get(word, -1) for word in found]
            vectors = self._vectors[rows].astype(np.float32)
        vectors[np.array(rows, dtype=np.int64) < 0] = 0
        return vectors

    def all_known(self) -> tuple[list[str], NDArray[np.float16]]:
        """Give all words that are remembered, and their vectors."""
        with self._lock:
            return list(self._row_of), self._vectors[: len(self._row_of)]

    def _forget(self) -> None:
        self._row_of = {}
        self._vectors = np.zeros((_FIRST_ROOM, DIMENSIONS), np.float16)


def telling_words(text: str) -> list[str]:
    """List the words of a text that say something, each once, in order."""
    found = (one for one in words(text) if one not in STOP_WORDS)
    return list(dict.fromkeys(one for one in found if len(one) > 1 or _SIGNS.fullmatch(one)))


def likeness(asked: NDArray[np.float32], said: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tell how far each word of a question has one that means the same.

    Args:
        asked: The vectors of the question's words.
        said: Those of a text's words.

    Returns:
        From 0 to 1, for each word against each.
    """
    share: NDArray[np.float32] = np.clip((asked @ said.T - _UNLIKE) / (_ALIKE - _UNLIKE), 0, 1)
    return share
