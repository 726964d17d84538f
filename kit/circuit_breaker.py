"""A circuit breaker: no requests for a while to a host that fails again and again.

Written here because the packages there are let every waiting request through once a host is tried again,
count by the wall clock, and take a request that was given up for a failure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

RequestResult = Literal["success", "failure", "cancelled"]
"""What became of a request to a host; one that was cancelled says nothing about it."""


@dataclass(frozen=True, slots=True)
class Permit:
    """The permission to send one request; a probe is one while the circuit is half open."""

    epoch: int
    is_probe: bool = False


class CircuitBreaker:
    """Counts a host's failures: opens after too many in a row, and lets one probe through at a time later.

    Args:
        on_change: Called with True when the circuit opens and with False when it closes; not for the probes
            in between.
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
    def is_open(self) -> bool:
        """Whether it failed too often, and was not good since."""
        return self._opened_at is not None

    @property
    def refuses(self) -> bool:
        """Whether nothing would be let through now."""
        if self._opened_at is None:
            return False
        return self._probing or self._monotonic() - self._opened_at < self._seconds

    def admit(self) -> Permit | None:
        """Ask to send a request; each permit is reported back exactly once."""
        if self.refuses:
            return None
        self._probing = self._opened_at is not None
        return Permit(self._epoch, self._probing)

    def report(self, permit: Permit, outcome: RequestResult) -> None:
        """Say what became of a request; a probe that was cancelled makes room for another."""
        if permit.epoch != self._epoch:
            return  # It was sent before the circuit opened or closed: old news.
        if permit.is_probe:
            self._probing = False
        if outcome == "success":
            self._failures = 0
            if permit.is_probe:
                self._opened_at = None
                self._epoch += 1
                self._notify(open_now=False)
        elif outcome == "failure":
            self._failures += 1
            if permit.is_probe or self._failures >= self._limit:
                was_closed, self._opened_at = self._opened_at is None, self._monotonic()
                self._epoch += 1
                if was_closed:
                    self._notify(open_now=True)

    def _notify(self, *, open_now: bool) -> None:
        if self._on_change is not None:
            self._on_change(open_now)
