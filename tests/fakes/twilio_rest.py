"""Twilio's REST API as far as numbers and calls go: an account, its numbers, and whom it calls."""

import base64
import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

from kit.clock import system_clock
from rehearsal.account import Account

SID, TOKEN = "AC0123456789abcdef0123456789abcdef", "a token"


class TwilioRest:
    """An ASGI application that answers as Twilio does.

    Attributes:
        numbers: The account's numbers, with their settings as Twilio names them.
        clock_off: How far its clock is from ours.
        account: Carries the calls that are placed; without one none can be.
        refuses: The status that requests about calls are answered with, None to do what they ask.
    """

    def __init__(self, *numbers: str, account: Account | None = None) -> None:
        self.account = account
        self.numbers: dict[str, dict[str, Any]] = {
            number: {"sid": f"PN{place}", "phone_number": number, "voice_url": "", "sms_url": ""}
            for place, number in enumerate(numbers)
        }
        self.clock_off = timedelta(0)
        self.refuses: int | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body"):
                break
        status, answer = self._answer(scope, body)
        date = format_datetime(system_clock() + self.clock_off, usegmt=True)
        headers = [(b"content-type", b"application/json"), (b"date", date.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(  # noqa: PLR0911 - a row a resource
        self, scope: dict[str, Any], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        expected = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if dict(scope["headers"]).get(b"authorization", b"").decode() != expected:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        path = scope["path"].removeprefix(f"/2010-04-01/Accounts/{SID}")
        if path == ".json":
            return 200, {"sid": SID, "status": "active"}
        if path == "/IncomingPhoneNumbers.json":
            wanted = parse_qs(scope["query_string"].decode())["PhoneNumber"][0]
            found = [one for number, one in self.numbers.items() if wanted in number]
            return 200, {"incoming_phone_numbers": found}
        if path.startswith("/Calls") and scope["method"] == "POST" and self.account is not None:
            if self.refuses is not None:
                return self.refuses, {"code": 20003, "message": "Not allowed", "status": self.refuses}
            fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            return self.account.rest(path, fields)
        for one in self.numbers.values():
            if path == f"/IncomingPhoneNumbers/{one['sid']}.json" and scope["method"] == "POST":
                fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                one.update(
                    voice_url=fields["VoiceUrl"],
                    sms_url=fields["SmsUrl"],
                    status_callback=fields["StatusCallback"],
                )
                return 200, one
        return 404, {"code": 20404, "status": 404}
