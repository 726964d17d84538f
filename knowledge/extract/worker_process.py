"""The server's end of one parsing worker."""

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from config.logs import get_logger
from knowledge.chunk import Chunk
from knowledge.extract.errors import BY_CODE, BrokenFile
from knowledge.extract.limits import Limits
from knowledge.extract.parse import Parsed
from knowledge.wire import LENGTH, MAX_FRAME_BYTES, packed

_ROOT = Path(__file__).resolve().parents[2]
_PIECE_BYTES = 2**18
_LONGEST_NAME = 255
_START_SECONDS = 15.0
"""Longer than any machine takes that could still answer a call."""
_LEAVE_SECONDS = 5.0

logger = get_logger(__name__)


def _inherited() -> dict[str, str]:
    """Keep of the environment what Python may need to start; secrets stay here."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}


class WorkerDied(Exception):
    """The process ended before it had answered.

    Args:
        exit_code: As ``subprocess`` tells it: minus the signal's number when a signal ended it.
    """

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code


class WorkerDidNotStart(RuntimeError):
    """No worker could be started: our trouble, not the file's."""


class WorkerProcess:
    """A process that parses one file at a time; see ``knowledge.extract.worker``.

    Args:
        process: Started, with pipes to its standard input and output.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._takes_more = False
        self._is_leaving = False
        """It was killed, or has said that it goes."""

    @classmethod
    async def start(cls, memory_mb: int, files: int, python: str = sys.executable) -> Self:
        """Start a worker.

        Args:
            files: How many files it takes before it ends.

        Raises:
            WorkerDidNotStart: It said nothing in time.
        """
        path = [str(_ROOT), *filter(None, sys.path)]
        process = await asyncio.create_subprocess_exec(
            python,
            # Its path is handed down: looking for site packages would take as long again as starting.
            *("-S", "-P", "-m", "knowledge.extract.worker", str(memory_mb), str(files)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Libraries may quote the file there.
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(path), **_inherited()},
            # Ctrl-C in the terminal is for the server, which then ends its workers.
            start_new_session=True,
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker._read()
        except BaseException as cause:
            await asyncio.shield(worker.end())
            if isinstance(cause, TimeoutError | WorkerDied):
                raise WorkerDidNotStart("the parsing worker did not start") from cause
            raise
        worker._takes_more = True
        return worker

    @property
    def process_id(self) -> int:
        """The operating system's number of it."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    @property
    def takes_more(self) -> bool:
        """Whether another file may be given to it."""
        return self._takes_more and self.is_alive

    async def parse(self, content: bytes, file_name: str, limits: Limits, seconds: float) -> Parsed:
        """Have a file parsed.

        Args:
            seconds: Bound on the processor time it takes.

        Raises:
            DocumentError: There is no text to be had.
            WorkerDied: The worker did not survive it.
        """
        self._takes_more = False
        name = file_name[-_LONGEST_NAME:].encode("utf-8", "replace").decode()
        job = {"name": name, "size": len(content), "seconds": seconds, "limits": asdict(limits)}
        await self._write(packed(job), content)
        chunks: list[Chunk] = []
        while "chunks" in (answer := await self._read()):
            chunks.extend(Chunk(text, heading, page) for text, heading, page in answer["chunks"])
        self._is_leaving = answer["last"]
        self._takes_more = not self._is_leaving
        if "bug" in answer:
            logger.warning("parser_tripped", place=answer["bug"])
        if "error" in answer:
            raise BY_CODE.get(answer["error"], BrokenFile)(answer["message"])
        return Parsed(answer["mime_type"], answer["pages"], chunks)

    async def _write(self, head: bytes, content: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - asked for at the start
        view = memoryview(content)
        # What the worker no longer takes it has no use for: its answer, or its death, says the rest.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            pipe.write(head)
            for start in range(0, len(content), _PIECE_BYTES):
                pipe.write(view[start : start + _PIECE_BYTES])
                await pipe.drain()

    async def _read(self) -> dict[str, Any]:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - asked for at the start
        try:
            (length,) = LENGTH.unpack(await pipe.readexactly(LENGTH.size))
            if length > MAX_FRAME_BYTES:
                self.kill()
            message: dict[str, Any] = json.loads(await pipe.readexactly(length))
        except asyncio.IncompleteReadError:
            raise WorkerDied(await self._process.wait()) from None
        return message

    def kill(self) -> None:
        """End it at once, whatever it is doing; one that is leaving, or was killed, is left to it."""
        self._takes_more = False
        # Killing looks whether the process has ended, which must stay for the event loop to find out.
        if self._is_leaving or not self.is_alive:
            return
        self._is_leaving = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """End it, and wait until nothing is left of it."""
        self.kill()
        try:
            async with asyncio.timeout(_LEAVE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._is_leaving = False
            self.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                await self._process.stdin.wait_closed()
        await self._process.wait()
