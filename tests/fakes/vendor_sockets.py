"""Other vendors' wires, as their documents describe them: two that hear, two that speak, a model."""

import base64
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.anthropic_messages import AnthropicMessages
from tests.fakes.http_server import serve_http

PCM = b"\x10\x20" * 800
"""A tenth of a second at 8 kHz: what every sentence sounds like."""


@dataclass
class Vendors:
    """All of them on one port.

    Attributes:
        hears: What every utterance is transcribed as.
        model: Anthropic's model.
        troubles: Met one an utterance and one a sentence: ``hang``, ``cut``, or ``fail``, which is an error
            as the vendor writes it.
        deaf: What every utterance meets and no sentence does: one of these troubles, or ``refused``, which is
            the connection that is to carry them.
        refuses: The HTTP status with which connections are refused, if any.
        asked: What the speech services were asked: query parameters, or bodies.
        spoken: The sentences that were spoken.
    """

    hears: str = ""
    model: AnthropicMessages = field(default_factory=AnthropicMessages)
    troubles: deque[str] = field(default_factory=deque)
    deaf: str = ""
    refuses: int | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    address: str = ""

    async def _next(self, socket: WebSocket) -> Any:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        return json.loads(message["text"]) if message.get("text") else message.get("bytes")

    async def _accept(self, socket: WebSocket, *, hears: bool = False) -> bool:
        refuses = 429 if hears and self.deaf == "refused" else self.refuses
        if refuses is not None:
            await socket.send_denial_response(JSONResponse({"error": "refused"}, refuses))
            return False
        await socket.accept()
        return True

    async def _met(self, socket: WebSocket, error: dict[str, Any], *, hears: bool = False) -> bool:
        trouble = self.deaf if hears else ""
        trouble = trouble or (self.troubles.popleft() if self.troubles else "")
        if trouble == "cut":
            await socket.close(1011)
        elif trouble == "fail":
            await socket.send_json(error)
        return bool(trouble)

    async def deepgram(self, socket: WebSocket) -> None:
        """``/v1/listen``: audio, and ``Finalize`` at the end of a turn."""
        self.asked.append({name: socket.query_params.getlist(name) for name in socket.query_params})
        if not await self._accept(socket, hears=True):
            return
        error = {"type": "Error", "description": "the request failed", "variant": "500"}
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                message = await self._next(socket)
                if (
                    isinstance(message, dict)
                    and message["type"] == "Finalize"
                    and not await self._met(socket, error, hears=True)
                ):
                    await socket.send_json(_deepgram_results(self.hears, final=False))
                    await socket.send_json(_deepgram_results(self.hears, final=True))

    async def assemblyai(self, socket: WebSocket) -> None:
        """``/v3/ws``: audio, and ``ForceEndpoint`` at the end of a turn."""
        self.asked.append(dict(socket.query_params))
        if not await self._accept(socket, hears=True):
            return
        await socket.send_json({"type": "Begin", "id": "s1", "expires_at": 1_900_000_000})
        error = {"type": "Error", "error": "the request failed"}
        turn = 0
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                message = await self._next(socket)
                if isinstance(message, dict) and message["type"] == "Terminate":
                    ended = {"audio_duration_seconds": 1, "session_duration_seconds": 1}
                    await socket.send_json({"type": "Termination", **ended})
                if not isinstance(message, dict) or message["type"] != "ForceEndpoint":
                    continue
                if await self._met(socket, error, hears=True):
                    continue
                for formatted in (False, True):
                    await socket.send_json(
                        {
                            "type": "Turn",
                            "turn_order": turn,
                            "turn_is_formatted": formatted,
                            "end_of_turn": formatted,
                            "transcript": self.hears,
                            "end_of_turn_confidence": 0.9,
                            "words": [],
                        }
                    )
                turn += 1

    async def elevenlabs(self, socket: WebSocket) -> None:
        """``/v1/text-to-speech/{voice}/multi-stream-input``: texts by context, and the end of each."""
        self.asked.append({**socket.query_params, **socket.path_params})
        if not await self._accept(socket):
            return
        texts: dict[str, str] = {}
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                message = await self._next(socket)
                context = message.get("context_id", "")
                texts[context] = texts.get(context, "") + message.get("text", "")
                error = {"error": "internal_error", "message": "failed", "code": 1011, "contextId": context}
                if message.get("close_context") and not await self._met(socket, error):
                    self.spoken.append(texts.pop(context).strip())
                    audio = base64.b64encode(PCM).decode()
                    await socket.send_json({"audio": audio, "contextId": context})
                    await socket.send_json({"isFinal": True, "contextId": context})

    async def cartesia(self, socket: WebSocket) -> None:
        """``/tts/websocket``: transcripts by context, the last one with ``continue`` false."""
        if not await self._accept(socket):
            return
        texts: dict[str, str] = {}
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                message = await self._next(socket)
                self.asked.append(message)
                context = message["context_id"]
                texts[context] = texts.get(context, "") + message.get("transcript", "")
                error = {"type": "error", "done": True, "error": "failed", "status_code": 500}
                error["context_id"] = context
                if not message.get("continue", True) and not await self._met(socket, error):
                    self.spoken.append(texts.pop(context).strip())
                    data = base64.b64encode(PCM).decode()
                    chunk = {"type": "chunk", "data": data, "done": False, "status_code": 206}
                    await socket.send_json({**chunk, "context_id": context, "step_time": 1.0})
                    done = {"type": "done", "done": True, "status_code": 200}
                    await socket.send_json({**done, "context_id": context})


def _deepgram_results(words: str, *, final: bool) -> dict[str, Any]:
    alternative = {"transcript": words, "confidence": 0.9, "words": []}
    info = {"name": "nova", "version": "1", "arch": "nova"}
    return {
        "type": "Results",
        "channel_index": [0, 1],
        "duration": 1.0,
        "start": 0.0,
        "is_final": final,
        "speech_final": final,
        "from_finalize": final,
        "channel": {"alternatives": [alternative]},
        "metadata": {"request_id": "r", "model_info": info, "model_uuid": "u"},
    }


@asynccontextmanager
async def vendor_sockets() -> AsyncIterator[Vendors]:
    """Run them all on a free port for as long as the block lasts."""
    fake = Vendors()
    voice = "/v1/text-to-speech/{voice}/multi-stream-input"
    app = Starlette(
        routes=[
            WebSocketRoute("/v1/listen", fake.deepgram),
            WebSocketRoute("/v3/ws", fake.assemblyai),
            WebSocketRoute(voice, fake.elevenlabs),
            WebSocketRoute("/tts/websocket", fake.cartesia),
            Route("/v1/messages", fake.model.answer, methods=["POST"]),
        ]
    )
    async with serve_http(app, log_level="critical", ws="websockets-sansio") as server:
        fake.address = server.address
        try:
            yield fake
            assert fake.model.violations == []
        finally:
            fake.model.stopping.set()
