"""An event loop in which nobody waits: when there is nothing to do, its clock jumps to when there is."""

import asyncio
import selectors
from typing import Any


class _Hurried(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.ahead_seconds = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Look, and do not wait."""
        found = super().select(0 if timeout is not None else None)
        if not found and timeout:
            self.ahead_seconds += timeout
        return found


class HurriedLoop(asyncio.SelectorEventLoop):
    """The loop."""

    def __init__(self) -> None:
        self._hurried = _Hurried()
        super().__init__(self._hurried)

    def time(self) -> float:
        """Give its own time."""
        return super().time() + self._hurried.ahead_seconds
