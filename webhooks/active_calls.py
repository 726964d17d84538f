"""The calls whose media runs in this process, so that a stopping server can let them end."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class ActiveCalls:
    """Keeps one running conversation per call."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self.draining = False
        """The server is stopping: no new calls should be sent here."""
        self.leaving = False
        """The calls that are left move to another server; none is connected here again."""

    def __len__(self) -> int:
        return len(self._tasks)

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._tasks

    async def run(self, call_id: str, conversation: Coroutine[Any, Any, None]) -> None:
        """Run a call's conversation to its end.

        A conversation of the same call that still runs here is stopped first: its stream died
        and the carrier has connected the call again.
        """
        earlier = self._tasks.get(call_id)
        task = asyncio.ensure_future(self._after(earlier, conversation))
        self._tasks[call_id] = task
        self._idle.clear()
        try:
            await asyncio.wait({task})
        finally:
            # Cancelled from outside: the server is stopping, and the conversation with it.
            task.cancel()
            if self._tasks.get(call_id) is task:
                del self._tasks[call_id]
            if not self._tasks:
                self._idle.set()
        if not task.cancelled():
            task.result()

    async def wait_idle(self, timeout_seconds: float) -> bool:
        """Wait until no call is in progress."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    @staticmethod
    async def _after(earlier: asyncio.Task[None] | None, conversation: Coroutine[Any, Any, None]) -> None:
        if earlier is not None:
            earlier.cancel()
            try:
                await asyncio.wait({earlier})
            except asyncio.CancelledError:
                # Replaced before it began; who comes next still has to wait for the one before.
                conversation.close()
                await asyncio.wait({earlier})
                raise
        await conversation
