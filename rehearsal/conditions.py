"""What a room and a line do to a caller's voice: noise behind it, the bot's echo, frames that are lost.

All of it is made here, from a seed: the same conditions are the same sound in every call.
"""

import random
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rehearsal.mulaw import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE_HZ, SILENCE, decode, encode

_CALLER_DBFS: Final = -24.0
"""Level of the caller's speech, that noise is below."""
_LOOP_SECONDS: Final = 20
_HISS: Final = 8.0
"""Amplitude of the hiss: the smallest µ-law step."""
_ECHO_SECONDS: Final = 0.18
"""From the bot's loudspeaker through the room and the network back."""
_VOICES: Final = 6
_FULL_SCALE: Final = 32768.0

Samples = NDArray[np.float64]


class Noise(StrEnum):
    """What is to be heard behind the caller, all of the time."""

    NONE = "none"
    HISS = "hiss"
    """The noise of a quiet line."""
    VOICES = "voices"
    """Several people talking at once, as in a waiting room."""
    STREET = "street"
    """Traffic that comes and goes."""
    CAR = "car"
    """A steady rumble."""


@dataclass(frozen=True)
class LineConditions:
    """How good a line is; the defaults are a clean one."""

    noise: Noise = Noise.NONE
    noise_below_db: float = 20.0
    """How much softer than the caller the noise is."""
    echo_below_db: float | None = None
    """How much softer the bot's own voice comes back; None for not at all."""
    lost_share: float = 0.0
    """Share of the caller's frames that never arrive."""
    caller_db: float = 0.0
    """How much louder or softer than an ordinary caller this one is."""
    seed: int = 1


CLEAN: Final = LineConditions()


class LineSound:
    """Makes what the bot is sent of what the caller says and the bot has just said, a frame at a time."""

    def __init__(self, conditions: LineConditions) -> None:
        self._conditions = conditions
        self._random = random.Random(conditions.seed)  # noqa: S311 - sound, not secrets
        self._noise = _noise(conditions)
        self._at = 0
        self._echo: deque[bytes] = deque([SILENCE] * round(_ECHO_SECONDS / FRAME_SECONDS))
        self._is_clean = conditions == LineConditions(seed=conditions.seed)

    def mix(self, said: bytes | None, bot: bytes | None) -> bytes | None:
        """Make the next frame.

        Args:
            said: 160 µ-law bytes of the caller, None when they are quiet.
            bot: The same of the bot, as the caller hears it now.

        Returns:
            160 µ-law bytes, or None for a frame that is lost.
        """
        if self._conditions.lost_share and self._random.random() < self._conditions.lost_share:
            return None
        if self._is_clean:
            return said or SILENCE
        mixed = decode(said or SILENCE).astype(np.float64) * _gain(self._conditions.caller_db)
        if self._noise is not None:
            mixed += self._noise[self._at : self._at + FRAME_SAMPLES]
            self._at = (self._at + FRAME_SAMPLES) % (len(self._noise) - FRAME_SAMPLES)
        if self._conditions.echo_below_db is not None:
            self._echo.append(bot or SILENCE)
            mixed += decode(self._echo.popleft()) * _gain(-self._conditions.echo_below_db)
        return encode(np.clip(np.round(mixed), -32768, 32767).astype(np.int16))


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _noise(conditions: LineConditions) -> Samples | None:
    rng = np.random.default_rng(conditions.seed)
    count = _LOOP_SECONDS * SAMPLE_RATE_HZ
    match conditions.noise:
        case Noise.NONE:
            return None
        case Noise.HISS:
            return rng.uniform(-_HISS, _HISS, count)
        case Noise.VOICES:
            made = sum((_voice(rng, count) for _ in range(_VOICES)), np.zeros(count))
        case Noise.STREET:
            passing = 0.4 + np.abs(np.sin(np.arange(count) * np.pi / (7.3 * SAMPLE_RATE_HZ)))
            made = _coloured(rng, count, 0.5) * passing
        case Noise.CAR:
            made = _coloured(rng, count, 1.0)
    level = _FULL_SCALE * _gain(_CALLER_DBFS - conditions.noise_below_db)
    return made / float(np.sqrt(np.mean(made**2))) * level


def _coloured(rng: np.random.Generator, count: int, slope: float) -> Samples:
    """Make noise whose low parts are the stronger, within the telephone band."""
    spectrum = np.fft.rfft(rng.normal(size=count))
    hz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    band = (hz > 300) & (hz < 3400)  # noqa: PLR2004 - the telephone band
    return np.fft.irfft(np.where(band, spectrum / np.maximum(hz, 1.0) ** slope, 0), count)


def _voice(rng: np.random.Generator, count: int) -> Samples:
    """Make something like a person's talk: a buzz of one pitch, in syllables, through two formants."""
    at = np.arange(count) / SAMPLE_RATE_HZ
    pitch = rng.uniform(90, 220) * (1 + 0.08 * np.sin(2 * np.pi * at * rng.uniform(0.3, 0.9)))
    phase = np.cumsum(pitch) / SAMPLE_RATE_HZ
    buzz = 2 * (phase % 1.0) - 1
    syllables = np.clip(np.sin(2 * np.pi * at * rng.uniform(3, 5) + rng.uniform(0, 6)) + 0.4, 0, None)
    spectrum = np.fft.rfft(buzz * syllables)
    hz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    formants = sum(np.exp(-(((hz - centre) / 150) ** 2)) for centre in rng.uniform((400, 1000), (800, 2400)))
    return np.fft.irfft(spectrum * formants, count)


LINES: Final[dict[str, LineConditions]] = {
    "clean": CLEAN,
    "voices": LineConditions(Noise.VOICES, 20.0),
    "street": LineConditions(Noise.STREET, 15.0),
    "car": LineConditions(Noise.CAR, 10.0),
    "echo": LineConditions(echo_below_db=20.0),
    "lossy": LineConditions(lost_share=0.03),
    "quiet": LineConditions(caller_db=-14.0),
}
"""The lines that are tried, by name; the noise is so many dB below the caller."""
