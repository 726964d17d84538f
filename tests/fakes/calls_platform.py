"""A booking platform for many calls at once, which does to each caller's bookings what the test says."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Trouble = Literal[
    "none",
    "slow",  # books, and answers after some seconds
    "silent",  # books nothing, and never answers
    "late",  # books, and never answers
    "crash_before",  # 500, nothing booked
    "crash_after",  # 500, booked
    "taken",  # 409
]
ZONE = ZoneInfo("America/New_York")
SLOW_SECONDS = (2.0, 5.0)


class CallsPlatform:
    """The calendar: whatever is asked for in it is free.

    Args:
        number: Gives a number between two others.
    """

    def __init__(self, number: Callable[[float, float], float]) -> None:
        self._number = number
        self.troubles: defaultdict[str, deque[Trouble]] = defaultdict(deque)
        """By the caller's number: what becomes of each request for a booking."""
        self.asked: defaultdict[str, int] = defaultdict(int)
        self.bookings: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        """By the caller's number and the idempotency key."""
        self._made = 0
        self.closing = asyncio.Event()
        self.app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["POST"])])

    def end(self) -> None:
        """Let the requests end that were not to be answered."""
        self.closing.set()
        self.closing = asyncio.Event()

    async def _answer(self, request: Request) -> Response:
        body, path = await request.json(), request.url.path
        if path.endswith("/availability/search"):
            return JSONResponse({"availabilities": _windows(body["query"]["filter"]["start_at_range"])})
        if path.endswith("/customers/lookup"):
            return JSONResponse({"found": False})
        if not path.endswith("/bookings"):
            return JSONResponse({"error": {"code": "not_found", "message": "No."}}, 404)
        return await self._book(body["idempotency_key"], body["booking"])

    async def _book(self, key: str, booking: dict[str, Any]) -> Response:
        phone = booking["customer"]["phone"]
        self.asked[phone] += 1
        trouble = self.troubles[phone].popleft() if self.troubles[phone] else "none"
        if trouble == "silent":
            await self.closing.wait()
        if trouble in {"silent", "crash_before"}:
            return Response(status_code=500)
        if trouble == "taken" and key not in self.bookings[phone]:
            return JSONResponse({"error": {"code": "slot_unavailable", "message": "Taken."}}, 409)
        status = 200 if key in self.bookings[phone] else 201
        if status == 201:
            self._made += 1
            start = datetime.fromisoformat(booking["start_at"])
            self.bookings[phone][key] = {
                "id": f"bkg_{self._made}",
                "status": "confirmed",
                "start_at": booking["start_at"],
                "end_at": (start + timedelta(minutes=30)).isoformat(),
                "customer": booking["customer"],
            }
        if trouble == "slow":
            await asyncio.sleep(self._number(*SLOW_SECONDS))
        elif trouble == "late":
            await self.closing.wait()
        if trouble == "crash_after":
            return Response(status_code=500)
        return JSONResponse({"booking": self.bookings[phone][key]}, status)


def _windows(asked: dict[str, str]) -> list[dict[str, Any]]:
    """Give each afternoon from two to four."""
    start, end = (datetime.fromisoformat(asked[name]).astimezone(ZONE) for name in ("start_at", "end_at"))
    days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 1))
    begins = (datetime(day.year, day.month, day.day, 14, tzinfo=ZONE) for day in days)
    return [
        {"start_at": one.isoformat(), "duration_minutes": 120}
        for one in begins
        if one < end and one + timedelta(hours=2) > start
    ]
