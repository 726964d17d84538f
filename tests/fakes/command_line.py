"""The `chairside` command as tests run it: as a process that is forked, or quicker, here."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

import pytest

from cli.main import main

SECONDS = 60

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "cli.main",
        "cli.doctor",
        "cli.init",
        "cli.practice",
        "cli.serve",
        "cli.twilio",
        "agent.llm.choice",
        "agent.vendor_check",
    ]
)
"""What most commands load, which takes a process of its own seconds each time. That a new process loads what
it needs is seen by the tests of `chairside serve`, `chairside call` and `chairside demo`."""


def chairside(
    folder: Path, *arguments: str, text: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with nothing of the environment that could change its settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
    kept.update(environment, COLUMNS="200", TERM="dumb")
    with tempfile.TemporaryDirectory(prefix="chairside-command-") as place:
        given, said, complained = (Path(place, name) for name in ("in", "out", "err"))
        given.write_text(text)
        process = _FORKS.Process(target=_run, args=(arguments, folder, kept, given, said, complained))
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, SECONDS)
        return subprocess.CompletedProcess(
            arguments, process.exitcode, said.read_text(), complained.read_text()
        )


def _run(
    arguments: tuple[str, ...],
    folder: Path,
    environment: dict[str, str],
    given: Path,
    said: Path,
    complained: Path,
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    _becomes(sys.stdin.buffer, given, os.O_RDONLY)
    for stream, file in ((sys.stdout.buffer, said), (sys.stderr.buffer, complained)):
        _becomes(stream, file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    main(arguments)


def _becomes(stream: BinaryIO, file: Path, flags: int) -> None:
    opened = os.open(file, flags, 0o600)
    os.dup2(opened, stream.fileno())
    os.close(opened)


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """Give the one line of a command that failed plainly."""
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("chairside: ")
    return lines[0]


class Here:
    """The command run in this process, which is quicker."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = self._capsys.readouterr()
        code = ended.value.code if isinstance(ended.value.code, int) else 0
        return subprocess.CompletedProcess(arguments, code, said.out, said.err)
