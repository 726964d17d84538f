"""Indexes built without holding up whoever is on the phone."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from config.settings import DocumentSettings
from knowledge.chunk import Chunk
from knowledge.search.index import KnowledgeIndex, Passage, Ranking
from knowledge.wire import LENGTH, MAX_FRAME_BYTES, packed

Files = Sequence[tuple[str, Sequence[Chunk]]]
"""Each file's name and what it was cut into."""

_ROOT = Path(__file__).resolve().parents[2]
_CHUNKS_PER_FRAME = 64
_log = structlog.get_logger(__name__)


class BuilderFailed(Exception):
    """The process gave no index."""


class IndexBuilder:
    """Builds indexes: small ones in a thread, large ones in a process of their own, one at a time.

    Args:
        settings: What is small, and how long a large one may take.
    """

    def __init__(self, settings: DocumentSettings, python: str = sys.executable) -> None:
        self._settings = settings
        self._python = python
        self._turn = asyncio.Semaphore(1)

    async def build(self, files: Files) -> KnowledgeIndex:
        """Build an index."""
        if sum(len(chunks) for _, chunks in files) > self._settings.index_chunks_in_server:
            try:
                async with self._turn, asyncio.timeout(self._settings.index_seconds):
                    return await self._apart(files)
            except (BuilderFailed, TimeoutError, OSError) as error:
                _log.warning("an index is built in the server", error=type(error).__name__)
        return await asyncio.to_thread(KnowledgeIndex.build, files)

    async def _apart(self, files: Files) -> KnowledgeIndex:
        process = await asyncio.create_subprocess_exec(
            # Its path is handed down: looking for site packages would take as long again as starting.
            *(self._python, "-S", "-P", "-m", "knowledge.search.index_worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Libraries may quote a file there.
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        try:
            assert process.stdin is not None  # noqa: S101 - asked for above
            assert process.stdout is not None  # noqa: S101 - as above
            await _send(process.stdin, files)
            ranking = await _received(process.stdout)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return await asyncio.to_thread(_put_together, files, ranking)


def _environment() -> dict[str, str]:
    """Give what Python needs to start; secrets stay here."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    return {"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]), **kept}


async def _send(pipe: asyncio.StreamWriter, files: Files) -> None:
    try:
        for name, chunks in files:
            for start in range(0, len(chunks), _CHUNKS_PER_FRAME):
                some = chunks[start : start + _CHUNKS_PER_FRAME]
                pieces = [[one.text, one.heading, one.page] for one in some]
                pipe.write(packed({"file": name, "chunks": pieces}))
                await pipe.drain()
        pipe.write(packed({}))
        await pipe.drain()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise BuilderFailed from error


async def _received(pipe: asyncio.StreamReader) -> Ranking | None:
    vocabulary: dict[str, int] = {}
    try:
        while "words" in (frame := await _frame(pipe)):
            vocabulary |= {word: place for place, word in enumerate(frame["words"], len(vocabulary))}
        arrays = {
            name: np.frombuffer(await pipe.readexactly(one["size"]), dtype=one["kind"])
            for name, one in frame["arrays"].items()
        }
    except (asyncio.IncompleteReadError, ValueError, LookupError, TypeError) as error:
        raise BuilderFailed from error
    return Ranking(vocabulary, arrays) if arrays else None


async def _frame(pipe: asyncio.StreamReader) -> dict[str, Any]:
    (length,) = LENGTH.unpack(await pipe.readexactly(LENGTH.size))
    if length > MAX_FRAME_BYTES:
        raise BuilderFailed
    frame: dict[str, Any] = json.loads(await pipe.readexactly(length))
    return frame


def _put_together(files: Files, ranking: Ranking | None) -> KnowledgeIndex:
    if ranking is None:
        return KnowledgeIndex([], None)
    passages = [Passage(one.text, name, one.heading, one.page) for name, chunks in files for one in chunks]
    return KnowledgeIndex(passages, ranking)
