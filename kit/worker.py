"""The process that ``kit.processes`` starts: it runs one job, within limits that the system keeps.

It writes ``ready``, reads what the job takes, ``item`` by ``item``, and ``end``, and writes what the job
gives likewise, or ``failed`` with where. Each is a frame: a length, and a pair of that kind and a plain
value. It imports only what the job needs.
"""

import contextlib
import importlib
import io
import math
import os
import pickle
import resource
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

LENGTH = struct.Struct(">I")
Job = Callable[[Iterator[Any]], Iterator[Any]]
"""What a worker runs; it takes all its items before it gives the first result."""

_NICENESS = 10
"""Calls come first."""
_FIRST_TO_GO = "800"
"""When the machine runs out of memory this process goes, not the server."""
_OPEN_FILES = 64


class _PlainValues(pickle.Unpickler):
    """Reads numbers, texts, bytes and collections, and makes nothing that could run code."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


def packed(kind: str, value: Any = None) -> bytes:
    """Make a frame."""
    body = pickle.dumps((kind, value), protocol=5)
    return LENGTH.pack(len(body)) + body


def unpacked(body: bytes) -> tuple[str, Any]:
    """Read a frame's body; UnpicklingError if it holds something else than plain values."""
    frame: tuple[str, Any] = _PlainValues(io.BytesIO(body)).load()
    return frame


def main() -> None:
    """Run the job that the arguments name: ``module:function``, its megabytes, its processor seconds."""
    (module, _, function), megabytes, seconds = sys.argv[1].partition(":"), sys.argv[2], sys.argv[3]
    results = _take_over_output()
    _limit(int(megabytes) * 2**20)
    job: Job = getattr(importlib.import_module(module), function)
    _send(results, "ready")
    _limit_processor(float(seconds))
    try:
        for result in job(_items(sys.stdin.buffer)):
            _send(results, "item", result)
        _send(results, "end")
    except Exception as bug:  # noqa: BLE001 - the edge: the job fails, not the caller
        _send(results, "failed", _place(bug))
    # The server ends the process, so that it never looks for one that has gone.
    sys.stdin.buffer.read()


def _take_over_output() -> BinaryIO:
    """Keep standard output for frames: what a library prints there goes nowhere."""
    results = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return results


def _send(pipe: BinaryIO, kind: str, value: Any = None) -> None:
    pipe.write(packed(kind, value))
    pipe.flush()


def _items(pipe: BinaryIO) -> Iterator[Any]:
    while len(head := pipe.read(LENGTH.size)) == LENGTH.size:
        kind, value = unpacked(pipe.read(*LENGTH.unpack(head)))
        if kind == "end":
            return
        yield value


def _limit(memory_bytes: int) -> None:
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = memory_bytes or resource.RLIM_INFINITY
    for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_NOFILE, _OPEN_FILES)):
        # macOS has no bound on address space; there the time-out and the jobs' own limits remain.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")


def _limit_processor(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (bound, bound + 1))


def _place(bug: Exception) -> str:
    """Tell what went wrong and where, without the message, which may quote a file."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{type(bug).__name__} in {Path(frame.filename).name}:{frame.lineno}"
