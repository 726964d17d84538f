"""Whatever hangs, the caller hears that they are not forgotten."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator

from agent.dialogue.responses import waiting

_LOOKS = 10
"""How often the line is looked at in the time of the longest quiet."""

Say = Callable[[str], Awaitable[None]]


class Waiting:
    """Speaks when something is under way and the line has been quiet for a while.

    Args:
        say: Says a sentence to the caller.
        speaking: Tells whether the caller is hearing the bot.
        every_seconds: The longest quiet.
    """

    def __init__(self, say: Say, speaking: Callable[[], bool], every_seconds: float) -> None:
        self._say = say
        self._speaking = speaking
        self._every_seconds = every_seconds
        self._under_way = 0
        self._watch: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether the caller waits for something."""
        return self._under_way > 0

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """The caller waits for as long as the block lasts."""
        self._under_way += 1
        if self._watch is None:
            self._watch = asyncio.create_task(self._speak_into_quiet())
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    async def _speak_into_quiet(self) -> None:
        said, quiet_from = 0, time.monotonic()
        while True:
            await asyncio.sleep(self._every_seconds / _LOOKS)
            now = time.monotonic()
            if self._speaking():
                quiet_from = now
            elif now - quiet_from >= self._every_seconds:
                await self._say(waiting(said))
                said, quiet_from = said + 1, now


class Unanswered:
    """Sees to it that no turn of the caller's stays without an answer, whatever hung or was lost on the way.

    Args:
        owed: Tells whether the caller has spoken and has heard nothing since, and nobody is at it.
        answer: Answers them; told how often it was asked to for the same turn.
        after_seconds: The longest that they wait.
    """

    def __init__(
        self, owed: Callable[[], bool], answer: Callable[[int], Awaitable[None]], after_seconds: float
    ) -> None:
        self._owed = owed
        self._answer = answer
        self._after_seconds = after_seconds

    async def watch(self) -> None:
        """Look until cancelled."""
        asked, quiet_from = 0, time.monotonic()
        while True:
            await asyncio.sleep(self._after_seconds / _LOOKS)
            now = time.monotonic()
            if not self._owed():
                asked, quiet_from = 0, now
            elif now - quiet_from >= self._after_seconds:
                await self._answer(asked)
                asked, quiet_from = asked + 1, now
