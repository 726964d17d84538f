"""Platform hosts: each with connections of its own, so that a slow one keeps nobody else waiting."""

import asyncio
import contextlib
import functools
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx

from config.logs import get_logger
from config.settings import RelaySettings
from kit.circuit_breaker import CircuitBreaker

Origin = tuple[str, str, int | None]
"""Scheme, host, port."""

_log = get_logger(__name__)


class HostBusy(Exception):
    """All connections to a host were in use until the deadline; nothing was sent."""


class CircuitOpen(Exception):
    """A host has failed too often and is not asked for a while; nothing was sent."""


@dataclass(slots=True)
class HostPool:
    """One platform host: a slot for each connection, and the requests under way or waiting."""

    transport: httpx.AsyncBaseTransport
    breaker: CircuitBreaker
    slots: asyncio.Semaphore
    requests: int = 0
    used_at: float = 0.0


class ConnectionPools:
    """All platform hosts that were asked of late. There may be thousands in a day, so the idle ones go."""

    def __init__(
        self,
        settings: RelaySettings,
        monotonic: Callable[[], float],
        make: Callable[[], httpx.AsyncBaseTransport],
        *,
        owned: bool = True,
    ) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._make = make
        self._owned = owned
        self._hosts: OrderedDict[Origin, HostPool] = OrderedDict()

    def __len__(self) -> int:
        return len(self._hosts)

    @contextlib.asynccontextmanager
    async def acquire(self, origin: Origin, deadline: float) -> AsyncIterator[HostPool]:
        """Take one of a host's connections for a request; waits until a moment of the running loop's time."""
        host = self._hosts.get(origin) or self._add(origin)
        self._hosts.move_to_end(origin)
        host.requests += 1
        try:
            await self._close_idle()
            if host.breaker.refuses:
                raise CircuitOpen
            await _enter(host, deadline)
            try:
                yield host
            finally:
                host.slots.release()
        finally:
            host.requests -= 1
            host.used_at = self._monotonic()

    def is_open(self, origin: Origin) -> bool:
        """Tell whether a host is left alone, as far as is known here."""
        return origin in self._hosts and self._hosts[origin].breaker.is_open

    @property
    def open_circuits(self) -> int:
        """How many hosts are left alone."""
        return sum(one.breaker.is_open for one in self._hosts.values())

    async def aclose(self) -> None:
        """Close all connections."""
        hosts = list(self._hosts.values())
        self._hosts.clear()
        await self._close(hosts)

    def _add(self, origin: Origin) -> HostPool:
        settings = self._settings
        on_change = functools.partial(_log_change, origin)
        breaker = CircuitBreaker(
            settings.breaker_failures, settings.breaker_seconds, self._monotonic, on_change
        )
        host = HostPool(self._make(), breaker, asyncio.Semaphore(settings.connections_per_host))
        self._hosts[origin] = host
        return host

    async def _close_idle(self) -> None:
        """Close idle hosts: those unused for long, and the longest unused when there are too many."""
        now, gone = self._monotonic(), []
        for origin, host in list(self._hosts.items()):
            idle = not host.requests
            overdue = idle and now - host.used_at >= self._settings.host_idle_seconds
            if idle and (overdue or len(self._hosts) > self._settings.hosts):
                gone.append(self._hosts.pop(origin))
            elif idle:
                break  # The others were used later.
        await self._close(gone)

    async def _close(self, hosts: list[HostPool]) -> None:
        if self._owned:
            for host in hosts:
                await host.transport.aclose()


def _log_change(origin: Origin, open_now: bool) -> None:
    """Log that a host's circuit opened or closed: its name, and nothing that was sent."""
    _, host, port = origin
    if open_now:
        _log.warning("booking platform fails, circuit open", host=host, port=port)
    else:
        _log.info("booking platform answers again, circuit closed", host=host, port=port)


async def _enter(host: HostPool, deadline: float) -> None:
    if not host.slots.locked():
        await host.slots.acquire()  # at once
        return
    try:
        async with asyncio.timeout_at(deadline):
            await host.slots.acquire()
    except TimeoutError as error:
        raise HostBusy from error
