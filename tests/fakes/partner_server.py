"""A partner's availability and booking endpoints: a small ASGI app that behaves, or not when told so."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Trouble = Literal[
    "unreachable",  # no connection
    "cut_before",  # the connection breaks, nothing was done
    "cut_after",  # the connection breaks after the work was done
    "down",  # 503, nothing was done
    "away",  # 503 that says that nothing was done
    "crash_after",  # 500 with an empty body after the work was done, as some platforms do
    "error",  # 500 with a code
    "silent",  # no answer until ``release`` is set, nothing done
    "slow",  # the work is done when ``release`` is set
    "taken",  # 409
    "refused",  # 422
    "pending",  # 202
    "under_way",  # 202 that says where to ask and when
    "unsupported",  # 501
    "missing",  # 404
    "nonsense",  # 200 and no JSON
    "limited",  # 429
]


@dataclass
class Asked:
    """A request as it arrived."""

    path: str
    key: str | None
    body: dict[str, Any]


@dataclass
class PartnerServer:
    """The server; ``troubles`` are met one a request, in order, by the requests to ``troubled_path``.

    Attributes:
        retry_after: What it says in ``Retry-After`` when it refuses by ``limited`` or ``down``.
        customers: Customer by phone number.
        changes: Key to what it answered to a cancellation or a move.
    """

    token: str = "sk_ptnr_test"
    bot: dict[str, Any] = field(default_factory=dict)
    windows: list[dict[str, Any]] = field(default_factory=list)
    status: str = "confirmed"
    troubles: list[Trouble] = field(default_factory=list)
    troubled_path: str = "/v1/bookings"
    asked: list[Asked] = field(default_factory=list)
    bookings: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    retry_after: str | None = None
    release: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    births: dict[str, str] = field(default_factory=dict)
    """Dates of birth on record by number; a booking's own opens that one alone."""
    code: str = "314159"
    """The code that is texted, and is good once."""
    texts: bool = True
    """Codes can be texted."""
    locked: bool = False
    """Too much was tried."""
    reaches_somebody: bool = True
    """Somebody reads what is left."""
    messages_away: bool = False
    """No message for the team can be left."""

    def transport(self) -> httpx.ASGITransport:
        """Give the way to it without a socket."""
        return httpx.ASGITransport(self)

    def asked_for(self, path: str) -> list[Asked]:
        """List the requests to a path."""
        return [one for one in self.asked if one.path == path]

    async def until(self, truth: Callable[[], bool]) -> None:
        """Answer requests until something is so."""
        async with asyncio.timeout(20):
            while not truth():
                self.arrived.clear()
                await self.arrived.wait()
                await asyncio.sleep(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        raw = b""
        while True:
            event = await receive()
            raw += event.get("body", b"")
            if not event.get("more_body"):
                break
        body = json.loads(raw) if raw else {}
        path = scope["path"]
        key = headers.get("idempotency-key")
        self.asked.append(Asked(path, key, body))
        self.arrived.set()
        if headers.get("authorization") != f"Bearer {self.token}":
            await _answer(send, 401, _error("invalid_api_key"))
            return
        if path == "/v1/messages" and self.messages_away:
            await _answer(send, 503, None)
            return
        trouble = self.troubles.pop(0) if self.troubles and path == self.troubled_path else None
        await self._answer(path, key, body, trouble, send)

    async def _answer(
        self, path: str, key: str | None, body: dict[str, Any], trouble: Trouble | None, send: Send
    ) -> None:
        if trouble == "unreachable":
            raise httpx.ConnectError("no connection")
        if trouble == "cut_before":
            raise httpx.ReadError("cut")
        if trouble in ("silent", "slow"):
            await self.release.wait()
        refusals: dict[str, tuple[int, Any]] = {
            "down": (503, None),
            "away": (503, _error("unavailable")),
            "silent": (503, None),
            "error": (500, _error("configuration_error")),
            "taken": (409, _error("slot_unavailable")),
            "refused": (422, _error("webhook_not_configured")),
            "pending": (202, {"booking": {"status": "pending"}}),
            "under_way": (202, {"booking": {"id": "intent_1", "status": "pending"}}),
            "unsupported": (501, _error("not_supported_by_platform")),
            "missing": (404, _error("booking_not_found")),
            "nonsense": (200, None),
            "limited": (429, _error("rate_limited")),
        }
        if trouble in refusals:
            headers = {
                "under_way": {"location": "/v1/bookings/intent_1", "retry-after": "2"},
                "away": {"chairside-nothing-done": "true"},
            }.get(trouble, {})
            if self.retry_after is not None:
                headers = {**headers, "retry-after": self.retry_after}
            await _answer(send, *refusals[trouble], headers)
            return
        status, answer = self._work(path, key, body)
        if trouble == "cut_after":
            raise httpx.ReadError("cut")
        if trouble == "crash_after":
            await _answer(send, 500, None)
            return
        await _answer(send, status, answer)

    def _work(self, path: str, key: str | None, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v1/availability/search":
            return self._search(body)
        if path.startswith("/v1/bots/"):
            known = path.removeprefix("/v1/bots/") == self.bot.get("id")
            return (200, {"bot": self.bot}) if known else (404, _error("bot_not_found"))
        if path.startswith("/v1/customers/"):
            return self._customer(path.removeprefix("/v1/customers/"), body)
        if path == "/v1/bookings/search":
            return self._coming(body)
        if path.startswith("/v1/bookings/"):
            return self._change(*path.removeprefix("/v1/bookings/").partition("/")[::2], key, body)
        return self._keep(path, key, body) if key else (400, _error("missing_idempotency_key"))

    def _keep(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v1/messages":
            self.messages.setdefault(key, body["message"])
            receipt = {"id": "msg_1", "created_at": "2026-11-30T14:00:00Z"}
            return 201, {"message": {**receipt, "reaches_somebody": self.reaches_somebody}}
        return self._book(key, body["booking"])

    def _lookup(self, body: dict[str, Any]) -> tuple[int, Any]:
        customer = self.customers.get(body["customer"]["phone"])
        return 200, {"found": True, "customer": customer} if customer else {"found": False}

    def _customer(self, what: str, body: dict[str, Any]) -> tuple[int, Any]:
        if what == "lookup":
            return self._lookup(body)
        return self._verify(body) if what == "verify" else (200, {"asked": self.texts})

    def _verify(self, body: dict[str, Any]) -> tuple[int, Any]:
        phone, opened = body["customer"]["phone"], None
        if "code" in body:
            right, self.code = body["code"] == self.code, "" if body["code"] == self.code else self.code
        else:
            born = body["date_of_birth"]
            mine = [one for one in self.bookings.values() if one["customer"].get("date_of_birth") == born]
            opened = [one["id"] for one in mine if one["customer"]["phone"] == phone]
            right = self.births.get(phone) == born or bool(opened)
            opened = None if self.births.get(phone) == born else opened
        return 200, {"verified": right, "booking_ids": opened if right else None, "locked": self.locked}

    def _coming(self, body: dict[str, Any]) -> tuple[int, Any]:
        phone = body["customer"]["phone"]
        found = [
            one
            for one in self.bookings.values()
            if one["status"] != "cancelled" and one.get("customer", {}).get("phone") == phone
        ]
        return 200, {"bookings": sorted(found, key=lambda one: str(one["start_at"]))}

    def _search(self, body: dict[str, Any]) -> tuple[int, Any]:
        wanted = body["query"]["filter"]["start_at_range"]
        start, end = (datetime.fromisoformat(wanted[name]) for name in ("start_at", "end_at"))
        free = []
        for window in self.windows:
            begins = datetime.fromisoformat(window["start_at"])
            ends = begins + timedelta(minutes=window["duration_minutes"])
            if begins < end and ends > start:
                free.append(window)
        return 200, {"availabilities": free}

    def _change(self, booking_id: str, change: str, key: str | None, body: dict[str, Any]) -> tuple[int, Any]:
        booking = next((one for one in self.bookings.values() if one["id"] == booking_id), None)
        if booking is None:
            return 404, _error("booking_not_found")
        if not change:
            return 200, {"booking": booking}
        if key is None:
            return 400, _error("missing_idempotency_key")
        if key not in self.changes:
            if change == "cancel":
                booking["status"] = "cancelled"
            else:
                asked = {**booking, **body["booking"]}
                if any(_same_seat(one, asked) for one in self.bookings.values() if one is not booking):
                    return 409, _error("slot_unavailable")
                start = datetime.fromisoformat(asked["start_at"])
                booking.update(start_at=start.isoformat(), end_at=_until(booking, start))
            self.changes[key] = dict(booking)
        return 200, {"booking": self.changes[key]}

    def _book(self, key: str, asked: dict[str, Any]) -> tuple[int, Any]:
        if key in self.bookings:
            return 200, {"booking": self.bookings[key]}
        if any(_same_seat(one, asked) for one in self.bookings.values()):
            return 409, _error("slot_unavailable")
        start = datetime.fromisoformat(asked["start_at"])
        booking = {
            "id": f"bkg_{len(self.bookings) + 1}",
            "status": self.status,
            "start_at": start.isoformat(),
            "end_at": (start + timedelta(minutes=asked["duration_minutes"])).isoformat(),
            "practitioner_id": asked.get("practitioner_id"),
            "service_id": asked.get("service_id"),
            "customer": asked.get("customer", {}),
        }
        self.bookings[key] = booking
        return 201, {"booking": booking}


def _until(booking: dict[str, Any], start: datetime) -> str:
    length = datetime.fromisoformat(booking["end_at"]) - datetime.fromisoformat(booking["start_at"])
    return (start + length).isoformat()


def _same_seat(booking: dict[str, Any], asked: dict[str, Any]) -> bool:
    same_time = datetime.fromisoformat(booking["start_at"]) == datetime.fromisoformat(asked["start_at"])
    return same_time and booking["practitioner_id"] == asked.get("practitioner_id")


def _error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": code.replace("_", " ")}}


async def _answer(send: Send, status: int, body: Any, more: dict[str, str] | None = None) -> None:
    headers = [(b"content-type", b"application/json")] if body is not None else []
    headers += [(name.encode(), value.encode()) for name, value in (more or {}).items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    content = json.dumps(body).encode() if body is not None else b""
    await send({"type": "http.response.body", "body": content})
