"""BM25 as Lucene has it, with every word's score in every passage computed ahead."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SATURATION, _LENGTH = 1.5, 0.75
"""How soon a word said again counts less (k1), and how far long passages count less (b)."""


def scores(passages: Sequence[Sequence[str]]) -> tuple[dict[str, int], dict[str, NDArray[Any]]]:
    """Score each passage's words, as ``bm25s`` does, which loads a compiler to do it.

    Args:
        passages: The words of each; one of them at least has a word.

    Returns:
        The words' numbers, and a sparse matrix by columns: word ``n`` has the scores ``data`` in the passages
        ``indices`` from ``indptr[n]`` up to ``indptr[n + 1]``, passages in order.
    """
    vocabulary: dict[str, int] = {}
    numbers, places, said = [], [], []
    for place, words in enumerate(passages):
        for word, times in Counter(words).items():
            numbers.append(vocabulary.setdefault(word, len(vocabulary)))
            places.append(place)
            said.append(times)
    column, row, count = np.array(numbers), np.array(places, np.int32), np.array(said, np.float64)
    lengths = np.array([len(words) for words in passages])
    holding = np.bincount(column)
    rarity = np.log1p((len(passages) - holding + 0.5) / (holding + 0.5))
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / lengths.mean())
    data = (rarity[column] * count / (norm[row] + count)).astype(np.float32)
    order = np.argsort(column, kind="stable")
    starts = np.concatenate([[0], np.cumsum(holding)])
    return vocabulary, {"data": data[order], "indices": row[order], "indptr": starts}
