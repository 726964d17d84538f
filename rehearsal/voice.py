"""Sound for the telephone: any audio to the 8 kHz band, a voice made deeper or lighter, WAV files."""

import wave
from pathlib import Path
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from rehearsal.mulaw import SAMPLE_RATE_HZ, SILENT_BYTE, encode, loudness

Samples = NDArray[np.float32]
"""Mono samples from -1 to 1."""

_LOW_HZ: Final = 300.0
_HIGH_HZ: Final = 3400.0
"""The telephone band."""
_PEAK: Final = 0.6
"""Level that speech is brought to: as loud as a telephone voice is, with headroom."""
_FRAME_BYTES: Final = 160
_PAUSE_FRAMES: Final = 15
_QUIET: Final = 60.0
"""Loudness below which the ends of an utterance are cut off: -55 dB of full scale."""


class WavError(ValueError):
    """The file is not a WAV file that can be played."""


def telephone(samples: Samples, rate_hz: float) -> bytes:
    """Bring mono samples from -1 to 1 onto the telephone: µ-law at 8 kHz, its band, a steady level."""
    narrow = _band(soxr.resample(samples, rate_hz, SAMPLE_RATE_HZ, quality="HQ"))
    peak = float(np.max(np.abs(narrow), initial=0.0))
    gain = _PEAK / peak if peak > 0.01 else 1.0  # noqa: PLR2004 - below that it is silence, not quiet speech
    return encode(np.round(np.clip(narrow * gain, -1, 1) * 32767).astype(np.int16))


def trimmed(audio: bytes) -> bytes:
    """Cut silence off both ends of µ-law audio, in whole 20 ms frames; empty when none has sound."""
    audio += bytes([SILENT_BYTE]) * (-len(audio) % _FRAME_BYTES)
    frames = [audio[i : i + _FRAME_BYTES] for i in range(0, len(audio), _FRAME_BYTES)]
    sounding = [i for i, frame in enumerate(frames) if loudness(frame) >= _QUIET]
    if not sounding:
        return b""
    return b"".join(frames[sounding[0] : sounding[-1] + 1])


def tightened(audio: bytes) -> bytes:
    """Shorten the pauses of an utterance to what a person makes between two sentences.

    Returns:
        The same without silence at its ends and with no pause longer than 0.3 s.
    """
    audio = trimmed(audio)
    kept, quiet = bytearray(), 0
    for start in range(0, len(audio), _FRAME_BYTES):
        frame = audio[start : start + _FRAME_BYTES]
        quiet = 0 if loudness(frame) >= _QUIET else quiet + 1
        if quiet <= _PAUSE_FRAMES:
            kept += frame
    return bytes(kept)


def load_wav(path: Path) -> bytes:
    """Read a WAV file as a caller's voice: PCM of 8 to 32 bits, any rate, channels mixed; else WavError."""
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (OSError, wave.Error, EOFError) as error:
        why = getattr(error, "strerror", None) or str(error) or "it ends too early"
        raise WavError(f"cannot read {path} as a WAV file: {why}") from error
    samples = _unpacked(raw, width).reshape(-1, channels).mean(axis=1, dtype=np.float32)
    if not samples.size:
        raise WavError(f"{path} has no audio in it")
    return telephone(samples, rate)


def _unpacked(raw: bytes, width: int) -> Samples:
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - np.float32(128)) / np.float32(128)
    if width == 3:  # noqa: PLR2004 - 24-bit samples have no numpy type: pad to 32 bits
        padded = np.zeros((len(raw) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return padded.reshape(-1).view("<i4").astype(np.float32) / np.float32(2**31)
    kind: Any = {2: "<i2", 4: "<i4"}[width]
    return np.frombuffer(raw, kind).astype(np.float32) / np.float32(2 ** (8 * width - 1))


def _band(samples: Samples) -> Samples:
    if not samples.size:
        return samples
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(samples.size, 1 / SAMPLE_RATE_HZ)
    # Soft shoulders of 60 Hz, so that the cut does not ring.
    gain = np.clip((hz - _LOW_HZ + 60) / 60, 0, 1) * np.clip((_HIGH_HZ + 60 - hz) / 60, 0, 1)
    band: Samples = np.fft.irfft(spectrum * gain, samples.size).astype(np.float32)
    return band
