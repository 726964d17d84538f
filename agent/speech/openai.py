"""OpenAI's speech recognition and voice, with the local models as fallback.

A vendor that is down, slow or over its limit costs the caller one short wait and never the sentence: what
it did not recognise or say is recognised or said here.
"""

import asyncio
import io
import wave
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator

import httpx2
import openai
from pipecat.frames.frames import ErrorFrame, Frame, TranscriptionFrame, TTSAudioRawFrame
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.utils.time import time_now_iso8601

from agent.speech.local import SpeechBusy, SpeechRecognizer, SpeechSynthesizer
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.logs import get_logger
from config.settings import OpenAISettings

_log = get_logger(__name__)

OPENAI_RATE_HZ = 24000
_CACHED_PHRASES = 128


class VoiceFailed(Exception):
    """The vendor sent no audio, or said that it would not."""


_FAULTS = (openai.OpenAIError, httpx2.HTTPError, TimeoutError, VoiceFailed)
"""The client names its own faults, but hands a stream's through as they come from below."""


class PhraseCache:
    """Audio of what was said before, so that a greeting is on the wire at once."""

    def __init__(self) -> None:
        self._said: OrderedDict[str, bytes] = OrderedDict()

    def find(self, text: str) -> bytes | None:
        """Find a sentence's audio: 16-bit mono PCM at 24 kHz, or None."""
        if text in self._said:
            self._said.move_to_end(text)
        return self._said.get(text)

    def keep(self, text: str, pcm: bytes) -> None:
        """Keep a sentence's audio; the one unused for longest goes when there are too many."""
        self._said[text] = pcm
        if len(self._said) > _CACHED_PHRASES:
            self._said.popitem(last=False)


class FallbackSTTService(OpenAISTTService):
    """OpenAI's speech-to-text; what it fails at, the local model recognises."""

    def __init__(
        self, recognizer: SpeechRecognizer, client: openai.AsyncOpenAI, settings: OpenAISettings
    ) -> None:
        super().__init__(
            api_key=client.api_key,
            base_url=settings.base_url,
            audio_passthrough=False,
            sample_rate=SAMPLE_RATE_HZ,
            settings=OpenAISTTService.Settings(model=settings.stt_model),
        )
        self._client = client  # one for all calls, instead of a pool of connections a call
        self._recognizer = recognizer
        self._patience = settings.speech_timeout_seconds

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        """Recognise one segment.

        Args:
            audio: A WAV file, 16-bit mono at 8 kHz.
        """
        frames: list[Frame] = []
        try:
            async with asyncio.timeout(self._patience):
                async for frame in OpenAISTTService.run_stt(self, audio):
                    frames.append(frame)  # noqa: PERF401 - what came before a fault counts
        except _FAULTS as error:
            frames.append(ErrorFrame(type(error).__name__))
        heard = [frame for frame in frames if isinstance(frame, TranscriptionFrame)]
        if not heard and any(isinstance(frame, ErrorFrame) for frame in frames):
            _log.warning("speech recognition failed, the local model hears")
            heard = [TranscriptionFrame(await self._hear_locally(audio), "", time_now_iso8601())]
        for frame in heard or [TranscriptionFrame("", "", time_now_iso8601())]:
            yield frame

    async def _hear_locally(self, audio: bytes) -> str:
        with wave.open(io.BytesIO(audio)) as file:
            pcm = file.readframes(file.getnframes())
        try:
            return await self._recognizer.transcribe(pcm)
        except SpeechBusy:
            return ""


class FallbackTTSService(OpenAITTSService):
    """OpenAI's voice; a sentence that it fails at is said by the local one."""

    def __init__(
        self,
        synthesizer: SpeechSynthesizer,
        phrases: PhraseCache,
        client: openai.AsyncOpenAI,
        settings: OpenAISettings,
    ) -> None:
        super().__init__(
            api_key=client.api_key,
            base_url=settings.base_url,
            sample_rate=OPENAI_RATE_HZ,
            settings=OpenAITTSService.Settings(model=settings.tts_model, voice=settings.tts_voice),
        )
        self._client = client  # as above
        self._synthesizer = synthesizer
        self._phrases = phrases
        self._patience = settings.speech_timeout_seconds

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """Speak one sentence.

        Args:
            context_id: pipecat's name for this stretch of speech.

        Yields:
            Its audio, 16-bit mono PCM.
        """
        if ready := self._phrases.find(text):
            yield TTSAudioRawFrame(ready, OPENAI_RATE_HZ, 1, context_id=context_id)
            return
        pieces: list[bytes] = []
        frames = OpenAITTSService.run_tts(self, text, context_id)
        try:
            async for frame in _in_time(frames, self._patience):
                if isinstance(frame, ErrorFrame):
                    raise VoiceFailed
                if isinstance(frame, TTSAudioRawFrame):
                    pieces.append(frame.audio)
                yield frame
            if not pieces:
                raise VoiceFailed
        except _FAULTS as error:
            _log.warning("voice failed, the local one speaks", error=type(error).__name__)
            # From the beginning, also when it broke off: what counts as heard must have been said whole.
            pcm = await self._synthesizer.speak(text)
            yield TTSAudioRawFrame(pcm, SAMPLE_RATE_HZ, 1, context_id=context_id)
        else:
            self._phrases.keep(text, b"".join(pieces))


async def _in_time(frames: AsyncGenerator[Frame, None], patience: float) -> AsyncIterator[Frame]:
    """Pass frames on as long as each comes in time."""
    try:
        while True:
            try:
                frame = await asyncio.wait_for(anext(frames), patience)
            except StopAsyncIteration:
                return
            yield frame
    finally:
        await frames.aclose()


async def fetch_phrase(client: openai.AsyncOpenAI, settings: OpenAISettings, text: str) -> bytes:
    """Synthesise a sentence ahead of the call.

    Args:
        client: The shared client.

    Returns:
        16-bit mono PCM at 24 kHz.

    Raises:
        openai.OpenAIError: The vendor failed.
    """
    response = await client.audio.speech.create(
        model=settings.tts_model,
        voice=settings.tts_voice,
        input=text,
        response_format="pcm",
        timeout=settings.speech_timeout_seconds,
    )
    return response.content
