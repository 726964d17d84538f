"""The booking platform that is a process of its own (``platform_process_main``), started and asked."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fakes.http_client import RawHttpClient

SECRET = "whsec_of_the_far_platform"


class PlatformProcess:
    """The process.

    Args:
        port: Where it listens.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._wire = RawHttpClient(port, keep=False)

    def url(self, mode: str) -> str:
        """Give the base URL of ``roomy`` or ``single``."""
        return f"http://127.0.0.1:{self.port}/{mode}"

    async def round(self, name: str) -> dict[str, Any]:
        """Ask what became of one round: its bookings' ids, and how often each key was asked for."""
        answer = await self._wire.send("GET", f"/rounds/{name}")
        kept: dict[str, Any] = answer.json()
        return kept


@contextlib.contextmanager
def run_platform_process(secret: str | None = SECRET, delay_ms: float = 0.0) -> Iterator[PlatformProcess]:
    """Run a platform for as long as the block lasts."""
    script = Path(__file__).with_name("platform_process_main.py")
    arguments = [sys.executable, "-I", str(script), "--delay-ms", str(delay_ms)]
    if secret is not None:
        arguments += ["--secret", secret]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE)  # noqa: S603 - our own script
    assert process.stdout is not None
    try:
        yield PlatformProcess(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
