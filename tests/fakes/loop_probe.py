"""Finds what holds an event loop: how late its tasks come, and where the thread was meanwhile."""

import asyncio
import contextlib
import gc
import json
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Self

BEAT_SECONDS = 0.005
_LOOK_SECONDS = 0.01
_HELD_SECONDS = 0.03
"""From when on the thread is looked at."""


@dataclass
class Stall:
    """A while in which no task had its turn.

    Attributes:
        seconds: By the clock; on a busy machine others may have had the processor.
        processor_seconds: Of the loop's own thread.
        stacks: Where that was.
    """

    seconds: float
    processor_seconds: float
    stacks: list[str] = field(default_factory=list)


class LoopProbe:
    """Beats in the loop, and looks on from a thread beside it."""

    def __init__(self) -> None:
        self.stalls: list[Stall] = []
        self._beating: asyncio.Task[None] | None = None
        self._beat_at = time.monotonic()
        self._stacks: list[str] = []
        self._thread_id = threading.get_ident()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        """Begin, in the running loop."""
        self._beating = asyncio.get_running_loop().create_task(self._beat())
        self._watch.start()

    @classmethod
    @contextlib.asynccontextmanager
    async def watching(cls) -> AsyncIterator[Self]:
        """Watch the running loop for as long as a block lasts."""
        # As the server does when it has started: what the tests before this one left is not looked through.
        gc.collect()
        gc.freeze()
        probe = cls()
        probe.start()
        try:
            yield probe
            await asyncio.sleep(2 * BEAT_SECONDS)  # what held the loop last is noted as it beats again
        finally:
            probe._over.set()
            if probe._beating is not None:
                probe._beating.cancel()

    def write(self, file: Path) -> None:
        """Write what was found, when the loop has ended: a JSON object a line."""
        self._over.set()
        file.write_text("".join(f"{json.dumps(asdict(one))}\n" for one in self.stalls))

    @classmethod
    def read(cls, file: Path) -> list[Stall]:
        """Read what was written."""
        return [Stall(**json.loads(line)) for line in file.read_text().splitlines()]

    async def _beat(self) -> None:
        spent = time.thread_time()
        while True:
            self._beat_at = time.monotonic()
            await asyncio.sleep(BEAT_SECONDS)
            late, used = time.monotonic() - self._beat_at - BEAT_SECONDS, time.thread_time() - spent
            spent = time.thread_time()
            stacks, self._stacks = self._stacks, []
            if late >= _HELD_SECONDS:
                self.stalls.append(Stall(late, used, stacks))

    def _look(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            if time.monotonic() - self._beat_at > BEAT_SECONDS + _HELD_SECONDS / 2:
                frame = sys._current_frames().get(self._thread_id)  # noqa: SLF001 - the one way to look
                self._stacks.append(_where(frame))


def _where(frame: FrameType | None, depth: int = 12) -> str:
    lines = traceback.extract_stack(frame)[-depth:] if frame else []
    return " < ".join(
        f"{one.filename.rpartition('site-packages/')[2]}:{one.lineno}:{one.name}" for one in reversed(lines)
    )
