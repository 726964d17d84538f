"""Jobs in processes of their own: what one does with memory, time or a crash is its own loss.

Processes of ``multiprocessing``, and so the pools that stand on it, inherit the environment with its secrets
and import the whole server; those that run ``kit.worker`` get neither.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from kit.worker import LENGTH, packed, unpacked

MAX_FRAME_BYTES = 4 * 2**20
PIECE_BYTES = 2**18
"""Bytes of one item at most, so that packing it does not hold up the event loop."""
_ROOT = Path(__file__).resolve().parents[1]
_START_SECONDS = 15.0
"""Longer than any machine takes that could still answer a call."""


class WorkerDied(Exception):
    """The process ended before the job was done; a signal's number is negative, as in ``subprocess``."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code


class JobFailed(Exception):
    """The job raised an error; the message tells which and where, and nothing of what the job was about."""


class WorkerDidNotStart(RuntimeError):
    """No process could be started: our trouble, not the job's."""


class ProcessPool:
    """Runs jobs, each in a fresh process, a few at once.

    Use it within one event loop, and close it at the end.

    Args:
        job: ``module:function``, a ``kit.worker.Job``.
        processor_seconds: Bound on its processor time; ``seconds`` without it.
        memory_mb: Bound on its address space; 0 is none.
    """

    def __init__(
        self,
        job: str,
        *,
        workers: int,
        seconds: float,
        processor_seconds: float | None = None,
        memory_mb: int = 0,
        python: str = sys.executable,
    ) -> None:
        # Its path is handed down: looking for site packages would take as long again as starting.
        self._command = (python, "-S", "-P", "-c", "from kit.worker import main; main()", job)
        self._bounds = (str(memory_mb), str(processor_seconds or seconds))
        self._seconds = seconds
        self._slots = asyncio.Semaphore(workers)
        self._processes: set[Process] = set()
        self._is_closed = False

    @property
    def process_ids(self) -> frozenset[int]:
        """The processes that are alive."""
        return frozenset(one.pid for one in self._processes if one.returncode is None)

    async def run(self, items: Callable[[], Awaitable[Iterable[Any]]]) -> list[Any]:
        """Run a job as soon as there is room.

        Args:
            items: Gives what the job takes: plain values, none larger than ``PIECE_BYTES`` by much. It is
                asked when the job's turn has come, so that what waits need not lie in memory.
        """
        async with self._slots:
            given = await items()
            async with self._started() as process:
                try:
                    async with asyncio.timeout(self._seconds):
                        await _write(process, given)
                        return await _results(process)
                except WorkerDied as died:
                    if died.exit_code == -signal.SIGXCPU:
                        raise TimeoutError from died
                    raise

    async def aclose(self) -> None:
        """End all processes; the jobs that they do are given up."""
        self._is_closed = True
        for process in self._processes:
            _kill(process)
        await asyncio.gather(*(process.wait() for process in self._processes))

    @contextlib.asynccontextmanager
    async def _started(self) -> AsyncIterator[Process]:
        self._check_open()
        inherited = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *self._bounds,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,  # libraries may quote a file there
                env={
                    "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),
                    **{name: os.environ[name] for name in inherited if name in os.environ},
                },
                # Ctrl-C in the terminal is for the server, which then ends its workers.
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerDidNotStart("the worker process did not start") from error
        self._processes.add(process)
        try:
            self._check_open()
            try:
                async with asyncio.timeout(_START_SECONDS):
                    await _frame(process)
            except (TimeoutError, WorkerDied) as cause:
                raise WorkerDidNotStart("the worker process did not start") from cause
            yield process
        finally:
            _kill(process)
            await process.wait()
            self._processes.discard(process)

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError("the pool is closed")


async def _write(process: Process, items: Iterable[Any]) -> None:
    pipe = process.stdin
    assert pipe is not None  # noqa: S101 - asked for at the start
    # What the worker no longer takes it has no use for: its answer, or its death, says the rest.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for item in items:
            pipe.write(packed("item", item))
            await pipe.drain()
        pipe.write(packed("end"))
        await pipe.drain()


async def _results(process: Process) -> list[Any]:
    results: list[Any] = []
    while (frame := await _frame(process))[0] == "item":
        results.append(frame[1])
    if frame[0] == "failed":
        raise JobFailed(frame[1])
    return results


async def _frame(process: Process) -> tuple[str, Any]:
    pipe = process.stdout
    assert pipe is not None  # noqa: S101 - asked for at the start
    try:
        (length,) = LENGTH.unpack(await pipe.readexactly(LENGTH.size))
        if length > MAX_FRAME_BYTES:
            _kill(process)
        return unpacked(await pipe.readexactly(length))
    except asyncio.IncompleteReadError:
        raise WorkerDied(await process.wait()) from None


def _kill(process: Process) -> None:
    # Process.kill() would look whether it has ended, which must stay for the event loop to find out.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
