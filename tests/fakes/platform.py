"""A booking platform that behaves: checks signatures, remembers keys, and can be told to go wrong."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any

import httpx

from config.clock import Clock
from practice.booking.signing import ACCOUNT_HEADER, SIGNATURE_HEADER, verify

Trouble = Callable[[], httpx.Response]


class FakePlatform(httpx.AsyncBaseTransport):
    """Stands where the network would be.

    Attributes:
        bookings: Key to booking: what it has in its calendar.
        requests: (path, body) of everything that came with a good signature.
        before: What goes wrong before the booking is made, one item a request.
        after: What goes wrong after the booking is made, one item a request.
        gate: While it is closed, answers wait.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self.bookings: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.accounts: list[str] = []
        self.before: deque[Trouble] = deque()
        self.after: deque[Trouble] = deque()
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request as a platform does."""
        raw = await request.aread()
        verify(raw, request.headers.get(SIGNATURE_HEADER), self._secret, self._clock())
        body = json.loads(raw)
        self.requests.append((request.url.path, body))
        self.accounts.append(request.headers[ACCOUNT_HEADER])
        self.arrived.set()
        if self.before:
            return self.before.popleft()()
        await self.gate.wait()
        if request.url.path.endswith("/availability/search"):
            return httpx.Response(200, json={"availabilities": [], "from": "the platform"})
        if request.url.path.endswith("/customers/lookup"):
            return httpx.Response(200, json={"found": False})
        key = body["idempotency_key"]
        status = 200 if key in self.bookings else 201
        booking = self.bookings.setdefault(
            key, {"id": str(len(self.bookings) + 1), "status": "accepted", **body["booking"]}
        )
        if self.after:
            return self.after.popleft()()
        return httpx.Response(status, json={"booking": booking})


def answers(status: int, body: Any = None, content: bytes | None = None) -> Trouble:
    """Answer something else."""
    if content is not None or body is None:
        return lambda: httpx.Response(status, content=content or b"")
    return lambda: httpx.Response(status, json=body)


def cut() -> httpx.Response:
    """Cut the connection after the request was read."""
    raise httpx.ReadError("cut")


def down() -> httpx.Response:
    """Refuse the connection."""
    raise httpx.ConnectError("refused")


def late() -> httpx.Response:
    """Answer too late."""
    raise httpx.ReadTimeout("late")
