"""A calendar to rehearse on: what is asked is asked of the real one, what is written stays here."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from contracts.timestamps import find_timestamp, timestamp

_CHANGE = re.compile(r"/v1/bookings/([^/]{1,255})/(cancel|reschedule)")
_BOOKING = re.compile(r"/v1/bookings/([^/]{1,255})")
_SEARCH = "/v1/bookings/search"
_MESSAGES = "/v1/messages"
_SEND_CODE = "/v1/customers/send-code"
_READS = ("/v1/availability/search", "/v1/customers/lookup", "/v1/customers/verify")


class RehearsedCalendar(httpx.AsyncBaseTransport):
    """The Partner API for one rehearsed conversation.

    Searches, look-ups and proofs of who somebody is go on to the real API. Bookings, moves, cancellations and
    messages are answered as if they had been done, and kept here alone; whoever asks for a patient's bookings
    finds them among the real ones.

    Args:
        real: The way to the real API.
    """

    def __init__(self, real: httpx.AsyncBaseTransport) -> None:
        self._real = real
        self._bookings: dict[str, dict[str, Any]] = {}
        self._of_key: dict[str, str] = {}

    @property
    def bookings(self) -> list[dict[str, Any]]:
        """What was booked, moved and cancelled, as the contract's ``booking``."""
        return list(self._bookings.values())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, or have it answered."""
        path = request.url.path
        known = _BOOKING.fullmatch(path)
        if request.method == "GET" and known and known[1] in self._bookings:
            return _answer(200, {"booking": self._bookings[known[1]]})
        if request.method == "GET" or path in _READS:
            return await self._real.handle_async_request(request)
        return await self._write(request, path, json.loads(await request.aread() or b"{}"))

    async def _write(self, request: httpx.Request, path: str, body: dict[str, Any]) -> httpx.Response:
        if path == _SEARCH:
            return await self._search(request, body)
        if path == "/v1/bookings":
            return self._book(request, body)
        if path == _MESSAGES:
            message = {"id": "msg_rehearsed", "created_at": timestamp(datetime.now(UTC))}
            return _answer(201, {"message": message})
        if path == _SEND_CODE:
            return _answer(200, {"asked": False})  # nobody is texted
        if (change := _CHANGE.fullmatch(path)) is not None:
            return await self._change(request, change[1], change[2], body)
        return _answer(501, {"error": {"code": "not_rehearsed", "message": "A rehearsal does not do that."}})

    def _book(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        key, wanted = request.headers.get("idempotency-key", ""), body["booking"]
        if key in self._of_key:
            return _answer(200, {"booking": self._bookings[self._of_key[key]]})
        booking = {**wanted, "id": f"rehearsed_{len(self._bookings) + 1}", "status": "confirmed"}
        self._of_key[key] = booking["id"]
        self._bookings[booking["id"]] = _with_end(booking, wanted.get("duration_minutes"))
        return _answer(201, {"booking": self._bookings[booking["id"]]})

    async def _change(
        self, request: httpx.Request, booking_id: str, change: str, body: dict[str, Any]
    ) -> httpx.Response:
        booking = self._bookings.get(booking_id) or await self._fetch(request, booking_id, body)
        if booking is None:
            return _answer(404, {"error": {"code": "booking_not_found", "message": "No such booking."}})
        if change == "cancel":
            booking = {**booking, "status": "cancelled"}
        else:
            start, end = find_timestamp(booking.get("start_at")), find_timestamp(booking.get("end_at"))
            wanted = body["booking"]
            minutes = wanted.get("duration_minutes")
            if minutes is None and start and end:
                minutes = int((end - start).total_seconds() // 60)
            booking = _with_end({**booking, "start_at": wanted["start_at"]}, minutes)
        self._bookings[booking_id] = booking
        return _answer(200, {"booking": booking})

    async def _fetch(
        self, request: httpx.Request, booking_id: str, body: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Get a real booking, to change a copy of it."""
        url = request.url.copy_with(
            path=f"/v1/bookings/{booking_id}", params={"bot_id": str(body.get("bot_id", ""))}
        )
        headers = {
            name: value for name, value in request.headers.items() if name in {"authorization", "host"}
        }
        response = await self._real.handle_async_request(httpx.Request("GET", url, headers=headers))
        found = json.loads(await response.aread() or b"{}").get("booking")
        return found if response.status_code == httpx.codes.OK and isinstance(found, dict) else None

    async def _search(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        response = await self._real.handle_async_request(request)
        content = await response.aread()
        if response.status_code != httpx.codes.OK:
            return httpx.Response(response.status_code, headers=response.headers, content=content)
        phone = body["customer"]["phone"]
        found = {str(one.get("id")): one for one in json.loads(content).get("bookings", [])}
        found |= {
            booking_id: one
            for booking_id, one in self._bookings.items()
            if booking_id in found or one.get("customer", {}).get("phone") == phone
        }
        standing = [one for one in found.values() if one.get("status") != "cancelled"]
        return _answer(200, {"bookings": sorted(standing, key=lambda one: str(one.get("start_at")))})


def _with_end(booking: dict[str, Any], minutes: int | None) -> dict[str, Any]:
    start = find_timestamp(booking.get("start_at"))
    if start is None or minutes is None:
        return booking
    return {**booking, "end_at": timestamp((start + timedelta(minutes=minutes)).astimezone(UTC))}


def _answer(status: int, body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(status, json=body)
