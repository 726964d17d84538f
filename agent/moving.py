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
    """Tell whether the stream before was ended on purpose.

    Args:
        said: The call's thread.
    """
    return bool(said) and said[-1].get("content") == MOVED


class Move:
    """One call's way to another server.

    Args:
        pause_seconds: How long a caller who seems to have finished is listened to, in case they go on.
    """

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
        """Wait until the bot is to speak next.

        Returns:
            Whether it is; else the time is over.
        """
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
