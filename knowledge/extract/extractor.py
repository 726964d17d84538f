"""Text out of files, in processes of their own: a file can cost its upload, never a call."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from config.logs import get_logger
from config.settings import DocumentSettings
from knowledge.chunk import Chunk
from knowledge.extract.errors import BrokenFile, DocumentError, EmptyFile, TookTooLong
from knowledge.extract.limits import Limits
from knowledge.extract.parse import Parsed
from knowledge.extract.worker_process import WorkerDied, WorkerProcess

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
    """Takes the text out of files, a few at once, in workers that are started when they are needed.

    Use it within one event loop, and close it at the end.

    Args:
        settings: How many workers, and what a file may cost.
    """

    def __init__(self, settings: DocumentSettings) -> None:
        self._settings = settings
        self._limits = Limits(
            max_pages=settings.max_pages,
            max_chars=settings.max_chars,
            max_chunks=settings.max_chunks,
            max_unpacked_bytes=settings.max_unpacked_mb * 2**20,
        )
        self._slots = asyncio.Semaphore(settings.workers)
        self._free: dict[WorkerProcess, asyncio.TimerHandle] = {}
        self._busy: set[WorkerProcess] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def process_ids(self) -> frozenset[int]:
        """The workers that are alive, by their process ids."""
        return frozenset(one.process_id for one in {*self._free, *self._busy} if one.is_alive)

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
        async with self._slots:
            whole = content if isinstance(content, bytes) else await content()
            if not whole:
                raise EmptyFile
            worker = await self._take()
            try:
                async with asyncio.timeout(self._settings.timeout_seconds):
                    parsed: Parsed = await worker.parse(
                        whole, file_name, self._limits, self._settings.timeout_seconds
                    )
            except TimeoutError:
                raise self._took_too_long() from None
            except WorkerDied as died:
                raise self._blame(died) from None
            finally:
                self._give_back(worker)
        return Extracted(parsed.mime_type, parsed.pages, tuple(parsed.chunks))

    async def close(self) -> None:
        """End all workers; files that are being read are given up."""
        self._is_closed = True
        for worker in self._busy:
            worker.kill()
        for worker in list(self._free):
            self._retire(worker)
        while self._ending:
            await asyncio.gather(*self._ending)

    async def _take(self) -> WorkerProcess:
        if self._is_closed:
            raise RuntimeError("the extractor is closed")
        worker: WorkerProcess | None = None
        while self._free and worker is None:
            one, timer = self._free.popitem()
            timer.cancel()
            if one.takes_more:
                worker = one
            else:
                self._end(one)
        if worker is None:
            worker = await WorkerProcess.start(self._settings.memory_mb, self._settings.files_per_worker)
        self._busy.add(worker)
        return worker

    def _give_back(self, worker: WorkerProcess) -> None:
        self._busy.discard(worker)
        if worker.takes_more and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._free[worker] = loop.call_later(self._settings.idle_seconds, self._retire, worker)
        else:
            self._end(worker)

    def _retire(self, worker: WorkerProcess) -> None:
        self._free.pop(worker).cancel()
        self._end(worker)

    def _end(self, worker: WorkerProcess) -> None:
        worker.kill()
        ending = asyncio.get_running_loop().create_task(worker.end())
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)

    def _blame(self, died: WorkerDied) -> DocumentError:
        logger.warning("parser_died", exit_code=died.exit_code)
        return self._took_too_long() if died.exit_code == -signal.SIGXCPU else BrokenFile()

    def _took_too_long(self) -> TookTooLong:
        return TookTooLong(
            f"Reading the file took longer than {self._settings.timeout_seconds:g} seconds. Split it, or "
            "save it in a simpler format, and try again."
        )
