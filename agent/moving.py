"""A call that moves to another server does so when the bot is to speak next.

The caller has finished, or says nothing, and waits; whoever goes on with the call says what is due. Just
after a question of the bot's the answer would fall between the two streams, where nobody hears it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from contracts.conversation import Message

MOVED = "The call went on at another server."
"""The message on a thread that tells of a stream that was ended on purpose."""
_CALLER_DBFS = "caller_dbfs"


@dataclass(frozen=True)
class Moved:
    """What a stream that was ended on purpose leaves to the next one.

    Attributes:
        caller_dbfs: The level at which the caller speaks, if it is known.
    """

    caller_dbfs: float | None = None

    def message(self) -> Message:
        """Give the message that tells of it."""
        return {"role": "system", "content": MOVED, _CALLER_DBFS: self.caller_dbfs}

    @classmethod
    def find(cls, said: Sequence[Message]) -> Self | None:
        """Find out whether the stream before was ended so.

        Args:
            said: The call's thread.
        """
        last = said[-1] if said else {}
        return cls(last.get(_CALLER_DBFS)) if last.get("content") == MOVED else None


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
