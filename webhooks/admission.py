"""Whether another call fits: measured by the event loop's lag, the speech models' queue, and the calls."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from config.settings import AdmissionSettings
from webhooks.active_calls import ActiveCalls

_TICK_SECONDS = 0.05
_WEIGHT = 0.05
"""Of the latest tick in the average, which so tells of about the last second: one stall closes no door."""
_READY_SHARE = 0.9

Decision = Literal["yes", "full", "practice_full", "caller_full"]


@dataclass
class _Expected:
    bot_id: str
    caller: str | None
    until: float


class Admission:
    """Admits calls as long as those in progress are served well.

    Args:
        speech_queue: Gives how many jobs wait for the speech models, for each that can be worked on at once.
    """

    def __init__(
        self,
        settings: AdmissionSettings,
        speech_queue: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._speech_queue = speech_queue
        self._monotonic = monotonic
        self._expected: dict[str, _Expected] = {}
        self.calls = ActiveCalls()
        """The calls in progress."""
        self.sockets_waiting = 0
        """Media sockets that have not said yet which call they carry."""
        self.lag_seconds = 0.0
        """How late the event loop has come to what was due, on average of the last second."""

    async def watch(self) -> None:
        """Measure the event loop's lag until cancelled."""
        while True:
            due = self._monotonic() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            late = max(0.0, self._monotonic() - due)
            self.lag_seconds += _WEIGHT * (late - self.lag_seconds)

    @property
    def load(self) -> float:
        """How much of what this process can serve is in use; from 1 on it takes no more calls."""
        settings = self._settings
        coming = sum(1 for call_id in self._known() if call_id not in self.calls)
        return max(
            (len(self.calls) + coming) / settings.calls,
            self.lag_seconds / settings.lag_seconds,
            self._speech_queue() / settings.speech_queue,
        )

    @property
    def ready(self) -> bool:
        """Whether more calls should be sent here."""
        return self.load < _READY_SHARE

    @contextlib.contextmanager
    def waiting_socket(self) -> Iterator[None]:
        """Count a media socket that has not said yet which call it carries."""
        self.sockets_waiting += 1
        try:
            yield
        finally:
            self.sockets_waiting -= 1

    def ask(self, call_id: str, bot_id: str, caller: str | None) -> Decision:
        """Ask for a call's place, which a call keeps; ``caller`` is None when they show no number."""
        known = self._known()
        if call_id not in known and call_id not in self.calls:
            if sum(one.bot_id == bot_id for one in known.values()) >= self._settings.calls_of_a_bot:
                return "practice_full"
            same = sum(one.caller == caller for one in known.values()) if caller else 0
            if same >= self._settings.calls_of_a_caller:
                return "caller_full"
            if self.load >= 1:
                return "full"
        until = self._monotonic() + self._settings.place_seconds
        self._expected[call_id] = _Expected(bot_id, caller, until)
        return "yes"

    def _known(self) -> dict[str, _Expected]:
        """Give the calls that have a place: those in progress, and those whose media is to come."""
        now = self._monotonic()
        self._expected = {
            call_id: one
            for call_id, one in self._expected.items()
            if one.until > now or call_id in self.calls
        }
        return self._expected
