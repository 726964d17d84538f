"""OpenAI's Realtime API as its types describe it: a transcription session, and answers that are spoken.

A transcription session is opened with ``intent=transcription`` and no model; one that speaks, with a model.
"""

import asyncio
import base64
import contextlib
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from openai.types.realtime import (
    ConversationItemInputAudioTranscriptionCompletedEvent,
    ConversationItemInputAudioTranscriptionDeltaEvent,
    ConversationItemInputAudioTranscriptionFailedEvent,
    InputAudioBufferCommittedEvent,
    RealtimeClientEventParam,
    ResponseAudioDeltaEvent,
    ResponseAudioTranscriptDoneEvent,
)
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from agent.telephony.wire import encode_ulaw

_CLIENT: TypeAdapter[Any] = TypeAdapter(RealtimeClientEventParam)
_numbers = itertools.count(1)
_LEAST_MS = 100
"""A commit of less audio is refused."""
_BYTES_PER_MS = 48


def _open_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Realtime:
    """What both kinds of session share.

    Attributes:
        hears: What every utterance is transcribed as.
        sessions: The transcription sessions' configurations, as they were asked for.
        committed: Milliseconds of audio in each turn that was committed.
        spoken: The sentences that were read out.
        rewords: What is said in a sentence's place, by the sentence.
        pace: How much quicker than it lasts the audio comes; 0 is at once.
        troubles: Met one a commit, or one a sentence: ``fail``, ``hang``, ``cut``.
        refuses: The HTTP status with which sockets are refused, if any.
        violations: What goes against the library's types.
    """

    hears: str = ""
    sessions: list[dict[str, Any]] = field(default_factory=list)
    committed: list[int] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    rewords: dict[str, str] = field(default_factory=dict)
    pace: float = 0.0
    troubles: deque[str] = field(default_factory=deque)
    refuses: int | None = None
    violations: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=_open_event)
    """While it is cleared, transcriptions take until it is set again."""
    configured: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a transcription session has been configured."""

    async def serve(self, socket: WebSocket) -> None:
        """Serve the websocket ``/v1/realtime``."""
        if self.refuses is not None:
            await socket.close(1008)
            return
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            if socket.query_params.get("intent") == "transcription":
                if "model" in socket.query_params:
                    self.violations.append("a transcription session names no model in its address")
                await self._transcribe(socket)
            else:
                await self._speak(socket, socket.query_params["model"])

    async def _receive(self, socket: WebSocket) -> dict[str, Any]:
        event: dict[str, Any] = await socket.receive_json()
        try:
            _CLIENT.validate_python(event)
        except ValidationError as error:
            self.violations.append(str(error))
        return event

    async def _transcribe(self, socket: WebSocket) -> None:
        await socket.send_json({"type": "session.created", "event_id": "e1", "session": {}})
        buffered = 0
        while True:
            event = await self._receive(socket)
            match event["type"]:
                case "session.update":
                    self._configure(event["session"])
                    await socket.send_json({"type": "session.updated", "event_id": "e2", "session": {}})
                case "input_audio_buffer.append":
                    buffered += len(base64.b64decode(event["audio"]))
                case "input_audio_buffer.commit":
                    await self._commit(socket, buffered // _BYTES_PER_MS)
                    buffered = 0

    def _configure(self, session: dict[str, Any]) -> None:
        self.sessions.append(session)
        self.configured.set()
        heard = session["audio"]["input"]
        if session["type"] != "transcription" or heard["turn_detection"] is not None:
            self.violations.append("the model has no turn detection of its own")

    async def _commit(self, socket: WebSocket, milliseconds: int) -> None:
        if milliseconds < _LEAST_MS:
            error = {
                "type": "invalid_request_error",
                "code": "input_audio_buffer_commit_empty",
                "message": "",
            }
            await socket.send_json({"type": "error", "event_id": "e3", "error": error})
            return
        self.committed.append(milliseconds)
        item = f"item_{next(_numbers)}"
        await _send(socket, InputAudioBufferCommittedEvent, type="input_audio_buffer.committed", item_id=item)
        trouble = self.troubles.popleft() if self.troubles else None
        kind = "conversation.item.input_audio_transcription"
        if trouble == "cut":
            await socket.close(1011)
        elif trouble == "fail":
            await _send(
                socket,
                ConversationItemInputAudioTranscriptionFailedEvent,
                type=f"{kind}.failed",
                item_id=item,
                content_index=0,
                error={"code": "server_error", "message": "the transcription failed"},
            )
        elif trouble is None:
            await self.answers.wait()
            for word in self.hears.split():
                await _send(
                    socket,
                    ConversationItemInputAudioTranscriptionDeltaEvent,
                    type=f"{kind}.delta",
                    item_id=item,
                    content_index=0,
                    delta=f"{word} ",
                )
            await _send(
                socket,
                ConversationItemInputAudioTranscriptionCompletedEvent,
                type=f"{kind}.completed",
                item_id=item,
                content_index=0,
                transcript=self.hears,
                usage={"type": "duration", "seconds": milliseconds / 1000},
            )

    async def _speak(self, socket: WebSocket, model: str) -> None:
        await socket.send_json({"type": "session.created", "event_id": "e1", "session": {"model": model}})
        while True:
            event = await self._receive(socket)
            if event["type"] == "session.update":
                output = event["session"]["audio"]["output"]
                if output["format"] != {"type": "audio/pcmu"}:
                    self.violations.append(f"this fake speaks over the telephone, not {output}")
                await socket.send_json({"type": "session.updated", "event_id": "e2", "session": {}})
            elif event["type"] == "response.create":
                await self._answer(socket, event["response"])

    async def _answer(self, socket: WebSocket, response: dict[str, Any]) -> None:
        (item,) = response["input"]
        text = item["content"][0]["text"]
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble == "hang":
            return
        if response["conversation"] != "none":
            self.violations.append("what is read out is no part of a conversation")
        said = self.rewords.get(text, text)
        where = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
        audio = tone(said)
        for start in range(0, len(audio), 1600):
            piece = audio[start : start + 1600]
            if self.pace:
                await asyncio.sleep(len(piece) / 8000 / self.pace)
            delta = base64.b64encode(piece).decode()
            await _send(
                socket, ResponseAudioDeltaEvent, type="response.output_audio.delta", **where, delta=delta
            )
            if trouble == "cut":
                await socket.close(1011)
                return
        await _send(
            socket,
            ResponseAudioTranscriptDoneEvent,
            type="response.output_audio_transcript.done",
            **where,
            transcript=said,
        )
        self.spoken.append(said)
        status = "failed" if trouble == "fail" else "completed"
        done = {"id": "resp_1", "object": "realtime.response", "status": status, "output": []}
        await socket.send_json({"type": "response.done", "event_id": "e9", "response": done})


async def _send(socket: WebSocket, kind: type[BaseModel], **fields: Any) -> None:
    """Send an event, held to the library's type."""
    event = {"event_id": f"event_{next(_numbers)}", **fields}
    kind.model_validate(event)
    await socket.send_json(event)


def tone(text: str) -> bytes:
    """Make a tone as long as a sentence takes: µ-law at 8 kHz."""
    times = np.arange(400 * len(text)) / 8000
    return encode_ulaw((np.sin(times * 2 * np.pi * 300) * 8000).astype("<i2").tobytes())
