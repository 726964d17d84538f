"""Indexes built without holding up whoever is on the phone."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from config.logs import get_logger
from config.settings import DocumentSettings
from kit.processes import JobFailed, ProcessPool, WorkerDidNotStart, WorkerDied
from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex, Ranking
from knowledge.search.index_job import VECTORS, WORDS
from knowledge.search.passage import Passage
from knowledge.search.word_vectors import WordVectors
from language.meaning.embedding import DIMENSIONS

Files = Sequence[tuple[str, Sequence[Chunk]]]
"""Each file's name and what it was cut into."""

_CHUNKS_PER_ITEM = 64
_log = get_logger(__name__)


class IndexBuilder:
    """Builds indexes: small ones in a thread, large ones in a process of their own, one at a time.

    Args:
        settings: What is small, and how long a large one may take.
    """

    def __init__(self, settings: DocumentSettings, python: str = sys.executable) -> None:
        self._settings = settings
        self._pool = ProcessPool(
            "knowledge.search.index_job:index_job", workers=1, seconds=settings.index_seconds, python=python
        )

    async def build(self, files: Files) -> KnowledgeIndex:
        """Build an index."""
        if sum(len(chunks) for _, chunks in files) > self._settings.index_chunks_in_server:
            try:
                async with asyncio.timeout(self._settings.index_seconds):
                    return await self._in_process(files)
            except (JobFailed, WorkerDied, WorkerDidNotStart, TimeoutError) as error:
                _log.warning("an index is built in the server", error=type(error).__name__)
                # By meaning it would take minutes of the server's own processor.
                return await asyncio.to_thread(KnowledgeIndex.build, files, by_meaning=False)
        return await asyncio.to_thread(KnowledgeIndex.build, files)

    async def aclose(self) -> None:
        """End the process that builds, if there is one."""
        await self._pool.aclose()

    async def _in_process(self, files: Files) -> KnowledgeIndex:
        async def items() -> Iterator[Any]:
            return _items(files)

        results = await self._pool.run(items)
        return await asyncio.to_thread(_put_together, files, results)


def _items(files: Files) -> Iterator[Any]:
    for name, chunks in files:
        for start in range(0, len(chunks), _CHUNKS_PER_ITEM):
            some = chunks[start : start + _CHUNKS_PER_ITEM]
            yield (name, [(one.text, one.heading, one.page) for one in some])


def _put_together(files: Files, results: Sequence[Any]) -> KnowledgeIndex:
    vocabulary: dict[str, int] = {}
    pieces: dict[tuple[str, str], list[bytes]] = {}
    for result in results:
        if isinstance(result, list):
            vocabulary |= {word: place for place, word in enumerate(result, len(vocabulary))}
        else:
            name, kind, piece = result
            pieces.setdefault((name, kind), []).append(piece)
    if not pieces:
        return KnowledgeIndex([], None)
    arrays = {name: np.frombuffer(b"".join(one), dtype=kind) for (name, kind), one in pieces.items()}
    learned = arrays.pop(WORDS).tobytes().decode().split("\n")
    WordVectors.shared().put(learned, arrays.pop(VECTORS).reshape(-1, DIMENSIONS))
    for name in ("passages", "sentences"):
        arrays[name] = arrays[name].reshape(-1, DIMENSIONS)
    passages = [Passage(one.text, name, one.heading, one.page) for name, chunks in files for one in chunks]
    return KnowledgeIndex(passages, Ranking(vocabulary, arrays))
