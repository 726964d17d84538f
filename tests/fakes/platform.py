"""A booking platform that behaves: checks signatures, remembers keys, and can be told to go wrong."""

import asyncio
import copy
import inspect
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import httpx

from contracts.platform_signature import ACCOUNT_HEADER, SIGNATURE_HEADER, SignatureInvalid, verify
from kit.clock import Clock

Trouble = Callable[[], httpx.Response | Awaitable[httpx.Response]]


class FakePlatform(httpx.AsyncBaseTransport):
    """Stands where the network would be.

    Attributes:
        secret: What it verifies signatures with; others are answered 401.
        refused: How many requests were so.
        bookings: Key to booking: what it has in its calendar.
        changes: Key to (operation, booking id) of each cancellation and reschedule that it did.
        requests: (path, body) of everything that came with a good signature.
        accounts: The account header of each of those.
        before: What goes wrong before anything is done, one item a request.
        after: What goes wrong after it is done, one item a request.
        renames: Whatever is moved gets another id.
        lacks_changes: What it answers to cancel and reschedule if it knows neither.
        customers: Phone number to customer: whom it knows, or what else it answers to a look-up.
        gate: While it is closed, answers wait.
        arrived: Something has come.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self.secret = secret
        self._clock = clock
        self.refused = 0
        self.bookings: dict[str, dict[str, Any]] = {}
        self.changes: dict[str, tuple[str, str]] = {}
        self._answered: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.accounts: list[str] = []
        self.before: deque[Trouble] = deque()
        self.after: deque[Trouble] = deque()
        self.renames = False
        self.lacks_changes: Trouble | None = None
        self.customers: dict[str, Any] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.arrived = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request as a platform does."""
        raw = await request.aread()
        try:
            verify(raw, request.headers.get(SIGNATURE_HEADER), self.secret, self._clock())
        except SignatureInvalid:
            self.refused += 1
            return _error(401, "invalid_signature")
        body = json.loads(raw)
        path = request.url.raw_path.decode()
        self.requests.append((path, body))
        self.accounts.append(request.headers[ACCOUNT_HEADER])
        self.arrived.set()
        return await _happen(self.before.popleft()) if self.before else await self._answer(path, body)

    async def _answer(self, path: str, body: dict[str, Any]) -> httpx.Response:
        await self.gate.wait()
        *_, booking_id, operation = path.split("/")
        if operation == "search":
            return httpx.Response(200, json={"availabilities": [], "from": "the platform"})
        if operation == "lookup":
            known = self.customers.get(body["customer"]["phone"])
            return httpx.Response(200, json={"found": True, "customer": known} if known else {"found": False})
        if operation == "bookings":
            answer = self._book(body)
        elif self.lacks_changes is not None:
            return await _happen(self.lacks_changes)
        else:
            answer = self._change(operation, unquote(booking_id), body)
        return await _happen(self.after.popleft()) if self.after else answer

    def _book(self, body: dict[str, Any]) -> httpx.Response:
        key = body["idempotency_key"]
        status = 200 if key in self.bookings else 201
        booking = self.bookings.setdefault(
            key, {"id": str(len(self.bookings) + 1), "status": "accepted", **body["booking"]}
        )
        return httpx.Response(status, json={"booking": booking})

    def _change(self, operation: str, booking_id: str, body: dict[str, Any]) -> httpx.Response:
        key = body["idempotency_key"]
        if key in self._answered:
            return httpx.Response(200, json={"booking": self._answered[key]})
        booking = next((one for one in self.bookings.values() if one["id"] == booking_id), None)
        if booking is None:
            return _error(404, "booking_not_found")
        if operation == "cancel":
            booking["status"] = "cancelled"
        elif booking["status"] == "cancelled":
            return _error(409, "booking_cancelled")
        else:
            booking.update(body["booking"])
            if self.renames:
                booking["id"] = f"{booking_id}-moved"
        self.changes[key] = (operation, booking_id)
        self._answered[key] = copy.deepcopy(booking)
        return httpx.Response(200, json={"booking": booking})


async def _happen(trouble: Trouble) -> httpx.Response:
    outcome = trouble()
    return await outcome if inspect.isawaitable(outcome) else outcome


def _error(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": f"The platform says {code}."}})


def answers(status: int, body: Any = None, content: bytes | None = None) -> Trouble:
    """Answer something else."""
    if content is not None or body is None:
        return lambda: httpx.Response(status, content=content or b"")
    return lambda: httpx.Response(status, json=body)


def later(status: int, retry_after: str) -> Trouble:
    """Ask to be left alone for a while."""
    body = {"error": {"code": "later", "message": "Come again later."}}
    return lambda: httpx.Response(status, json=body, headers={"Retry-After": retry_after})


def cut() -> httpx.Response:
    """Cut the connection after the request was read."""
    raise httpx.ReadError("cut")


def down() -> httpx.Response:
    """Refuse the connection."""
    raise httpx.ConnectError("refused")


def late() -> httpx.Response:
    """Answer too late."""
    raise httpx.ReadTimeout("late")


async def hang() -> httpx.Response:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError("nobody waits for ever")


def slow(seconds: float, then: Trouble) -> Trouble:
    """Answer after a while."""

    async def wait() -> httpx.Response:
        await asyncio.sleep(seconds)
        return await _happen(then)

    return wait


NO_SUCH_PATH: dict[str, Trouble] = {
    "a page": lambda: httpx.Response(404, html="<!doctype html><title>404</title>"),
    "method not allowed": lambda: httpx.Response(405),
    "nest": lambda: httpx.Response(
        404, json={"message": "Cannot POST /bookings/1/cancel", "error": "Not Found", "statusCode": 404}
    ),
    "fastapi": lambda: httpx.Response(404, json={"detail": "Not Found"}),
    "not implemented": lambda: httpx.Response(501, content=b""),
}
"""How platforms say that they have no such path."""
