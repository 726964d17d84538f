"""Anthropic's ``POST /v1/messages`` as its documents describe it, streamed, answering by a script."""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from anthropic.types.message_create_params import MessageCreateParamsStreaming
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from tests.fakes.openai_server import Breaks, Calls, CutShort, Fails, Garbage, Hangs, Reply, Says

_BODY: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsStreaming)
_OPEN = {"stop_reason": None, "stop_sequence": None}
_ERRORS = {404: "not_found_error", 429: "rate_limit_error", 529: "overloaded_error"}
_numbers = itertools.count(1)


@dataclass
class AnthropicMessages:
    """The endpoint.

    Attributes:
        script: Replies still to be given; when it is used up, requests fail with 500.
        asked: Bodies of the requests so far.
        violations: What of them goes against the published types.
    """

    script: deque[Reply] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: Request) -> Response:
        """Answer by the script."""
        body = await request.json()
        self.asked.append(body)
        try:
            _BODY.validate_python(body)
        except ValidationError as violation:
            self.violations.append(str(violation))
        reply = self.script.popleft() if self.script else Fails(500)
        if isinstance(reply, Fails):
            error = {"type": _ERRORS.get(reply.status, "api_error"), "message": reply.code}
            return JSONResponse({"type": "error", "error": error}, reply.status)
        if isinstance(reply, Hangs):
            await self.stopping.wait()
            return JSONResponse({}, 503)
        if isinstance(reply, Garbage):
            return PlainTextResponse(reply.body, media_type="text/html")
        assert isinstance(reply, Says | Calls | Breaks | CutShort)
        return StreamingResponse(self._events(reply), media_type="text/event-stream")

    async def _events(self, reply: Says | Calls | Breaks | CutShort) -> AsyncIterator[str]:
        usage = {"input_tokens": 10, "output_tokens": 1}
        start = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "claude"}
        yield _event("message_start", message={**start, "usage": usage, **_OPEN})
        index = 0
        if reply.text:
            yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
            words = reply.text.split(" ")
            for count, word in enumerate(words):
                if isinstance(reply, Breaks) and count == reply.after_words:
                    raise ConnectionResetError("cut off by the script")
                piece = {"type": "text_delta", "text": word if count == 0 else f" {word}"}
                yield _event("content_block_delta", index=0, delta=piece)
            yield _event("content_block_stop", index=0)
            index = 1
        for name, arguments in reply.calls if isinstance(reply, Calls) else ():
            use = {"type": "tool_use", "id": f"toolu_{next(_numbers)}", "name": name, "input": {}}
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            yield _event("content_block_start", index=index, content_block=use)
            delta = {"type": "input_json_delta", "partial_json": text}
            yield _event("content_block_delta", index=index, delta=delta)
            yield _event("content_block_stop", index=index)
            index += 1
        reasons = {Calls: "tool_use", CutShort: "max_tokens"}
        ends = {"stop_reason": reasons.get(type(reply), "end_turn"), "stop_sequence": None}
        yield _event("message_delta", delta=ends, usage={"output_tokens": 5})
        yield _event("message_stop")


def _event(kind: str, **fields: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n"
