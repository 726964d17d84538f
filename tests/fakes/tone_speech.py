"""A voice and ears without models: each sentence is a tone of its own pitch."""

import asyncio

import numpy as np

from rehearsal.mulaw import SAMPLE_RATE_HZ, decode
from rehearsal.speech import SpeechError, VoiceStyle
from tests.fakes.twilio_bot import tone


class ToneSpeech:
    """Says a sentence as a tone, hears a tone as the sentence that was said with it.

    Args:
        seconds: How long each sentence takes.
    """

    def __init__(self, seconds: float = 0.5) -> None:
        self._seconds = seconds
        self._sentences: dict[int, str] = {}
        self.broken = False
        self.attentive = asyncio.Event()
        """Cleared, recognition takes until it is set again."""
        self.attentive.set()

    def audio(self, text: str) -> bytes:
        """Give the tone of a sentence."""
        known = {sentence: hz for hz, sentence in self._sentences.items()}
        hz = known.get(text, 400 + 50 * len(self._sentences))
        self._sentences[hz] = text
        return tone(self._seconds, hz)

    async def say(self, text: str, style: VoiceStyle) -> bytes:
        """Speak; see `rehearsal.speech.Speech`."""
        del style
        return self.audio(text)

    async def hear(self, audio: bytes) -> str:
        """Hear the tones in their order; see `rehearsal.speech.Speech`."""
        if self.broken:
            raise SpeechError("deaf")
        await self.attentive.wait()
        heard: list[str] = []
        window = SAMPLE_RATE_HZ // 10
        samples = decode(audio).astype(float)
        for start in range(0, len(samples) - window + 1, window):
            piece = samples[start : start + window]
            if np.abs(piece).mean() < 3000:
                continue
            hz = 10 * int(np.argmax(np.abs(np.fft.rfft(piece))))
            sentence = self._sentences[min(self._sentences, key=lambda known: abs(known - hz))]
            if not heard or heard[-1] != sentence:
                heard.append(sentence)
        return " ".join(heard)
