"""Processes that a test starts, and that do not outlive it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any


@contextlib.asynccontextmanager
async def running(*command: Any, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a process; at the end of the block it is killed if it still runs.

    Args:
        *command: Program and arguments.
        **options: Of `asyncio.create_subprocess_exec`.
    """
    process = await asyncio.create_subprocess_exec(*command, **options)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
