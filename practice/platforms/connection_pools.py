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
from practice.platforms.circuit_breaker import CircuitBreaker

Origin = tuple[str, str, int | None]
"""Scheme, host, port."""

_log = get_logger(__name__)


class HostBusy(Exception):
    """All connections to a host were in use until the deadline; nothing was sent."""


class CircuitOpen(Exception):
    """A host has failed too often and is not asked for a while; nothing was sent."""


@dataclass(slots=True)
class Host:
    """One platform host.

    Attributes:
        slots: As many requests as there are connections; the rest wait in line.
        visitors: Requests that are with it or in line.
        left_at: When the last of them left, monotonic seconds.
    """

    transport: httpx.AsyncBaseTransport
    breaker: CircuitBreaker
    slots: asyncio.Semaphore
    visitors: int = 0
    left_at: float = 0.0


class ConnectionPools:
    """All platform hosts that were asked of late. There may be thousands in a day, so the idle ones go.

    Args:
        monotonic: Seconds that never run backwards.
        owned: The pools are this object's to close.
    """

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
        self._hosts: OrderedDict[Origin, Host] = OrderedDict()

    def __len__(self) -> int:
        return len(self._hosts)

    @contextlib.asynccontextmanager
    async def visit(self, origin: Origin, deadline: float) -> AsyncIterator[Host]:
        """Take one of a host's connections for a request.

        Args:
            deadline: The running loop's time until which to wait in line.

        Raises:
            CircuitOpen: It is not to be asked now.
            HostBusy: The line was too long.
        """
        host = self._hosts.get(origin) or self._add(origin)
        self._hosts.move_to_end(origin)
        host.visitors += 1
        try:
            await self._dismiss()
            if host.breaker.refuses:
                raise CircuitOpen
            await _enter(host, deadline)
            try:
                yield host
            finally:
                host.slots.release()
        finally:
            host.visitors -= 1
            host.left_at = self._monotonic()

    async def aclose(self) -> None:
        """Close all connections."""
        hosts = list(self._hosts.values())
        self._hosts.clear()
        await self._close(hosts)

    def _add(self, origin: Origin) -> Host:
        settings = self._settings
        tell = functools.partial(_tell, origin)
        breaker = CircuitBreaker(settings.breaker_failures, settings.breaker_seconds, self._monotonic, tell)
        host = Host(self._make(), breaker, asyncio.Semaphore(settings.connections_per_host))
        self._hosts[origin] = host
        return host

    async def _dismiss(self) -> None:
        """Let go of hosts that nobody visits: those idle for long, and the idlest when there are too many."""
        now, gone = self._monotonic(), []
        for origin, host in list(self._hosts.items()):
            idle = not host.visitors
            overdue = idle and now - host.left_at >= self._settings.host_idle_seconds
            if idle and (overdue or len(self._hosts) > self._settings.hosts):
                gone.append(self._hosts.pop(origin))
            elif idle:
                break  # The rest was visited later.
        await self._close(gone)

    async def _close(self, hosts: list[Host]) -> None:
        if self._owned:
            for host in hosts:
                await host.transport.aclose()


def _tell(origin: Origin, open_now: bool) -> None:
    """Tell the operator that a host is left alone, or taken back: its name, and nothing that was asked."""
    _, host, port = origin
    if open_now:
        _log.warning("booking platform fails and is left alone", host=host, port=port)
    else:
        _log.info("booking platform answers again", host=host, port=port)


async def _enter(host: Host, deadline: float) -> None:
    if not host.slots.locked():
        await host.slots.acquire()  # at once
        return
    try:
        async with asyncio.timeout_at(deadline):
            await host.slots.acquire()
    except TimeoutError as error:
        raise HostBusy from error
