"""Connections of the server that show no whole request: they are bounded in time and number."""

import asyncio
from collections.abc import Collection
from typing import Any

from config.logs import get_logger
from config.settings import ServerSettings

_log = get_logger(__name__)


class Connections:
    """Ends connections whose next request does not come, which the HTTP server waits for without end.

    Of too many connections, those go that have shown no whole request, the longest-waiting first: a call's
    socket and a request that is worked on are left alone.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._waiting: dict[Any, float] = {}

    def sweep(self, connections: Collection[Any], now: float) -> int:
        """Look at all connections; gives how many were ended.

        Args:
            connections: The HTTP server's, of uvicorn's protocols.
            now: Seconds of a monotonic clock.
        """
        waiting = {one: self._waiting.get(one, now) for one in connections if _is_waiting(one)}
        oldest = sorted(waiting, key=lambda one: waiting[one])
        late = [one for one in oldest if now - waiting[one] >= self._settings.read_seconds]
        surplus = len(connections) - self._settings.connections
        ended = oldest[: max(len(late), surplus, 0)]
        for one in ended:
            _abort(one.transport)
        self._waiting = {one: since for one, since in waiting.items() if one not in ended}
        if ended:
            _log.warning("connections without a request ended", count=len(ended))
        return len(ended)


def _is_waiting(one: Any) -> bool:
    """Tell whether a connection has no request that is whole, and is not kept alive between two."""
    if not hasattr(one, "timeout_keep_alive_task"):
        return False  # a socket, whose application bounds it
    cycle = one.cycle
    return one.timeout_keep_alive_task is None and (cycle is None or cycle.response_complete)


def _abort(transport: asyncio.Transport | None) -> None:
    if transport is not None:
        transport.abort()
