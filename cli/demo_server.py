"""The demo's server: a process of its own, started before anything else is loaded."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from cli.options import SERVER_FILE

_STOP_SECONDS: Final = 10.0
_LOG_FILE: Final = "server.log"
_PASSED_ON: Final = ("CHAIRSIDE_CALL_", "CHAIRSIDE_SPEECH_", "CHAIRSIDE_LOG_")
"""The only settings of the environment that the demo's server sees: with a model's key, a public URL or
another database the demo would show something else than what it says, or write where it should not."""
_KEYS: Final = frozenset({"OPENAI_API_KEY", "TWILIO_AUTH_TOKEN"})
_BRISK: Final = {"CHAIRSIDE_SPEECH_TTS_SPEED": "1.2"}
"""A demonstration speaks a little faster than a practice's phone should, unless told otherwise."""


class DemoServer:
    """A running ``chairside serve`` on a free port, its clock set to ``now`` or the machine's."""

    def __init__(self, folder: Path, now: datetime | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / _LOG_FILE
        self._note = folder / SERVER_FILE
        self._note.unlink(missing_ok=True)
        clock = [] if now is None else ["--now", now.isoformat()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "cli.main", "serve", "--port", "0", "--data-dir", str(folder), *clock],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd=folder,  # a .env of the working folder is for the real server
                start_new_session=True,  # Ctrl-C hangs up first; the server is stopped after it
            )

    @property
    def runs(self) -> bool:
        """The process has not ended."""
        return self._process.poll() is None

    def find_address(self) -> str | None:
        """Give the server's address once it has told it."""
        try:
            return self._note.read_text().strip() or None
        except FileNotFoundError:
            return None

    def complaint(self) -> str:
        """Tell where the log is, and what went wrong last."""
        lines = self.log.read_text(errors="replace").split("\n") if self.log.exists() else []
        last = [said for line in lines if (said := _complaint(line))][-1:]
        return f"Its log is {self.log}" + (f" and ends in: {last[0]}" if last else ".")

    def stop(self) -> None:
        """End the process, kindly at first."""
        if not self.runs:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _KEYS and (not name.startswith("CHAIRSIDE_") or name.startswith(_PASSED_ON))
    }
    return _BRISK | kept


def _complaint(line: str) -> str:
    """Give what a line of the log complains of: an error event's last line, or what is not JSON at all."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(entry, dict) or entry.get("level") not in {"error", "critical"}:
        return ""
    text = str(entry.get("exception") or entry.get("event", "")).strip()
    return text.split("\n")[-1] if "\n" in text else ""
