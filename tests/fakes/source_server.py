"""Another company's server: it speaks the source documents of two APIs, and not a field or a path more."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BOT, SITE, ASSISTANT = "bot_01h2xcejqtf2nbrexx3vqjhp41", 123, 456
KEY, TOKEN = "sk_ptnr_theirs", "their.jwt.token"
ZONE = ZoneInfo("America/New_York")
INSTRUCTIONS = "Speak as Wanda, and be brief."
_RANGE = {"start_at": str, "end_at": str}
_SEARCH = {"bot_id": str, "query": {"filter": {"start_at_range": _RANGE}}}
_BOOKING = {
    "bot_id": str,
    "booking": {
        "start_at": str,
        "duration_minutes": int,
        "customer": {"phone": str, "name": str, "email?": str},
        "notes?": str,
    },
}


@dataclass
class SourceServer:
    """The server.

    Attributes:
        asked: Method, path and status of each request.
        bookings: What was booked, by key.
    """

    asked: list[tuple[str, str, int]] = field(default_factory=list)
    bookings: dict[str, dict[str, Any]] = field(default_factory=dict)

    def app(self) -> Starlette:
        """Give its application."""
        routes = [
            Route("/v1/availability/search", self._search, methods=["POST"]),
            Route("/v1/bookings", self._book, methods=["POST"]),
            Route("/site/{site:int}/assistant/{assistant:int}", self._assistant, methods=["GET"]),
            Route("/{path:path}", self._nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]
        return Starlette(routes=routes)

    def answered(self, method: str, path: str) -> list[int]:
        """List what the requests to a path were answered."""
        return [status for *asked, status in self.asked if asked == [method, path]]

    async def _search(self, request: Request) -> Response:
        body = await request.json()
        if refused := _refused(request, body, _SEARCH):
            return self._answer(request, *refused)
        asked = body["query"]["filter"]["start_at_range"]
        start, end = (datetime.fromisoformat(asked[name]) for name in ("start_at", "end_at"))
        windows = [one for one in _windows(start) if start <= datetime.fromisoformat(one["start_at"]) < end]
        return self._answer(request, 200, {"availabilities": windows})

    async def _book(self, request: Request) -> Response:
        body, key = await request.json(), request.headers.get("idempotency-key", "")
        if refused := _refused(request, body, _BOOKING):
            return self._answer(request, *refused)
        if not key:
            return self._answer(request, 400, _error("missing_idempotency_key"))
        status = 200 if key in self.bookings else 201
        asked = body["booking"]
        end = datetime.fromisoformat(asked["start_at"]) + timedelta(minutes=asked["duration_minutes"])
        made = {"id": f"bkg_{len(self.bookings)}", "status": "confirmed", "end_at": end.isoformat(), **asked}
        return self._answer(request, status, {"booking": self.bookings.setdefault(key, made)})

    async def _assistant(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._answer(request, 401, {"message": "Unauthorized", "statusCode": 401})
        if request.path_params != {"site": SITE, "assistant": ASSISTANT}:
            return await self._nothing(request)
        told = {"assistantName": "Wanda", "assistantInstructions": INSTRUCTIONS}
        return self._answer(request, 200, {**told, "siteId": SITE, "id": ASSISTANT})

    async def _nothing(self, request: Request) -> Response:
        message = f"Cannot {request.method} {request.url.path}"
        return self._answer(request, 404, {"message": message, "error": "Not Found", "statusCode": 404})

    def _answer(self, request: Request, status: int, body: dict[str, Any]) -> Response:
        self.asked.append((request.method, request.url.path, status))
        return JSONResponse(body, status)


def _refused(request: Request, body: Any, shape: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return 401, _error("invalid_api_key")
    if not _fits(body, shape):
        return 400, _error("invalid_request")
    return None if body["bot_id"] == BOT else (404, _error("bot_not_found"))


def _fits(value: Any, shape: Any) -> bool:
    """Hold a body to a shape: no field may be missing, and none may be more."""
    if not isinstance(shape, dict):
        return isinstance(value, shape)
    if not isinstance(value, dict):
        return False
    wanted = {name.removesuffix("?"): (inner, name.endswith("?")) for name, inner in shape.items()}
    return set(value) <= set(wanted) and all(
        _fits(value[name], inner) if name in value else optional for name, (inner, optional) in wanted.items()
    )


def _windows(start: datetime) -> list[dict[str, Any]]:
    """Every morning and afternoon that follows in New York, whatever day it is."""
    midnight = start.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        {"start_at": (midnight + timedelta(days=day, hours=hour)).isoformat(), "duration_minutes": 180}
        for day in range(60)
        for hour in (9, 14)
    ]


def _error(code: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": "Refused."}}
