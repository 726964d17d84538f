"""Real server processes that start in a tenth of a second, and can be killed: see ``forked_servers_main``."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes.http_client import RawHttpClient

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Numeric libraries start threads when they are imported, and a process with threads is not to be forked."""


@dataclass
class ForkedServer:
    """One server process.

    Attributes:
        number: Its own among all that were started.
        pid: Its process id, once it serves.
        port: Its TCP port, once it serves.
        log: Where its log goes.
        started: Set when it serves.
        died: Set when it has ended.
        status: How it ended: an exit status, or minus a signal's number.
    """

    number: int
    log: Path
    pid: int = 0
    port: int = 0
    status: int | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    died: asyncio.Event = field(default_factory=asyncio.Event)

    def wire(self, *, keep: bool = False) -> RawHttpClient:
        """Give a client of it."""
        return RawHttpClient(self.port, keep=keep)

    def kill(self) -> None:
        """End it as a crash would, without a chance to tidy up."""
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):  # it has just died of something else
                os.kill(self.pid, signal.SIGKILL)

    async def freeze(self, seconds: float) -> None:
        """Let it do nothing for a while, and then go on as if nothing had been."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            os.kill(self.pid, signal.SIGCONT)

    async def stop(self) -> None:
        """End it in order."""
        if self.status is None:
            os.kill(self.pid, signal.SIGTERM)
        await self.died.wait()


class ForkedServers:
    """The parent of servers; costs some seconds once, and then a tenth of one for each server."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.fakes.forked_servers_main"],
            cwd=ROOT,
            env=kept | ONE_THREAD | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._started = 0
        self._servers: dict[int, ForkedServer] = {}
        self._unread = b""
        self._ready = False

    def close(self) -> None:
        """End it, and whatever it has started."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        self._errors.close()

    @contextlib.asynccontextmanager
    async def attached(self) -> AsyncIterator["ForkedServers"]:
        """Listen to it in this event loop; at the end its servers are gone."""
        loop = asyncio.get_running_loop()
        assert self._process.stdout is not None
        while not self._ready:
            self._read()  # waits for it to have everything imported
        loop.add_reader(self._process.stdout, self._read)
        try:
            yield self
        finally:
            alive = list(self._servers.values())
            for server in alive:
                async with asyncio.timeout(START_SECONDS):
                    await server.started.wait()
                server.kill()
            async with asyncio.timeout(START_SECONDS):
                await asyncio.gather(*(server.died.wait() for server in alive))
            loop.remove_reader(self._process.stdout)

    async def start(
        self,
        env: dict[str, str],
        log: Path,
        profile: Path | None = None,
        *,
        now: str | None = None,
        probe: Path | None = None,
    ) -> ForkedServer:
        """Start a server and wait until it serves.

        Args:
            env: Its whole environment.
            log: The file that its log is added to.
            profile: Where to write what it spent its time on, when it is stopped in order.
            now: Where its clock starts; it then answers calls, by `tests.fakes.coded_speech`.
            probe: Where to write what held its event loop, when it is stopped in order.

        Returns:
            The server.
        """
        self._started += 1
        server = self._servers[self._started] = ForkedServer(self._started, log)
        order: dict[str, Any] = {"id": server.number, "env": env, "log": str(log)}
        given = {"profile": profile, "now": now, "probe": probe}
        order |= {name: str(value) for name, value in given.items() if value}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        async with asyncio.timeout(START_SECONDS):
            await server.started.wait()
        assert server.port, f"the server did not start; its log is {log}:\n{tail(log)}"
        return server

    def _read(self) -> None:
        assert self._process.stdout is not None
        data = os.read(self._process.stdout.fileno(), 65_536)
        if not data:
            asyncio.get_running_loop().remove_reader(self._process.stdout)
            self._errors.seek(0)
            raise RuntimeError(f"the parent of the servers has ended:\n{self._errors.read().decode()}")
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            self._ready = True
            server = self._servers.get(message.get("id"))
            if server is None:
                continue
            if "died" in message:
                server.status = message["died"]
                server.died.set()
                del self._servers[server.number]
            else:
                server.pid, server.port = message["pid"], message["port"]
            server.started.set()


def tail(log: Path, lines: int = 25) -> str:
    """Give the end of a log."""
    return "\n".join(log.read_text().splitlines()[-lines:]) if log.exists() else ""
