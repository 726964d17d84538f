"""A call that moves to another server does so when the bot is to speak next.

The caller has finished, or says nothing, and waits; whoever goes on with the call says what is due. Just
after a question of the bot's the answer would fall between the two streams, where nobody hears it.
"""

import asyncio
from collections.abc import Callable, Sequence

from contracts.conversation import Message

MOVED = "The call went on at another server."
"""The message on a thread that tells of a stream that was ended on purpose."""


def has_moved(said: Sequence[Message]) -> bool:
    """Tell whether the stream before was ended on purpose; ``said`` is the call's thread."""
    return bool(said) and said[-1].get("content") == MOVED


class Move:
    """One call's way to another server; who seems to have finished is listened to for ``pause_seconds``."""

    def __init__(self, pause_seconds: float) -> None:
        self._pause_seconds = pause_seconds
        self._asked = False
        self._due = asyncio.Event()

    def takes_over(self) -> bool:
        """Tell whether what the bot is to say now is left to whoever goes on; asked where it would say it."""
        if self._asked:
            self._due.set()
        return self._asked

    async def until_due(self, most_seconds: float, caller_speaks: Callable[[], bool]) -> bool:
        """Wait until the bot is to speak next; False when the time was over before."""
        self._asked = True
        try:
            async with asyncio.timeout(most_seconds):
                while True:
                    await self._due.wait()
                    self._due.clear()
                    await asyncio.sleep(self._pause_seconds)
                    if not caller_speaks():
                        return True
        except TimeoutError:
            return False
