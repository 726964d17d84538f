"""An OpenAI-compatible server of chat and speech on a real local port, which answers by a script.

Each request takes the next reply of the script: words, function calls, an error, words that come slowly, a
stream that breaks off, a body that is no JSON, or no answer at all. Streaming and whole answers both work.
"""

import asyncio
import contextlib
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.http_server import serve_http
from tests.fakes.openai_realtime import Realtime
from tests.fakes.openai_responses import ResponseEvents, as_sse, error_event
from tests.fakes.openai_responses import find_violation as find_response_violation
from tests.fakes.openai_schema import find_violation


@dataclass(frozen=True)
class Says:
    """Words, and a pause before each of them when they stream."""

    text: str
    pause_seconds: float = 0.0


@dataclass(frozen=True)
class Calls:
    """Function calls, with words before them if any; arguments that are text are sent as they are."""

    calls: tuple[tuple[str, dict[str, Any] | str], ...]
    text: str | None = None


@dataclass(frozen=True)
class Fails:
    """An HTTP error."""

    status: int
    code: str = "server_error"
    retry_after: int | None = None


@dataclass(frozen=True)
class Breaks:
    """Words of which only some arrive: the connection ends in the middle."""

    text: str
    after_words: int = 2


@dataclass(frozen=True)
class CutShort:
    """Words that end at the limit of tokens."""

    text: str


@dataclass(frozen=True)
class Hangs:
    """No answer until the server stops."""


@dataclass(frozen=True)
class Garbage:
    """An answer that is not what the protocol says."""

    body: str = "<html>Bad gateway</html>"


@dataclass(frozen=True)
class Sends:
    """A stream of any deltas, each with the finish reason beside it."""

    deltas: tuple[tuple[dict[str, Any], str | None], ...]


Reply = Says | Calls | Fails | Breaks | CutShort | Hangs | Garbage | Sends


