"""The process that builds a large index: the building takes seconds of the interpreter, which carries calls.

It is started as ``python -m knowledge.search.index_worker``, and reads frames from standard input:
``{"file", "chunks": [[text, heading, page], …]}``, and ``{}`` at the end. It answers with frames
``{"words": […]}``, the vocabulary in the order of its numbers, and one ``{"arrays": {name: {"kind",
"size"}}}`` with the arrays' bytes behind it.
"""

import os
import sys
from itertools import islice
from typing import BinaryIO

from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex
from knowledge.wire import packed, read_frame

_NICENESS = 10
"""Calls come first."""
_WORDS_PER_FRAME = 2000


def main() -> None:
    """Build one index."""
    os.nice(_NICENESS)
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints is no answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _answer(answers, KnowledgeIndex.build(_files(sys.stdin.buffer)))


def _files(pipe: BinaryIO) -> list[tuple[str, list[Chunk]]]:
    files: list[tuple[str, list[Chunk]]] = []
    while frame := read_frame(pipe):
        chunks = [Chunk(text, heading, page) for text, heading, page in frame["chunks"]]
        files.append((frame["file"], chunks))
    return files


def _answer(answers: BinaryIO, index: KnowledgeIndex) -> None:
    ranking = index.ranking
    if ranking is not None:
        words = iter(sorted(ranking.vocab_dict, key=ranking.vocab_dict.__getitem__))
        while batch := list(islice(words, _WORDS_PER_FRAME)):
            answers.write(packed({"words": batch}))
    scores = {} if ranking is None else ranking.scores
    described = {name: {"kind": one.dtype.str, "size": one.nbytes} for name, one in scores.items()}
    answers.write(packed({"arrays": described}))
    answers.writelines(one.tobytes() for one in scores.values())
    answers.flush()


if __name__ == "__main__":
    main()
