"""How loud the caller speaks, for a call's next stream.

Of a caller who was not heard yet it is not known, and an answer that is made of the question's words, such as
"that's right", could be the bot's own voice come back.
"""

from collections.abc import Sequence
from typing import Self

from contracts.conversation import Message

_CALLER_DBFS = "caller_dbfs"
_NEWS_DB = 3.0


class Loudness:
    """The level that stands on a thread.

    Args:
        dbfs: The latest, if there is one.
    """

    def __init__(self, dbfs: float | None = None) -> None:
        self.dbfs = dbfs

    @classmethod
    def find(cls, said: Sequence[Message]) -> Self:
        """Read a call's thread."""
        return cls(next((one[_CALLER_DBFS] for one in reversed(said) if _CALLER_DBFS in one), None))

    def news(self, dbfs: float | None) -> list[Message]:
        """Give what is to be written down of the present level: nothing where it is about the same."""
        if dbfs is None or (self.dbfs is not None and abs(dbfs - self.dbfs) < _NEWS_DB):
            return []
        self.dbfs = dbfs
        return [{"role": "system", "content": None, _CALLER_DBFS: round(dbfs, 1)}]
