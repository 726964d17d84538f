"""How much one caller of the Partner API may ask, in this process.

Each process counts for itself: with several behind one address, a caller may ask that many times as much.
"""

import hashlib
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from config.settings import LimitSettings
from practice.errors import RateLimited

WINDOW_SECONDS = 60.0
MOST_COUNTED = 10_000
"""Callers that are counted at once; beyond that, whoever was silent longest is forgotten."""
ACCOUNTS_OF_AN_ADDRESS = 6
"""People who may log in from one address at once."""
_IPV6_NETWORK_BITS = 64
"""What one customer of a network provider is given: its addresses are one caller's."""

Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left.

    Attributes:
        limit: Requests in a minute.
        remaining: How many of them are left now.
        reset_seconds: When the count of the present minute begins anew.
    """

    limit: int
    remaining: int
    reset_seconds: float


@dataclass(slots=True)
class _Count:
    window: int
    now: int = 0
    before: int = 0


class SlidingWindow:
    """Counts what each caller did in the last minute: this one, and what still counts of the one before.

    The two counts are all that is kept of a caller, and the number of callers is bounded.

    Args:
        limit: How many are allowed in a minute.
        monotonic: Seconds that only grow.
    """

    def __init__(
        self, limit: int, monotonic: Monotonic = time.monotonic, most_counted: int = MOST_COUNTED
    ) -> None:
        self.limit = limit
        self._monotonic = monotonic
        self._most_counted = most_counted
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def allowance(self, caller: str) -> Allowance:
        """Tell what a caller has left."""
        window, passed = divmod(self._monotonic(), WINDOW_SECONDS)
        count = self._count(caller, int(window))
        used = self._used(count, passed) if count else 0.0
        return Allowance(self.limit, max(0, math.floor(self.limit - used)), WINDOW_SECONDS - passed)

    def retry_after_seconds(self, caller: str) -> float:
        """Tell when a caller who has nothing left may ask again.

        Returns:
            Seconds; 0 when they may now.
        """
        window, passed = divmod(self._monotonic(), WINDOW_SECONDS)
        count = self._count(caller, int(window))
        if count is None or self._used(count, passed) + 1 <= self.limit:
            return 0.0
        room = self.limit - 1 - count.now
        if room >= 0:
            # The minute before fades until one more fits beside the present one.
            return max(0.0, WINDOW_SECONDS * (1 - room / count.before) - passed)
        # The present minute has to fade itself.
        return WINDOW_SECONDS - passed + WINDOW_SECONDS * (1 - (self.limit - 1) / count.now)

    def hit(self, caller: str) -> None:
        """Count one more."""
        window = int(self._monotonic() // WINDOW_SECONDS)
        count = self._count(caller, window)
        if count is None:
            count = self._counts[caller] = _Count(window)
            if len(self._counts) > self._most_counted:
                self._counts.popitem(last=False)
        count.now += 1
        self._counts.move_to_end(caller)

    def _count(self, caller: str, window: int) -> _Count | None:
        count = self._counts.get(caller)
        if count is not None and count.window != window:
            count.before = count.now if count.window == window - 1 else 0
            count.now, count.window = 0, window
        return count

    @staticmethod
    def _used(count: _Count, passed: float) -> float:
        return count.now + count.before * (1 - passed / WINDOW_SECONDS)


class RateLimits:
    """The limits of the doors: of each key, of each address whose keys are wrong, of log-ins.

    Args:
        monotonic: Seconds that only grow.
    """

    def __init__(self, settings: LimitSettings, monotonic: Monotonic = time.monotonic) -> None:
        self._requests = SlidingWindow(settings.requests_per_minute, monotonic)
        self._refusals = SlidingWindow(settings.refused_keys_per_minute, monotonic)
        self._good: OrderedDict[str, None] = OrderedDict()
        self._log_ins = SlidingWindow(settings.log_ins_per_minute, monotonic)
        self._log_ins_of_all = SlidingWindow(settings.log_ins_per_minute * ACCOUNTS_OF_AN_ADDRESS, monotonic)

    def count_log_in(self, address: str, email: str) -> None:
        """Count a log-in, whether it will be right or wrong.

        It is counted for the address and account together, so that nobody can shut an account's owner out
        from elsewhere, and for the address alone, so that nobody tries one password on all accounts.

        Raises:
            RateLimited: There were too many.
        """
        network = _network(address)
        account = hashlib.sha256(f"{network} {email.strip().casefold()}".encode("utf-8", "replace"))
        for window, caller in ((self._log_ins, account.hexdigest()), (self._log_ins_of_all, network)):
            wait = window.retry_after_seconds(caller)
            if wait > 0:
                raise RateLimited(wait)
            window.hit(caller)

    def count_request(self, key_id: str) -> None:
        """Count a request of a key.

        Raises:
            RateLimited: It had nothing left.
        """
        wait = self._requests.retry_after_seconds(key_id)
        if wait > 0:
            raise RateLimited(wait)
        self._requests.hit(key_id)

    def allowance(self, key_id: str) -> Allowance:
        """Tell what a key has left."""
        return self._requests.allowance(key_id)

    def check_address(self, address: str, credential: str) -> None:
        """Make sure that an address has not shown too many wrong keys, before the next is looked up.

        A key that was good lately is looked up all the same: whoever shares an address with a fool, behind
        one proxy or in one network, is not shut out with them.

        Raises:
            RateLimited: It has.
        """
        wait = self._refusals.retry_after_seconds(_network(address))
        if wait > 0 and credential not in self._good:
            raise RateLimited(wait)

    def accepted(self, credential: str) -> None:
        """Remember that a key is good."""
        self._good[credential] = None
        self._good.move_to_end(credential)
        if len(self._good) > MOST_COUNTED:
            self._good.popitem(last=False)

    def refused(self, address: str, credential: str) -> None:
        """Count a wrong key."""
        self._refusals.hit(_network(address))
        self._good.pop(credential, None)


def allow(connection: HTTPConnection, allowance: Allowance) -> None:
    """Have the answer to a request say what its caller has left, whatever the answer is."""
    connection.state.answer_headers = {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(math.ceil(allowance.reset_seconds)),
    }


def _network(address: str) -> str:
    """Give the network of an IPv6 address, and any other address as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the Internet Protocol's
        return address
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
