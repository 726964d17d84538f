"""Rate limits over a sliding minute: of each key, of each address that sends wrong keys, of log-ins.

The library ``limits`` counts, in this process or in a Redis that several replicas share.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from starlette.requests import HTTPConnection

from config.logs import get_logger
from config.settings import LimitSettings
from kit.recent import Recent
from practice.errors import RateLimited

MOST_COUNTED = 2_000
"""Counts that are kept in this process, and credentials that are remembered as good; the oldest go first.

Each hit makes the library look through all counts for those that have expired.
"""
ACCOUNTS_OF_AN_ADDRESS = 6
"""People who may log in from one address at once."""
RESET_MAILS = 3
"""Mails in an hour by which one person may choose a new password."""
_IPV6_NETWORK_BITS = 64
"""What one customer of a network provider is given: its addresses are one caller's."""
_STORAGE_SECONDS = 1.0
"""How long a request waits for a shared storage."""

Limiter = SlidingWindowCounterRateLimiter
Result = TypeVar("Result")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left.

    Attributes:
        limit: Requests in a minute.
        remaining: How many of them are left now.
        reset_seconds: When the next of the counted ones counts no more.
    """

    limit: int
    remaining: int
    reset_seconds: float


class RateLimits:
    """The rate limits of every API; ``memory`` counts while no shared storage answers, or there is none."""

    def __init__(self, settings: LimitSettings, memory: MemoryStorage | None = None) -> None:
        self._requests = RateLimitItemPerMinute(settings.requests_per_minute, namespace="requests")
        self._refusals = RateLimitItemPerMinute(settings.refused_keys_per_minute, namespace="refusals")
        self._log_ins = RateLimitItemPerMinute(settings.log_ins_per_minute, namespace="log-ins")
        self._log_ins_of_account = RateLimitItemPerHour(
            settings.log_ins_per_hour, namespace="log-ins-of-account"
        )
        self._codes = RateLimitItemPerMinute(settings.log_ins_per_minute, namespace="codes")
        self._reset_mails = RateLimitItemPerHour(RESET_MAILS, namespace="reset-mails")
        self._log_ins_of_address = RateLimitItemPerMinute(
            settings.log_ins_per_minute * ACCOUNTS_OF_AN_ADDRESS, namespace="log-ins-of-address"
        )
        self._memory = memory or MemoryStorage()
        self._own = Limiter(self._memory)
        self._storage = _shared_storage(settings)
        self._shared = Limiter(self._storage) if self._storage else self._own
        self._good = Recent[str, None](MOST_COUNTED)

    async def aclose(self) -> None:
        """Let go of the shared storage's connections."""
        if isinstance(self._storage, RedisStorage):
            await cast("Any", self._storage.bridge).get_connection().aclose()

    async def count_log_in(self, address: str, email: str, browser: str | None = None) -> None:
        """Count a log-in, whether it will be right or wrong.

        It is counted for the address and account together; for the address, so that nobody tries one
        password on all accounts; and for the account, so that nobody guesses from many addresses. Who has
        logged in with this browser before is not shut out by those.

        Args:
            browser: Its id, where it has shown that the account's owner has logged in with it.

        Raises:
            RateLimited: There were too many.
        """
        network = _network(address)
        await self._count(self._log_ins, _digest(network, email))
        await self._count(self._log_ins_of_address, network)
        await self._count(self._log_ins_of_account, _digest(browser or "", email))

    async def count_code(self, staff_id: str) -> None:
        """Count a code of a second factor, from wherever it comes; RateLimited after a few."""
        await self._count(self._codes, staff_id)

    async def count_reset_mail(self, email: str) -> None:
        """Count a mail by which somebody may choose a new password, or raise `RateLimited`."""
        await self._count(self._reset_mails, _digest("", email))

    async def count_request(self, key_id: str) -> None:
        """Count a request of a key, or raise `RateLimited`."""
        await self._count(self._requests, key_id)

    async def allowance(self, key_id: str) -> Allowance:
        """Tell what a key has left."""
        stats = await self._in_storage(lambda limiter: limiter.get_window_stats(self._requests, key_id))
        return Allowance(self._requests.amount, stats.remaining, stats.reset_time - time.time())

    async def check_address(self, address: str, credential: str) -> None:
        """Make sure that an address has not shown too many wrong keys, or raise RateLimited, before the next.

        A key that was good lately is looked up all the same: others who share its address, behind one proxy
        or in one network, do not shut it out.
        """
        network = _network(address)
        if credential not in self._good and not await self._in_storage(
            lambda limiter: limiter.test(self._refusals, network)
        ):
            raise await self._refusal(self._refusals, network)

    def accepted(self, credential: str) -> None:
        """Remember that a key is good."""
        self._good.keep(credential, None)

    async def refused(self, address: str, credential: str) -> None:
        """Count a wrong key."""
        self._good.forget(credential)
        await self._hit(self._refusals, _network(address))

    async def _count(self, limit: RateLimitItem, caller: str) -> None:
        if not await self._hit(limit, caller):
            raise await self._refusal(limit, caller)

    async def _hit(self, limit: RateLimitItem, caller: str) -> bool:
        allowed = await self._in_storage(lambda limiter: limiter.hit(limit, caller))
        while len(self._memory.storage) > MOST_COUNTED:
            await self._memory.clear(next(iter(self._memory.storage)))
        return allowed

    async def _refusal(self, limit: RateLimitItem, caller: str) -> RateLimited:
        stats = await self._in_storage(lambda limiter: limiter.get_window_stats(limit, caller))
        return RateLimited(stats.reset_time - time.time())

    async def _in_storage(self, action: Callable[[Limiter], Awaitable[Result]]) -> Result:
        try:
            return await action(self._shared)
        except StorageError as error:
            # Better counted by each replica alone than everybody refused.
            _log.warning("rate limits are not shared", error=type(error.storage_error).__name__)
            return await action(self._own)


def client_address(connection: HTTPConnection) -> str:
    """Give the address that a request comes from; empty where the server knows none."""
    return connection.client.host if connection.client else ""


def allow(connection: HTTPConnection, allowance: Allowance) -> None:
    """Have the answer to a request say what its caller has left, whatever the answer is."""
    connection.state.answer_headers = {
        "RateLimit-Limit": str(allowance.limit),
        "RateLimit-Remaining": str(allowance.remaining),
        "RateLimit-Reset": str(max(1, math.ceil(allowance.reset_seconds))),
    }


def _shared_storage(settings: LimitSettings) -> Storage | None:
    uri = settings.storage.get_secret_value()
    if uri == "memory://":
        return None
    storage = storage_from_string(
        f"async+{uri}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="chairside",
        socket_timeout=_STORAGE_SECONDS,
        socket_connect_timeout=_STORAGE_SECONDS,
    )
    return cast("Storage", storage)


def _digest(where: str, email: str) -> str:
    return hashlib.sha256(f"{where} {email.strip().casefold()}".encode("utf-8", "replace")).hexdigest()


def _network(address: str) -> str:
    """Give the network of an IPv6 address, and any other address as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the Internet Protocol's
        return address
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