@dataclass
class OpenAIServer:
    """The server; made by ``openai_server``.

    Attributes:
        script: Replies still to be given.
        mind: Answers when the script is used up; without one such requests fail with 500.
        requests: Bodies of the requests so far.
        violations: What of them goes against OpenAI's published schema; such a request is refused with 400,
            and the test fails at the end.
        base_url: Where to reach it.
        hears: What every recording is transcribed as.
        spoken: The sentences that it has put into audio.
        sockets: How many websockets of the Responses API were asked for.
        refuses_sockets: The HTTP status with which it refuses them, if any.
        audio_troubles: Met one a request by the requests for transcription and speech.
    """

    script: deque[Reply] = field(default_factory=deque)
    requests: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    base_url: str = ""
    hears: str = ""
    realtime: Realtime = field(default_factory=Realtime)
    shutdown_dates: dict[str, str | None] = field(default_factory=dict)
    audio_troubles: deque[Fails | Hangs] = field(default_factory=deque)
    mind: Callable[[dict[str, Any]], Reply] = lambda _: Fails(500, "script_used_up")
    sockets: int = 0
    refuses_sockets: int | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _made: int = 0

    def will(self, *replies: Reply) -> None:
        """Add replies to the script."""
        self.script.extend(replies)

    def stop_hanging(self) -> None:
        """Let requests that hang end."""
        self._stopping.set()

    async def complete(self, request: Request) -> Response:  # noqa: PLR0911 - one for each kind of reply
        """Answer ``POST /v1/chat/completions``."""
        body = await request.json()
        self.requests.append(body)
        if violation := find_violation(body):
            self.violations.append(violation)
            error = {"message": violation, "type": "invalid_request_error", "code": None, "param": None}
            return JSONResponse({"error": error}, 400)
        reply = self._next(body)
        if isinstance(reply, Hangs):
            await self._stopping.wait()
            return JSONResponse({}, 503)
        if isinstance(reply, Fails):
            headers = {"Retry-After": str(reply.retry_after)} if reply.retry_after is not None else {}
            error = {"message": reply.code, "type": reply.code, "code": reply.code, "param": None}
            return JSONResponse({"error": error}, reply.status, headers)
        if isinstance(reply, Garbage):
            return PlainTextResponse(reply.body, media_type="text/html")
        if isinstance(reply, CutShort):
            reply = Sends((({"role": "assistant", "content": reply.text}, None), ({}, "length")))
        if isinstance(reply, Sends):
            return StreamingResponse(_sent(reply, body), media_type="text/event-stream")
        if body.get("stream"):
            return StreamingResponse(self._stream(reply, body), media_type="text/event-stream")
        if isinstance(reply, Breaks):
            return StreamingResponse(
                _half(json.dumps(self._whole(Says(reply.text), body))), media_type="application/json"
            )
        return JSONResponse(self._whole(reply, body))

    async def respond(self, request: Request) -> Response:
        """Answer ``POST /v1/responses``."""
        body = await request.json()
        self.requests.append(body)
        if violation := find_response_violation(body):
            self.violations.append(violation)
            error = {"message": violation, "type": "invalid_request_error", "code": None, "param": None}
            return JSONResponse({"error": error}, 400)
        reply = self._next(body)
        if isinstance(reply, Hangs):
            await self._stopping.wait()
            return JSONResponse({}, 503)
        if isinstance(reply, Fails):
            error = {"message": reply.code, "type": reply.code, "code": reply.code, "param": None}
            return JSONResponse({"error": error}, reply.status)
        if isinstance(reply, Garbage):
            return PlainTextResponse(reply.body, media_type="text/html")
        return StreamingResponse(as_sse(self._events(reply, body)), media_type="text/event-stream")

    async def respond_on_socket(self, socket: WebSocket) -> None:
        """Serve the websocket ``/v1/responses``: one answer after another, as they are asked for."""
        self.sockets += 1
        if self.refuses_sockets is not None:
            await socket.send_denial_response(JSONResponse({}, self.refuses_sockets))
            return
        await socket.accept()
        asked: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        reading = asyncio.create_task(_read_into(socket, asked))
        try:
            while (event := await asked.get()) is not None:
                if event.pop("type") != "response.create":
                    continue  # what was cancelled has ended by itself: answers here take no time
                await self._respond_once(socket, event)
        except (WebSocketDisconnect, ConnectionResetError):
            with contextlib.suppress(RuntimeError):
                await socket.close(1011)
        finally:
            reading.cancel()

    async def _respond_once(self, socket: WebSocket, body: dict[str, Any]) -> None:
        self.requests.append(body)
        if violation := find_response_violation(body):
            self.violations.append(violation)
            await socket.send_json(error_event(400, "invalid_request_error"))
            return
        reply = self._next(body)
        if isinstance(reply, Hangs):
            await self._stopping.wait()
        elif isinstance(reply, Fails):
            await socket.send_json(error_event(reply.status, reply.code))
        elif isinstance(reply, Garbage):
            await socket.send_text(reply.body)
        else:
            async for event in self._events(reply, body):
                await socket.send_json(event)

    async def _events(self, reply: Reply, body: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        made = ResponseEvents(body["model"])
        yield made.created()
        if isinstance(reply, Breaks):
            for event in itertools.islice(made.text(reply.text), reply.after_words + 1):
                yield event
            raise ConnectionResetError("cut off by the script")
        if isinstance(reply, Says | CutShort | Calls) and reply.text:
            for event in made.text(reply.text):
                if isinstance(reply, Says) and reply.pause_seconds:
                    await asyncio.sleep(reply.pause_seconds)
                yield event
        if isinstance(reply, Calls):
            for name, arguments in reply.calls:
                text = arguments if isinstance(arguments, str) else json.dumps(arguments)
                for event in made.call(name, text):
                    yield event
        yield made.incomplete() if isinstance(reply, CutShort) else made.completed()

    def _next(self, body: dict[str, Any]) -> Reply:
        return self.script.popleft() if self.script else self.mind(body)

    async def transcribe(self, request: Request) -> Response:
        """Answer ``POST /v1/audio/transcriptions``."""
        async with request.form() as form:
            sent: dict[str, Any] = {
                name: form.getlist(name) if name.endswith("[]") else form[name] for name in form
            }
            file = sent.pop("file")
            sent["bytes"] = file.size if isinstance(file, UploadFile) else 0
        self.requests.append(sent)
        if unknown := {name.removesuffix("[]") for name in sent} - _TRANSCRIPTION:
            self.violations.append(f"a transcription is asked for with {sorted(unknown)}")
        return await self._audio_trouble() or JSONResponse({"text": self.hears})

    async def show_model(self, request: Request) -> Response:
        """Answer ``GET /v1/models/{name}``."""
        name = request.path_params["name"]
        if request.headers.get("authorization") != "Bearer sk-test":
            return JSONResponse({"error": {"code": "invalid_api_key", "message": "no"}}, 401)
        if name not in self.shutdown_dates:
            return JSONResponse({"error": {"code": "model_not_found", "message": "no"}}, 404)
        shown = {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "system"}
        return JSONResponse({**shown, "shutdown_date": self.shutdown_dates[name]})

    async def _audio_trouble(self) -> Response | None:
        trouble = self.audio_troubles.popleft() if self.audio_troubles else None
        if isinstance(trouble, Hangs):
            await self._stopping.wait()
            return JSONResponse({}, 503)
        if isinstance(trouble, Fails):
            error = {"message": trouble.code, "type": trouble.code, "code": trouble.code, "param": None}
            return JSONResponse({"error": error}, trouble.status)
        return None

    def _calls(self, reply: Calls) -> list[dict[str, Any]]:
        made = []
        for name, arguments in reply.calls:
            self._made += 1
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            made.append(
                {
                    "id": f"call_m{self._made}",
                    "type": "function",
                    "function": {"name": name, "arguments": text},
                }
            )
        return made

    def _whole(self, reply: Says | Calls, body: dict[str, Any]) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": None}
        if isinstance(reply, Calls):
            message["tool_calls"] = self._calls(reply)
        reason = "tool_calls" if isinstance(reply, Calls) else "stop"
        choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
        return {**_head(body, "chat.completion"), "choices": [choice], "usage": _USAGE}

    async def _stream(self, reply: Says | Calls | Breaks, body: dict[str, Any]) -> AsyncIterator[str]:
        head = _head(body, "chat.completion.chunk")

        def chunk(delta: dict[str, Any], reason: str | None = None) -> str:
            choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
            return f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"

        yield chunk({"role": "assistant", "content": ""})
        for count, word in enumerate((reply.text or "").split(" ") if reply.text else ()):
            if isinstance(reply, Breaks) and count == reply.after_words:
                raise ConnectionResetError("cut off by the script")
            if isinstance(reply, Says) and reply.pause_seconds:
                await asyncio.sleep(reply.pause_seconds)
            yield chunk({"content": word if count == 0 else f" {word}"})
        if isinstance(reply, Calls):
            for index, call in enumerate(self._calls(reply)):
                function = call["function"]
                first = {"name": function["name"], "arguments": ""}
                yield chunk(
                    {
                        "tool_calls": [
                            {"index": index, "id": call["id"], "type": "function", "function": first}
                        ]
                    }
                )
                for piece in _pieces(function["arguments"]):
                    yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
        yield chunk({}, "tool_calls" if isinstance(reply, Calls) else "stop")
        if (body.get("stream_options") or {}).get("include_usage"):
            yield f"data: {json.dumps({**head, 'choices': [], 'usage': _USAGE})}\n\n"
        yield "data: [DONE]\n\n"


_TRANSCRIPTION = {"model", "bytes", "keywords", "languages", "prompt"}
"""What ``gpt-transcribe`` takes of what we may send; ``language`` is an older model's."""
_USAGE = {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20}


@asynccontextmanager
async def openai_server(*script: Reply) -> AsyncIterator[OpenAIServer]:
    """Run the server on a free port of the loopback for as long as the block lasts.

    Args:
        script: The first replies.

    Yields:
        The server, listening.
    """
    fake = OpenAIServer(deque(script))
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", fake.complete, methods=["POST"]),
            Route("/v1/responses", fake.respond, methods=["POST"]),
            WebSocketRoute("/v1/responses", fake.respond_on_socket),
            Route("/v1/audio/transcriptions", fake.transcribe, methods=["POST"]),
            WebSocketRoute("/v1/realtime", fake.realtime.serve),
            Route("/v1/models/{name}", fake.show_model, methods=["GET"]),
        ]
    )
    async with serve_http(app, log_level="critical", ws="websockets-sansio") as server:
        fake.base_url = f"http://{server.address}/v1"
        try:
            yield fake
            assert fake.violations + fake.realtime.violations == []
        finally:
            fake.stop_hanging()


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_700_000_000, "model": body.get("model", "")}


def _pieces(text: str, size: int = 12) -> Iterable[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


async def _read_into(socket: WebSocket, asked: asyncio.Queue[dict[str, Any] | None]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await asked.put(await socket.receive_json())
    await asked.put(None)


async def _sent(reply: Sends, body: dict[str, Any]) -> AsyncIterator[str]:
    head = _head(body, "chat.completion.chunk")
    for delta, reason in reply.deltas:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        yield f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"
    yield "data: [DONE]\n\n"


async def _half(whole: str) -> AsyncIterator[str]:
    yield whole[: len(whole) // 2]
    raise ConnectionResetError("cut off by the script")
