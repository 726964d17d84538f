"""A real server in a process of its own, with the demo practice, that can be killed and started again."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cli.options import SERVER_FILE

ROOT = Path(__file__).parents[2]
START_SECONDS = 90
STOP_SECONDS = 30
NOW = "2026-12-01T09:00:00-05:00"
"""Where the server's clock starts: a Tuesday morning."""


@dataclass
class ServerProcess:
    """The process.

    Attributes:
        folder: Its data folder, in which the demo practice has been made; the log is there too.
        port: Its TCP port; 0 takes a free one.
        env: Its whole environment; without it, this one's without what is ours.
        address: Where it answers, once it has started.
        kills: How often it was killed.
    """

    folder: Path
    port: int = 0
    env: dict[str, str] | None = None
    address: str = ""
    kills: int = 0
    _process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it serves."""
        note, log_file = self.folder / SERVER_FILE, self.folder / "server.log"
        note.unlink(missing_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("CHAIRSIDE_", "OPENAI_", "TWILIO_"))}
        with log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "cli.main", "serve", "--port", str(self.port)),
                *("--now", NOW, "--data-dir", str(self.folder)),
                cwd=self.folder,
                env=self.env or kept | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(START_SECONDS):
            while not note.exists():
                assert self._process.returncode is None, log_file.read_text()
                await asyncio.sleep(0.05)
        self.address = note.read_text().strip()

    async def kill(self) -> None:
        """End it as a crash would, without a chance to tidy up."""
        assert self._process is not None
        self.kills += 1
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            finally:
                await self._end()

    async def _end(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
