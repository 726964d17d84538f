"""The `chairside` command as tests run it: as a process, or quicker, here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import main


def chairside(
    folder: Path, *arguments: str, text: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with nothing of the environment that could change its settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
    kept.update(environment, COLUMNS="200", TERM="dumb")
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2])},
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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
