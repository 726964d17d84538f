"""Whatever hangs, the caller hears that they are not forgotten."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

_LOOKS = 10
"""How often the line is looked at in the time of the longest quiet."""
_MOST_PROMISES = 2
"""How often in a row it is said that an answer is being made; then another is given."""


class Caller(Protocol):
    """What is known of somebody who may be waiting."""

    @property
    def heard_at(self) -> float:
        """When either side was heard last (`time.monotonic()`)."""

    @property
    def owed(self) -> bool:
        """Whether they have spoken and have not been answered."""

    @property
    def served(self) -> bool:
        """Whether their words are being made out, or an answer to them is being made."""

    async def console(self, count: int, *, busy: bool) -> None:
        """Tell them that it takes a while.

        Args:
            count: How often they were told so since they spoke.
            busy: Something is under way that was asked for; else their answer is.
        """

    async def answer(self, count: int) -> None:
        """Answer a turn that nobody is at; ``count`` is how often this was done for it."""


class Waiting:
    """Sees to it that nobody who waits hears nothing for longer, whatever hung or was lost on the way."""

    def __init__(self, caller: Caller, every_seconds: float) -> None:
        self._caller = caller
        self._every_seconds = every_seconds
        self._under_way = 0

    @property
    def busy(self) -> bool:
        """Whether something is under way that the caller waits for."""
        return self._under_way > 0

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """The caller waits for as long as the block lasts."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def watch(self) -> None:
        """Look until cancelled."""
        told = answered = 0
        quiet_from = time.monotonic()
        while True:
            await asyncio.sleep(self._every_seconds / _LOOKS)
            now = time.monotonic()
            if not (self.busy or self._caller.owed):
                told, answered, quiet_from = 0, 0, now
                continue
            quiet_from = max(quiet_from, self._caller.heard_at)
            if now - quiet_from < self._every_seconds:
                continue
            quiet_from = now
            if self.busy or (self._caller.served and told < _MOST_PROMISES):
                await self._caller.console(told, busy=self.busy)
                told += 1
            else:
                await self._caller.answer(answered)
                answered += 1
