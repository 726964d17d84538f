"""The recording of a call: a stereo WAV file, caller left, bot right, as heard on the line."""

import wave
from pathlib import Path

import numpy as np

from rehearsal.mulaw import FRAME_SAMPLES, SAMPLE_RATE_HZ, SILENCE, decode

_FLUSH_FRAMES = 250


class Recorder:
    """Writes both sides of the line frame by frame, on one timeline, to a file whose folder it makes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = wave.open(str(path), "wb")  # noqa: SIM115 - open for the length of the call
        self._file.setnchannels(2)
        self._file.setsampwidth(2)
        self._file.setframerate(SAMPLE_RATE_HZ)
        self._caller = bytearray()
        self._bot = bytearray()

    def write(self, caller: bytes | None, bot: bytes | None) -> None:
        """Add 20 ms of both sides; None is silence."""
        self._caller += caller or SILENCE
        self._bot += bot or SILENCE
        if len(self._caller) >= _FLUSH_FRAMES * FRAME_SAMPLES:
            self._flush()

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        stereo = np.column_stack([decode(bytes(self._caller)), decode(bytes(self._bot))])
        self._file.writeframes(stereo.astype("<i2").tobytes())
        self._caller.clear()
        self._bot.clear()
