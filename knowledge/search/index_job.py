"""Builds a large index in a worker process: it takes seconds of the interpreter, which carries calls."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex
from knowledge.search.word_vectors import WordVectors

WORDS, VECTORS = "words", "word_vectors"
"""The names of the arrays that hold what was learned of the files' words."""

_WORDS_PER_ITEM = 2000
_PIECE_BYTES = 2**20


def index_job(items: Iterator[Any]) -> Iterator[Any]:
    """Build an index: see ``kit.worker.Job``.

    Args:
        items: A file's name and some of its chunks, in order, again and again.

    Yields:
        The vocabulary's words in the order of their numbers, some at once, as a list; then for each array a
        triple of its name, its kind of number and its bytes, in one or more pieces. What was learned of the
        files' words comes along as two more.
    """
    files = [(name, [Chunk(*one) for one in chunks]) for name, chunks in items]
    ranking = KnowledgeIndex.build(files).ranking
    if ranking is None:
        return
    words = iter(sorted(ranking.vocab_dict, key=ranking.vocab_dict.__getitem__))
    while batch := list(islice(words, _WORDS_PER_ITEM)):
        yield batch
    known, vectors = WordVectors.shared().all_known()
    learned: dict[str, NDArray[Any]] = {
        WORDS: np.frombuffer("\n".join(known).encode(), np.uint8),
        VECTORS: vectors,
    }
    for name, array in {**ranking.scores, **learned}.items():
        content = array.tobytes()
        for start in range(0, len(content), _PIECE_BYTES):
            yield (name, array.dtype.str, content[start : start + _PIECE_BYTES])
