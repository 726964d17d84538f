"""OpenAI's two ways of hearing: while the caller speaks, and a turn at a time."""

from collections.abc import AsyncGenerator
from typing import Any

import openai
from pipecat.frames.frames import ErrorFrame, Frame, TranscriptionFrame
from pipecat.services.openai.stt import OpenAIRealtimeSTTService, OpenAISTTService
from pipecat.utils.time import time_now_iso8601

from agent.speech.standby import Listening
from agent.telephony.wire import SAMPLE_RATE_HZ
from config.vendors import OPENAI_URL

_RATE_HZ = 24000
"""The one rate of PCM that a Realtime session takes."""


class LiveTranscription(OpenAIRealtimeSTTService):
    """A Realtime transcription session: words come while the caller speaks; our end of turn commits them."""

    def __init__(self, *, api_key: str, model: str, listening: Listening, base_url: str = OPENAI_URL) -> None:
        """Make the service (`base_url`: of the API; the session's address follows from it)."""
        super().__init__(
            api_key=api_key,
            base_url="ws" + base_url.removeprefix("http").rstrip("/") + "/realtime",
            turn_detection=False,
            sample_rate=SAMPLE_RATE_HZ,
            audio_passthrough=False,
            settings=OpenAIRealtimeSTTService.Settings(model=model, language=None),
        )
        self._model = model
        self._listening = listening
        self._prompt = ""

    async def prompt(self, text: str) -> None:
        """Tell the session what the caller's next words follow on."""
        if text != self._prompt:
            self._prompt = text
            if self._session_ready:
                await self._send_session_update()

    async def _send_session_update(self) -> None:
        """Configure the session: keywords and languages are what pipecat's own does not know."""
        transcription: dict[str, Any] = {"model": self._model}
        if self._listening.keywords:
            transcription["keywords"] = list(self._listening.keywords)
        if self._listening.languages:
            transcription["languages"] = list(self._listening.languages)
        if self._prompt:
            transcription["prompt"] = self._prompt
        heard = {
            "format": {"type": "audio/pcm", "rate": _RATE_HZ},
            "transcription": transcription,
            "turn_detection": None,
        }
        session = {"type": "transcription", "audio": {"input": heard}}
        await self._ws_send({"type": "session.update", "session": session})

    async def _handle_transcription_completed(self, evt: dict[str, Any]) -> None:
        """Pass on the words of a turn, also when there are none."""
        text = evt.get("transcript") or ""
        await self.push_frame(TranscriptionFrame(text, "", time_now_iso8601(), finalized=True))


class TurnTranscription(OpenAISTTService):
    """The transcription endpoint: a whole turn at once."""

    def __init__(self, *, api_key: str, model: str, listening: Listening, base_url: str = OPENAI_URL) -> None:
        super().__init__(
            api_key=api_key,
            base_url=base_url,
            sample_rate=SAMPLE_RATE_HZ,
            audio_passthrough=False,
            settings=OpenAISTTService.Settings(model=model),
        )
        self._client = self._client.with_options(max_retries=0)
        self._model = model
        self._listening = listening
        self._prompt = ""

    async def cleanup(self) -> None:
        """Let go of the connections with the call."""
        await super().cleanup()  # type: ignore[no-untyped-call] # pipecat leaves it untyped
        await self._client.close()

    async def prompt(self, text: str) -> None:
        """Remember what the caller's next words follow on."""
        self._prompt = text

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        """Recognise one turn (`audio`: a WAV file, 16-bit mono at 8 kHz)."""
        given: dict[str, Any] = {"prompt": self._prompt} if self._prompt else {}
        if self._listening.keywords:
            given["keywords"] = list(self._listening.keywords)
        if self._listening.languages:
            given["languages"] = list(self._listening.languages)
        try:
            heard = await self._client.audio.transcriptions.create(
                file=("turn.wav", audio, "audio/wav"), model=self._model, **given
            )
        except openai.OpenAIError as error:
            yield ErrorFrame("transcription failed", exception=error)
            return
        yield TranscriptionFrame(heard.text.strip(), "", time_now_iso8601())
