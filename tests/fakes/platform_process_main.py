"""A booking platform in a process of its own, over real sockets: ``python -m`` me, and read the port.

It is written against the contract alone and imports nothing of ours. It checks signatures, remembers keys
and counts; under ``/single/`` a slot takes one booking, under ``/roomy/`` as many as come. A booking may
say what is to go wrong: ``trouble`` lists one word (see ``TROUBLES``) for each time its key is asked for.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import time
from collections import defaultdict
from typing import Any

TROUBLES = (
    "none",
    "slow",  # answers after a while
    "late",  # books, and answers long after anyone waits
    "cut",  # books, and cuts the connection without a word
    "half",  # books, and cuts the connection in the middle of its answer
    "empty",  # books, and answers 500 with nothing
    "cut_before",  # cuts the connection and has not booked
    "empty_before",  # answers 500 with nothing and has not booked
    "refuse",  # answers 409, and would book another time
)
SLOW_SECONDS, LATE_SECONDS = 0.05, 1.5
TOLERANCE_SECONDS = 300
REASONS = {200: "OK", 201: "Created", 401: "Unauthorized", 404: "Not Found", 409: "Conflict"}


class Cut(Exception):
    """The connection is to be cut after these bytes."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = content


class Platform:
    """The calendar.

    Args:
        secret: What requests are signed with; None checks nothing.
        delay_seconds: How long every answer takes.
    """

    def __init__(self, secret: str | None, delay_seconds: float) -> None:
        self._secret = secret.encode() if secret is not None else None
        self._delay = delay_seconds
        self._bookings: dict[tuple[str, str], dict[str, Any]] = {}
        self._wanted: dict[tuple[str, str], Any] = {}
        self._slots: dict[tuple[str, str], str] = {}
        self._asked: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._rounds: defaultdict[str, dict[str, Any]] = defaultdict(
            lambda: {"bookings": [], "keys": {}, "changed": 0, "at_once": 0}
        )
        self._at_work: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.badly_signed = 0

    async def answer(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> bytes:
        """Answer one request; gives the bytes to send.

        Raises:
            Cut: They are not to be sent whole.
        """
        if method == "GET":
            return respond(200, self._rounds[path.rpartition("/")[2]] | {"badly_signed": self.badly_signed})
        if not self._signed(headers.get("x-dialstack-signature", ""), raw):
            self.badly_signed += 1
            return respond(401, {"error": {"code": "invalid_signature", "message": "No."}})
        if self._delay:
            await asyncio.sleep(self._delay)
        mode, _, action = path.removeprefix("/").partition("/")
        body = json.loads(raw)
        if action == "availability/search":
            return respond(200, {"availabilities": []})
        if action == "customers/lookup":
            return respond(200, {"found": False})
        if action != "bookings":
            return respond(404, {})
        return await self._book(mode == "single", body)

    async def _book(self, single: bool, body: dict[str, Any]) -> bytes:
        key, booking = (body["account_id"], body["idempotency_key"]), body["booking"]
        kept = self._rounds[str(booking.get("round"))]
        troubles, number = booking.get("trouble", []), self._asked[key]
        trouble = troubles[number] if number < len(troubles) else "none"
        self._asked[key] += 1
        kept["keys"][key[1]] = self._asked[key]
        kept["changed"] += self._wanted.setdefault(key, booking) != booking
        self._at_work[key] += 1
        kept["at_once"] = max(kept["at_once"], self._at_work[key])
        try:
            return await self._troubled(trouble, key, single=single, booking=booking)
        finally:
            self._at_work[key] -= 1

    async def _troubled(
        self, trouble: str, key: tuple[str, str], *, single: bool, booking: dict[str, Any]
    ) -> bytes:
        if trouble == "cut_before":
            raise Cut
        if trouble == "empty_before":
            return EMPTY_500
        if trouble == "refuse" and key not in self._bookings:
            return respond(409, {"error": {"code": "slot_unavailable", "message": "Not just now."}})
        slot = (key[0], booking["start_at"])
        if single and self._slots.setdefault(slot, key[1]) != key[1]:
            return respond(409, {"error": {"code": "slot_unavailable", "message": "Taken."}})
        status = 200 if key in self._bookings else 201
        if status == 201:
            self._bookings[key] = self._made(booking)
        content = respond(status, {"booking": self._bookings[key]})
        if trouble in {"slow", "late"}:
            await asyncio.sleep(SLOW_SECONDS if trouble == "slow" else LATE_SECONDS)
        if trouble in {"cut", "half"}:
            raise Cut(content[: len(content) // 2] if trouble == "half" else b"")
        return EMPTY_500 if trouble == "empty" else content

    def _made(self, booking: dict[str, Any]) -> dict[str, Any]:
        made = {
            "id": f"bkg_{len(self._bookings) + 1}",
            "status": "confirmed",
            "start_at": booking["start_at"],
            "end_at": booking["start_at"],
            "customer": {name: booking["customer"][name] for name in ("phone", "name")},
        }
        self._rounds[str(booking.get("round"))]["bookings"].append(made["id"])
        return made

    def _signed(self, header: str, raw: bytes) -> bool:
        if self._secret is None:
            return True
        parts = dict(part.partition("=")[::2] for part in header.split(","))
        stamp = parts.get("t", "")
        good = hmac.new(self._secret, stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
        return hmac.compare_digest(good, parts.get("v1", "")) and (
            abs(time.time() - int(stamp)) <= TOLERANCE_SECONDS
        )


EMPTY_500 = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"


def respond(status: int, body: dict[str, Any]) -> bytes:
    """Write a response."""
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(content)}\r\n\r\n".encode() + content


async def serve_one(platform: Platform, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
            raw = await reader.readexactly(int(headers.get("content-length", 0)))
            method, path, _ = first.split(" ")
            writer.write(await platform.answer(method, path, headers, raw))
    except Cut as cut:
        writer.write(cut.content)
    except (OSError, EOFError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--secret")
    parser.add_argument("--delay-ms", type=float, default=0.0)
    options = parser.parse_args()
    platform = Platform(options.secret, options.delay_ms / 1000)
    server = await asyncio.start_server(lambda r, w: serve_one(platform, r, w), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - whoever started me reads it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
