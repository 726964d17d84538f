"""The process that parses: one file after the other, within limits that the operating system keeps.

It is started as ``python -m knowledge.extract.worker <megabytes> <files>``, imports only what parsing needs,
and never sees a secret: its environment holds none, and files come through the pipe.
"""

import contextlib
import math
import os
import resource
import sys
import traceback
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from knowledge.extract.errors import BrokenFile, DocumentError, TooLargeInside
from knowledge.extract.limits import Limits
from knowledge.extract.parse import parse
from knowledge.wire import packed, read_frame

_NICENESS = 10
"""Calls come first."""
_FIRST_TO_GO = "800"
"""When the machine runs out of memory this process goes, not the server."""
_OPEN_FILES = 64
_CHUNKS_PER_FRAME = 64
_LARGEST_REST = 0.5
"""Share of its memory; a worker that keeps more after a file makes room for a fresh one."""


def main() -> None:
    """Take jobs from standard input until it closes, or until enough of them are done."""
    memory_bytes = int(sys.argv[1]) * 2**20
    files = int(sys.argv[2])
    answers = _take_over_output()
    _limit(memory_bytes)
    _say(answers, {"ready": True})
    for left in reversed(range(files)):
        job = read_frame(sys.stdin.buffer)
        if job is None:
            return
        content = sys.stdin.buffer.read(job["size"])
        _allow_processor_seconds(job["seconds"])
        outcome = _outcome(answers, job, content)
        del content
        last = outcome.get("last") or left == 0 or _resident_bytes() > _LARGEST_REST * memory_bytes
        _say(answers, {**outcome, "last": last})
        if last:
            return


def _outcome(answers: BinaryIO, job: dict[str, Any], content: bytes) -> dict[str, Any]:
    try:
        parsed = parse(content, job["name"], Limits(**job["limits"]))
    except TooLargeInside as refusal:
        # Memory may have run out in the midst of a library; nobody knows what state that is in.
        return {"error": refusal.code, "message": refusal.message, "last": True}
    except DocumentError as refusal:
        return {"error": refusal.code, "message": refusal.message}
    except Exception as bug:  # noqa: BLE001 - the edge: what a parser trips over is the file's fault to its owner
        return {"error": BrokenFile.code, "message": "", "bug": _place(bug), "last": True}
    chunks = iter(parsed.chunks)
    while batch := [[one.text, one.heading, one.page] for one in islice(chunks, _CHUNKS_PER_FRAME)]:
        _say(answers, {"chunks": batch})
    return {"mime_type": parsed.mime_type, "pages": parsed.pages}


def _take_over_output() -> BinaryIO:
    """Keep standard output for answers: what a library prints there goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _say(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(packed(message))
    answers.flush()


def _limit(memory_bytes: int) -> None:
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for limit, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_NOFILE, _OPEN_FILES)):
        # macOS has no bound on address space; there the time-out and the parsers' own limits remain.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")


def _allow_processor_seconds(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = math.ceil(used.ru_utime + used.ru_stime + seconds)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (bound if most == resource.RLIM_INFINITY else min(bound, most), most)
    )


def _resident_bytes() -> int:
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _place(bug: Exception) -> str:
    """Tell what went wrong and where, without the message, which may quote the file."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{type(bug).__name__} in {Path(frame.filename).name}:{frame.lineno}"


if __name__ == "__main__":
    main()
