"""Text out of files, in processes of their own: a file can cost its upload, never a call."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

from config.logs import get_logger
from config.settings import DocumentSettings
from kit.processes import PIECE_BYTES, JobFailed, ProcessPool, WorkerDied
from knowledge.chunk import Chunk
from knowledge.extract.errors import BY_CODE, BrokenFile, EmptyFile, TookTooLong
from knowledge.extract.limits import Limits

_LONGEST_NAME = 255
logger = get_logger(__name__)

Read = Callable[[], Awaitable[bytes]]
"""Gives a file's bytes, as often as it is asked."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was in a file.

    Attributes:
        pages: None for files without pages.
        chunks: Its text in pieces, in reading order; at least one.
    """

    mime_type: str
    pages: int | None
    chunks: tuple[Chunk, ...]


class Extractor:
    """Takes the text out of files, a few at once.

    Use it within one event loop, and close it at the end.

    Args:
        settings: How many workers, and what a file may cost.
    """

    def __init__(self, settings: DocumentSettings) -> None:
        self._seconds = settings.timeout_seconds
        self._limits = Limits(
            max_pages=settings.max_pages,
            max_chars=settings.max_chars,
            max_chunks=settings.max_chunks,
            max_unpacked_bytes=settings.max_unpacked_mb * 2**20,
        )
        self._pool = ProcessPool(
            "knowledge.extract.parse:parse_job",
            workers=settings.workers,
            seconds=settings.timeout_seconds,
            memory_mb=settings.memory_mb,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def process_ids(self) -> frozenset[int]:
        """The workers that are alive, by their process ids."""
        return self._pool.process_ids

    async def extract(self, content: bytes | Read, file_name: str) -> Extracted:
        """Take the text out of a file; waits for a free worker.

        Args:
            content: The file, or what reads it; it is read when a worker is free, so that the files that wait
                need not lie in memory.
            file_name: Its name, which only decides between kinds of text.

        Raises:
            DocumentError: There is no text to be had; it says why.
            WorkerDidNotStart: There is no worker to be had; the file may be good.
        """

        async def items() -> Iterator[Any]:
            whole = content if isinstance(content, bytes) else await content()
            if not whole:
                raise EmptyFile
            return self._items(whole, file_name)

        try:
            *chunks, outcome = await self._pool.run(items)
        except TimeoutError:
            raise TookTooLong(
                f"Reading the file took longer than {self._seconds:g} seconds. Split it, or save it in a "
                "simpler format, and try again."
            ) from None
        except (WorkerDied, JobFailed) as died:
            logger.warning("a file was not read", error=type(died).__name__, place=str(died))
            raise BrokenFile from None
        if "error" in outcome:
            raise BY_CODE[outcome["error"]](outcome["message"])
        return await asyncio.to_thread(_extracted, outcome, chunks)

    async def close(self) -> None:
        """End all workers; files that are being read are given up."""
        await self._pool.aclose()

    def _items(self, content: bytes, file_name: str) -> Iterator[Any]:
        # Halves of surrogate pairs cross no pipe.
        name = file_name[-_LONGEST_NAME:].encode("utf-8", "replace").decode()
        yield {"name": name, "limits": asdict(self._limits)}
        for start in range(0, len(content), PIECE_BYTES):
            yield content[start : start + PIECE_BYTES]


def _extracted(outcome: dict[str, Any], batches: list[list[tuple[str, str, int | None]]]) -> Extracted:
    chunks = tuple(Chunk(*one) for batch in batches for one in batch)
    return Extracted(outcome["mime_type"], outcome["pages"], chunks)
