"""How often Twilio was asked to connect a call again in vain: counted where no database is needed.

The count travels in the address that Twilio asks next, which Twilio signs.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from fastapi import Request

from config.settings import CallSettings

_LARGEST = 10**11


@dataclass(frozen=True)
class Tries:
    """Tries in a row that came to nothing.

    Attributes:
        since: When the first of them was made, in seconds of the epoch.
        connection: How many media connections the call had had then; one more, and the count begins anew.
    """

    count: int = 0
    since: int = 0
    connection: int = 0

    @classmethod
    def of(cls, request: Request) -> "Tries":
        """Read what an address says; it says nothing the first time."""
        return cls(*(_number(request.query_params.get(name, "")) for name in ("tries", "since", "n")))

    def another(self, now: datetime, connection: int | None = None) -> "Tries":
        """Count one more; ``connection`` is how many the call has had, None where nobody knows."""
        if connection is not None and connection > self.connection:
            return Tries(0, int(now.timestamp()), connection)
        return replace(self, count=self.count + 1, since=self.since or int(now.timestamp()))

    def is_over(self, now: datetime, settings: CallSettings) -> bool:
        """Tell whether the caller has been kept for long enough."""
        seconds = now.timestamp() - self.since if self.since else 0.0
        return self.count > settings.failed_streams or (self.count > 0 and seconds > settings.give_up_seconds)

    def query(self) -> str:
        """Give what the next address says."""
        return urlencode({"tries": self.count, "since": self.since, "n": self.connection})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST)) else 0
