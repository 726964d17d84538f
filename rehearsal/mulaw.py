"""G.711 µ-law, the telephone's eight-bit audio, by table lookup."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
"""16-bit mono samples at 8 kHz."""

SAMPLE_RATE_HZ: Final = 8000
FRAME_SAMPLES: Final = 160
"""20 ms, the packet that carriers send; one µ-law byte a sample."""
FRAME_SECONDS: Final = FRAME_SAMPLES / SAMPLE_RATE_HZ
SILENT_BYTE: Final = 0xFF
SILENCE: Final = bytes([SILENT_BYTE]) * FRAME_SAMPLES
"""One frame of nothing: 0xFF is zero in µ-law."""

_BIAS: Final = 0x84
_CLIP: Final = 32635


def _decoding_table() -> Pcm:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    exponent, mantissa = (code >> 4) & 7, code & 0xF
    magnitude = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encoding_table() -> NDArray[np.uint8]:
    # Indexed by the sample's bits read as unsigned, so that a lookup needs no arithmetic.
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0xF
    code = np.where(sample < 0, 0x80, 0) | (exponent << 4) | mantissa
    table: NDArray[np.uint8] = (~code & 0xFF).astype(np.uint8)
    return table


_DECODE: Final = _decoding_table()
_ENCODE: Final = _encoding_table()


def encode(samples: Pcm) -> bytes:
    """Encode samples; gives one µ-law byte a sample."""
    return _ENCODE[np.asarray(samples, dtype=np.int16).view(np.uint16)].tobytes()


def decode(payload: bytes) -> Pcm:
    """Decode µ-law bytes; gives one 16-bit sample a byte."""
    return _DECODE[np.frombuffer(payload, dtype=np.uint8)]


def loudness(payload: bytes) -> float:
    """Measure how loud µ-law audio is: root mean square, in units of the 16-bit sample; 0 for none."""
    if not payload:
        return 0.0
    samples = decode(payload).astype(np.float64)
    return float(np.sqrt(np.mean(samples * samples)))


AUDIBLE: Final = 130.0
"""Loudness from which a frame counts as heard: -48 dB of full scale, above line noise, below soft speech."""


def is_audible(payload: bytes | None) -> bool:
    """Say whether a listener would hear this frame as speech."""
    return payload is not None and loudness(payload) >= AUDIBLE
