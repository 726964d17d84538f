"""OpenAI's voice, which may reword what it is to read: nothing of a sentence is heard before it was checked.

Since the endpoint that read a text out has ended, OpenAI speaks through models that answer. One is told to
read word for word; what it says that it said must be the sentence, else nothing of it is spoken.
"""

import asyncio
import base64
import contextlib
import json
import re
import unicodedata
from collections.abc import AsyncGenerator
from typing import Any

from pipecat.processors.frame_processor import FrameProcessorSetup
from websockets.asyncio.client import ClientConnection, connect

from agent.speech.voice import Audio, VoiceFailed
from agent.telephony.wire import SAMPLE_RATE_HZ, decode_ulaw
from config.vendors import OPENAI_URL

_READ_OUT = (
    "You are a voice that reads text out. Say the text of the user's message word for word, in its language, "
    "warmly and at a natural pace. Add nothing, leave nothing out, change no word, answer nothing."
)
_MOST_TOKENS = 2000
_LARGEST_MESSAGE = 4 * 1024 * 1024


def same_words(text: str, spoken: str) -> bool:
    """Tell whether two texts are the same words; case, punctuation and the kind of a quotation mark aside."""
    return _words(text) == _words(spoken)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)


class CheckedRealtimeVoice:
    """Sentences by the Realtime API, as answers outside of any conversation."""

    def __init__(self, *, api_key: str, model: str, voice: str, base_url: str = OPENAI_URL) -> None:
        """Make the voice (`base_url`: of the API; the session's address follows from it)."""
        self._url = "ws" + base_url.removeprefix("http").rstrip("/") + f"/realtime?model={model}"
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._voice = voice
        self._socket: ClientConnection | None = None
        self._opening: asyncio.Task[ClientConnection] | None = None

    def open(self, setup: FrameProcessorSetup | None = None) -> None:  # noqa: ARG002 - no service of pipecat's
        """Begin to connect, without waiting for it."""
        self._opening = asyncio.ensure_future(self._connect())

    async def _connect(self) -> ClientConnection:
        socket = await connect(self._url, additional_headers=self._headers, max_size=_LARGEST_MESSAGE)
        output = {"format": {"type": "audio/pcmu"}, "voice": self._voice}
        session = {
            "type": "realtime",
            "output_modalities": ["audio"],
            "instructions": _READ_OUT,
            "audio": {"input": {"turn_detection": None}, "output": output},
        }
        await socket.send(json.dumps({"type": "session.update", "session": session}))
        return socket

    async def speak(self, text: str) -> AsyncGenerator[Audio, None]:
        """Say a sentence, once all of it has been found to be the sentence."""
        try:
            pcm = await self._read_out(text)
        except BaseException:
            await self._drop()  # what is still to come must not be taken for the next sentence
            raise
        yield Audio(pcm, SAMPLE_RATE_HZ)

    async def _read_out(self, text: str) -> bytes:
        socket = await self._connected()
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
        response = {
            "conversation": "none",
            "input": [item],
            "instructions": _READ_OUT,
            "output_modalities": ["audio"],
            "max_output_tokens": _MOST_TOKENS,
        }
        await socket.send(json.dumps({"type": "response.create", "response": response}))
        audio, spoken = bytearray(), ""
        async for message in socket:
            event: dict[str, Any] = json.loads(message)
            match event["type"]:
                case "response.output_audio.delta":
                    audio += base64.b64decode(event["delta"])
                case "response.output_audio_transcript.done":
                    spoken += event["transcript"]
                case "response.done":
                    _check(event["response"]["status"], text, spoken)
                    return decode_ulaw(bytes(audio)).tobytes()
                case "error":
                    raise VoiceFailed("the service reported an error")
        raise VoiceFailed("the connection was closed")

    async def _connected(self) -> ClientConnection:
        opening, self._opening = self._opening, None
        if self._socket is None or self._socket.close_code is not None:
            self._socket = await (opening or asyncio.ensure_future(self._connect()))
        return self._socket

    async def interrupt(self) -> None:
        """Forget the sentence that is being said."""
        if self._opening is None:
            await self._drop()

    async def _drop(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.transport.abort()

    async def close(self) -> None:
        """Let go of the connection."""
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                self._socket = await opening
        await self._drop()


def _check(status: str, text: str, spoken: str) -> None:
    if status != "completed":
        raise VoiceFailed("the sentence was not said to its end")
    if not same_words(text, spoken):
        raise VoiceFailed("other words were said than those asked for")
