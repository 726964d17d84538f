"""A small scripted bot that speaks Twilio's wire protocol: signed webhooks and a media socket."""

import asyncio
import base64
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from twilio.request_validator import RequestValidator

from rehearsal.mulaw import SAMPLE_RATE_HZ, encode, is_audible
from tests.fakes.http_server import HttpServer

TOKEN = "0123456789abcdef0123456789abcdef"


def tone(seconds: float, hz: float = 440.0, level: int = 8000) -> bytes:
    """Make a loud µ-law tone: speech, as far as a line is concerned."""
    moments = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return encode((level * np.sin(2 * np.pi * hz * moments)).astype(np.int16))


@dataclass
class Asked:
    """One webhook request as the bot got it."""

    path: str
    fields: dict[str, str]
    signature_ok: bool
    token: str | None


@dataclass
class BotCall:
    """The bot's end of one media stream."""

    socket: WebSocket
    stream_sid: str = ""
    received: list[dict[str, Any]] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _listened: int = 0

    def events(self, name: str) -> list[dict[str, Any]]:
        return [message for message in self.received if message["event"] == name]

    def heard(self) -> bytes:
        """Give the caller's audio so far."""
        return b"".join(base64.b64decode(message["media"]["payload"]) for message in self.events("media"))

    async def say(self, audio: bytes, frame: int = 160) -> None:
        """Send audio at once, in frames; a real bot may run ahead of the line too."""
        for start in range(0, len(audio), frame):
            payload = base64.b64encode(audio[start : start + frame]).decode()
            await self.send("media", media={"payload": payload})

    async def mark(self, name: str) -> None:
        await self.send("mark", mark={"name": name})

    async def clear(self) -> None:
        await self.send("clear")

    async def send(self, event: str, **more: Any) -> None:
        await self.socket.send_text(json.dumps({"event": event, "streamSid": self.stream_sid} | more))

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds of what was received, or the stream is over."""
        async with self._news:
            await self._news.wait_for(lambda: true() or self.stopped.is_set())

    async def marked(self, name: str) -> None:
        await self.until(lambda: any(m["mark"]["name"] == name for m in self.events("mark")))

    async def listen(self) -> bytes:
        """Wait until the caller has spoken since the last time, and been quiet for 0.6 s; give the audio."""
        start, quiet = self._listened, 0
        spoke = False

        def finished() -> bool:
            nonlocal quiet, spoke
            media = self.events("media")
            while self._listened < len(media):
                frame = base64.b64decode(media[self._listened]["media"]["payload"])
                self._listened += 1
                quiet = 0 if is_audible(frame) else quiet + 1
                spoke = spoke or quiet == 0
            return spoke and quiet >= 30

        await self.until(finished)
        return self.heard()[start * 160 : self._listened * 160]

    async def read(self) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                message = json.loads(await self.socket.receive_text())
                async with self._news:
                    self.received.append(message)
                    self.stream_sid = self.stream_sid or message.get("streamSid", "")
                    self._news.notify_all()
        self.stopped.set()
        async with self._news:
            self._news.notify_all()


Talk = Callable[[BotCall], Awaitable[None]]
Answer = str | int
"""What a webhook answers: TwiML, or an HTTP status without a body."""


class TwilioBot:
    """The bot, serving on a free port of 127.0.0.1 while its context is open.

    Args:
        talk: What it does on a media stream, once ``start`` has come; the socket is closed after it.
        answers: For each path, what the webhook answers, one after another; the last again and again.
            ``{ws}`` stands for the media socket's address, ``{http}`` for the bot's own.
        port: Where to listen; a free one when 0.
    """

    def __init__(
        self, talk: Talk | None = None, answers: dict[str, list[Answer]] | None = None, port: int = 0
    ) -> None:
        self.asked: list[Asked] = []
        self.calls: list[BotCall] = []
        self.handshake_signatures: list[bool] = []
        self._talk = talk
        self._answers: dict[str, list[Answer]] = {"/twilio/voice": [CONNECT], "/twilio/status": [204]}
        self._answers |= answers or {}
        self._validator = RequestValidator(TOKEN)
        self._server = HttpServer(self._application(), port, ws="websockets-sansio")
        self.host = self._server.address
        self.url = f"http://{self.host}"

    def _application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{path:path}", self._webhook, methods=["GET", "POST"]),
                WebSocketRoute("/media", self._media),
            ]
        )

    async def __aenter__(self) -> Self:
        await self._server.until_it_listens()
        return self

    async def __aexit__(self, *exit_: object) -> None:
        await self._server.stop()

    def answer(self, path: str, *answers: Answer) -> None:
        """Change what a webhook answers."""
        self._answers[path] = list(answers)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def _webhook(self, request: Request) -> Response:
        form = await request.form()
        fields = {name: str(value) for name, value in form.items()}
        signature = request.headers.get("X-Twilio-Signature", "")
        fine = bool(self._validator.validate(str(request.url), fields, signature))
        token = request.headers.get("I-Twilio-Idempotency-Token")
        path = request.url.path
        self.asked.append(Asked(path, fields | dict(request.query_params), fine, token))
        answers = self._answers.get(path, [404])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, int):
            return Response(status_code=answer)
        twiml = answer.replace("{ws}", f"ws://{self.host}").replace("{http}", self.url)
        return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{twiml}', media_type="application/xml")

    async def _media(self, socket: WebSocket) -> None:
        signature = socket.headers.get("X-Twilio-Signature", "")
        self.handshake_signatures.append(
            bool(self._validator.validate(f"ws://{self.host}/media", {}, signature))
        )
        await socket.accept()
        call = BotCall(socket)
        self.calls.append(call)
        reading = asyncio.create_task(call.read())
        try:
            await call.until(lambda: bool(call.events("start")))
            if self._talk and not call.stopped.is_set():
                await self._talk(call)
            if not call.stopped.is_set():
                await socket.close()
        finally:
            await reading


CONNECT = (
    '<Response><Connect><Stream url="{ws}/media"><Parameter name="token" value="t0k"/></Stream></Connect>'
    '<Redirect method="POST">{http}/twilio/voice/next#rc=5&amp;rp=all</Redirect></Response>'
)
HANG_UP = "<Response><Hangup/></Response>"
