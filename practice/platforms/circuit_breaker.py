"""Leaving a host alone that fails again and again.

Written here because the packages there are let every waiting request through once a host is tried again,
count by the wall clock, and take a request that was given up for a failure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["good", "bad", "unknown"]
"""What a request taught about its host; unknown is one that was given up."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The permission to send one request.

    Attributes:
        epoch: How often the breaker had changed by then.
        is_probe: The host has been left alone and is tried again with this very request.
    """

    epoch: int
    is_probe: bool = False


class CircuitBreaker:
    """Counts a host's failures; after too many in a row, lets nothing through but one probe at a time.

    Args:
        failures: How many in a row are too many.
        seconds: How long the host is left alone before a probe.
        monotonic: Seconds that never run backwards.
        on_change: Called with True when the host is left alone, and with False when it is taken back; not
            for the probes in between.
    """

    def __init__(
        self,
        failures: int,
        seconds: float,
        monotonic: Callable[[], float],
        on_change: Callable[[bool], None] | None = None,
    ) -> None:
        self._limit = failures
        self._seconds = seconds
        self._monotonic = monotonic
        self._on_change = on_change
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False
        self._epoch = 0

    @property
    def refuses(self) -> bool:
        """Whether nothing would be let through now."""
        if self._opened_at is None:
            return False
        return self._probing or self._monotonic() - self._opened_at < self._seconds

    def admit(self) -> Admission | None:
        """Ask to send a request; each admission is reported back exactly once.

        Returns:
            The admission, or None: the host is left alone.
        """
        if self.refuses:
            return None
        self._probing = self._opened_at is not None
        return Admission(self._epoch, self._probing)

    def report(self, admission: Admission, outcome: Outcome) -> None:
        """Say what became of a request.

        Args:
            admission: What ``admit`` gave for it.
            outcome: Unknown teaches nothing; a probe that is given up makes room for another.
        """
        if admission.epoch != self._epoch:
            return  # It left before the host was given up, or taken back: old news.
        if admission.is_probe:
            self._probing = False
        if outcome == "good":
            self._failures = 0
            if admission.is_probe:
                self._opened_at = None
                self._epoch += 1
                self._tell(open_now=False)
        elif outcome == "bad":
            self._failures += 1
            if admission.is_probe or self._failures >= self._limit:
                was_closed, self._opened_at = self._opened_at is None, self._monotonic()
                self._epoch += 1
                if was_closed:
                    self._tell(open_now=True)

    def _tell(self, *, open_now: bool) -> None:
        if self._on_change is not None:
            self._on_change(open_now)
