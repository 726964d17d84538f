"""A booking platform of one's own, behind the signed webhook: a bot books in it.

    python examples/03_a_booking_platform.py whsec_… 9000

Register a bot with this secret and `http://127.0.0.1:9000` as its webhook (docs/partner-api.md says how), and
have `chairside bots check bot_…` try it. Appointments live in memory, half an hour each, nine to five UTC.
"""

import hashlib
import hmac
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

HALF_AN_HOUR, OPENS, CLOSES = timedelta(minutes=30), 9, 17
TOLERANCE_SECONDS = 300
SECRET, PORT = sys.argv[1], int(sys.argv[2])
BY_KEY: dict[str, dict] = {}
TAKEN: dict[str, dict] = {}


def is_signed(header: str, body: bytes) -> bool:
    """Verify ``t=…,v1=…``: HMAC-SHA256 of the time, a dot, and the bytes as they came."""
    told = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    if not told.get("t", "").isdigit() or abs(time.time() - int(told["t"])) > TOLERANCE_SECONDS:
        return False
    right = hmac.new(SECRET.encode(), f"{told['t']}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right, told.get("v1", ""))


def search(body: dict) -> tuple[int, dict]:
    """Give the free half hours of a span."""
    span = body["query"]["filter"]["start_at_range"]
    first, last = (datetime.fromisoformat(span[name]) for name in ("start_at", "end_at"))
    first, last = (one.replace(tzinfo=one.tzinfo or UTC) for one in (first, last))
    start = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    free = []
    while start < last:
        if start >= first and OPENS <= start.hour < CLOSES and start.isoformat() not in TAKEN:
            free.append({"start_at": start.isoformat(), "duration_minutes": 30})
        start += HALF_AN_HOUR
    return 200, {"availabilities": free}


def book(body: dict) -> tuple[int, dict]:
    """Book, once per key."""
    if (known := BY_KEY.get(body["idempotency_key"])) is not None:
        return 200, {"booking": known}  # the same key again: the same booking
    wanted = body["booking"]
    start = datetime.fromisoformat(wanted["start_at"]).astimezone(UTC)
    if start.isoformat() in TAKEN:
        return 409, {"error": {"code": "slot_unavailable", "message": "That time is taken."}}
    end = (start + timedelta(minutes=wanted["duration_minutes"])).isoformat()
    made = {"id": f"appt-{len(TAKEN) + 1}", "status": "confirmed", "start_at": start.isoformat()}
    BY_KEY[body["idempotency_key"]] = TAKEN[start.isoformat()] = {**made, "end_at": end}
    return 201, {"booking": TAKEN[start.isoformat()]}


class Platform(BaseHTTPRequestHandler):
    """Has the two paths that a platform must have."""

    def do_POST(self) -> None:
        """Answer a signed request."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status, answer = 404, {}  # a path that this platform does not have
        if not is_signed(self.headers.get("X-DialStack-Signature", ""), body):
            status, answer = 401, {"error": {"code": "invalid_signature", "message": "Not signed by you."}}
        elif (serve := {"/availability/search": search, "/bookings": book}.get(self.path)) is not None:
            status, answer = serve(json.loads(body))
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


HTTPServer(("127.0.0.1", PORT), Platform).serve_forever()
