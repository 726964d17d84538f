"""The caller's voice and ears, in a process of their own, so that the line's 20 ms pace never slips."""

import asyncio
import contextlib
import json
import os
import struct
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Protocol, Self

HEADER: Final = struct.Struct("!II")
"""Lengths in bytes of the JSON head and of the audio that follow; the pipe's format, both ways."""


class SpeechError(Exception):
    """The speech process could not do what it was asked, or died."""


@dataclass(frozen=True)
class VoiceStyle:
    """How the caller sounds."""

    pitch: float = 0.85
    """Factor on pitch and timbre; below 1 the caller sounds deeper than the voice they are made of."""
    speed: float = 1.0
    """Pace of speaking."""
    seed: int = 1
    """The same seed gives the same audio, bit for bit."""


class Speech(Protocol):
    """Speaks and hears for a caller."""

    async def say(self, text: str, style: VoiceStyle) -> bytes:
        """Turn text into µ-law telephone audio, without silence at either end."""
        ...

    async def hear(self, audio: bytes) -> str:
        """Turn µ-law telephone audio into text; empty when there are no words in it."""
        ...


class SpeechProcess:
    """The client of `rehearsal.speech_worker`; an async context manager that starts and ends it."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[tuple[dict[str, Any], bytes]]] = {}
        self._next_id = 0
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rehearsal.speech_worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Models are loaded from installed packages; a look at the network would only delay them.
            env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            # Ctrl-C is for the command, which then hangs up and closes this process itself.
            start_new_session=True,
        )
        self._reader = asyncio.create_task(self._read(self._process))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 3)
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reader:
            await self._reader

    def kill(self) -> None:
        """End the process at once; what waits for it fails."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def say(self, text: str, style: VoiceStyle) -> bytes:
        """Turn text into audio; see `Speech`."""
        head = {"do": "say", "text": text, "pitch": style.pitch, "speed": style.speed, "seed": style.seed}
        _, audio = await self._ask(head, b"")
        return audio

    async def hear(self, audio: bytes) -> str:
        """Turn audio into text; see `Speech`."""
        answer, _ = await self._ask({"do": "hear"}, audio)
        return str(answer["text"])

    async def _ask(self, head: dict[str, Any], audio: bytes) -> tuple[dict[str, Any], bytes]:
        process = self._process
        if process is None or process.stdin is None or self._reader is None or self._reader.done():
            raise SpeechError("the speech process is not running")
        self._next_id += 1
        future = asyncio.get_running_loop().create_future()
        self._waiting[self._next_id] = future
        text = json.dumps(head | {"id": self._next_id}).encode()
        process.stdin.write(HEADER.pack(len(text), len(audio)) + text + audio)
        with contextlib.suppress(ConnectionError):  # the reader tells why, through the future
            await process.stdin.drain()
        answer, payload = await future
        if "error" in answer:
            raise SpeechError(answer["error"])
        return answer, payload

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                sizes = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
                head = json.loads(await process.stdout.readexactly(sizes[0]))
                audio = await process.stdout.readexactly(sizes[1])
                future = self._waiting.pop(head["id"], None)
                if future is not None and not future.done():
                    future.set_result((head, audio))
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(SpeechError("the speech process ended"))
        self._waiting.clear()
