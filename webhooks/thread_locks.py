"""One turn at a time in each conversation by text."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator


class ThreadLocks:
    """Keeps two messages that are sent to one thread at once from being answered side by side."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._wanted: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._locks)

    @contextlib.asynccontextmanager
    async def of(self, thread_id: str) -> AsyncIterator[None]:
        """Wait for the thread's turn and hold it."""
        lock = self._locks.setdefault(thread_id, asyncio.Lock())
        self._wanted[thread_id] += 1
        try:
            async with lock:
                yield
        finally:
            self._wanted[thread_id] -= 1
            if not self._wanted[thread_id]:
                del self._wanted[thread_id], self._locks[thread_id]
