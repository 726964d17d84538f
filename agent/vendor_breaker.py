"""A vendor that fails again and again is left alone for a while, by all calls of the process."""

import time
from collections.abc import Callable

from config.logs import get_logger
from kit.circuit_breaker import CircuitBreaker

_log = get_logger(__name__)


def vendor_breaker(
    vendor: str, failures: int, seconds: float, monotonic: Callable[[], float] = time.monotonic
) -> CircuitBreaker:
    """Make the circuit breaker of one vendor's service; the log says when it opens and closes.

    Args:
        vendor: Its name, for the log.
        failures: How many in a row open it.
        seconds: How long until one request probes the vendor.
    """

    def changed(opened: bool) -> None:
        if opened:
            _log.error("vendor is left alone", vendor=vendor, seconds=seconds)
        else:
            _log.info("vendor is back", vendor=vendor)

    return CircuitBreaker(failures, seconds, monotonic, changed)
