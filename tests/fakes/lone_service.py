"""A hearing or a voice by itself: what it is given, and what it pushes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameProcessor

from agent.speech.hosted import HostedService
from agent.speech.lost import HearingLostFrame

_FRAME = InputAudioRawFrame((np.sin(np.arange(160)) * 5000).astype("<i2").tobytes(), 8000, 1)


@dataclass
class LoneService:
    """A processor of ours without a pipeline."""

    host: HostedService
    pushed: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue)
    lost: int = 0
    """How often it was told that nobody hears."""

    async def hear(self, frames: int = 50, *, began: float | None = None) -> tuple[str, float]:
        """Let the caller speak for 20 ms a frame; gives the words, and how long they took after the end."""
        await self.host.put(VADUserStartedSpeakingFrame(start_secs=0.2))
        for _ in range(frames):
            await self.host.put(_FRAME)
            await asyncio.sleep(0.001)
        began = asyncio.get_running_loop().time()
        await self.host.put(VADUserStoppedSpeakingFrame(stop_secs=0.5))
        async with asyncio.timeout(10):
            while not isinstance(frame := await self.pushed.get(), TranscriptionFrame):
                self.lost += isinstance(frame, HearingLostFrame)
        return frame.text, asyncio.get_running_loop().time() - began

    async def speak(self, text: str) -> tuple[bytes, float]:
        """Have a sentence spoken; gives its audio, and how long the first of it took."""
        began, first, audio = asyncio.get_running_loop().time(), 0.0, bytearray()
        await self.host.put(TTSSpeakFrame(text, append_to_context=False))
        async with asyncio.timeout(10):
            while not isinstance(frame := await self.pushed.get(), TTSStoppedFrame):
                if isinstance(frame, TTSAudioRawFrame):
                    first = first or asyncio.get_running_loop().time() - began
                    audio += frame.audio
        return bytes(audio), first

    def none_left(self) -> bool:
        """Whether nothing more was transcribed."""
        left = []
        while not self.pushed.empty():
            left.append(self.pushed.get_nowait())
        return not any(isinstance(one, TranscriptionFrame) for one in left)


@asynccontextmanager
async def lone(processor: FrameProcessor) -> AsyncIterator[LoneService]:
    """Run a processor for as long as the block lasts."""
    pushed: asyncio.Queue[Frame] = asyncio.Queue()
    host = HostedService(processor, pushed.put)
    host.open()
    await host.ready.wait()
    try:
        yield LoneService(host, pushed)
    finally:
        await host.close()
