"""Voice activity: when does the caller start and stop speaking?

One Silero session serves every call of the process; each call keeps its own recurrent state, a few
kilobytes. A window of 32 ms takes about a tenth of a millisecond, so it runs inline: handing it to a
thread costs more than the work itself. Windows below the energy floor never reach the model.
"""

import importlib.resources
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from config.settings import SpeechSettings

SAMPLE_RATE_HZ = 8000
WINDOW_SAMPLES = 256
"""What the model takes at 8 kHz: 32 ms."""
_WINDOW_SECONDS = WINDOW_SAMPLES / SAMPLE_RATE_HZ
_CONTEXT_SAMPLES = 32
_RESET_SECONDS = 2.0
"""Long non-speech leaves the model's state unable to detect the speech that follows, so a quiet state
is started afresh this often (pipecat resets at the same interval)."""

SpeechEvent = Literal["started", "paused", "resumed", "stopped"]
"""``paused`` comes before ``stopped``, early enough to begin recognition; ``resumed`` takes it back."""


class VoiceModel:
    """The Silero model, loaded once a process."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        model = importlib.resources.files("pipecat.audio.vad.data") / "silero_vad.onnx"
        with importlib.resources.as_file(model) as path:
            self._session = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        self._rate = np.array(SAMPLE_RATE_HZ, dtype=np.int64)

    def probability(
        self, window: NDArray[np.float32], state: NDArray[np.float32]
    ) -> tuple[float, NDArray[np.float32]]:
        """Score one window.

        Args:
            window: 32 samples of context and the 256 of the window, in [-1, 1].
            state: The recurrent state that the last window left, shape (2, 1, 128).

        Returns:
            The probability of speech and the new state.
        """
        output, state = self._session.run(
            None, {"input": window[np.newaxis, :], "state": state, "sr": self._rate}
        )
        return float(output[0, 0]), state


def _fresh_state() -> NDArray[np.float32]:
    return np.zeros((2, 1, 128), np.float32)


def _silence() -> NDArray[np.float32]:
    return np.zeros(_CONTEXT_SAMPLES, np.float32)


@dataclass
class SpeechDetector:
    """One caller's speech, from 16-bit samples at 8 kHz, in pieces of any length."""

    model: VoiceModel
    settings: SpeechSettings
    speaking: bool = False
    _pending: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    _state: NDArray[np.float32] = field(default_factory=_fresh_state)
    _context: NDArray[np.float32] = field(default_factory=_silence)
    _run_seconds: float = 0.0
    _quiet_seconds: float = 0.0
    _paused: bool = False

    def feed(self, samples: NDArray[np.int16]) -> list[SpeechEvent]:
        """Hear the next samples.

        Args:
            samples: 16-bit mono at 8 kHz.

        Returns:
            What they brought about, in order; mostly nothing.
        """
        self._pending = np.concatenate((self._pending, samples))
        events: list[SpeechEvent] = []
        while len(self._pending) >= WINDOW_SAMPLES:
            window, self._pending = self._pending[:WINDOW_SAMPLES], self._pending[WINDOW_SAMPLES:]
            if event := self._step(self._is_voice(window)):
                events.append(event)
        return events

    def _is_voice(self, window: NDArray[np.int16]) -> bool:
        audio = window.astype(np.float32) / 32768.0
        power = float(np.dot(audio, audio)) / WINDOW_SAMPLES
        if power <= 10 ** (self.settings.energy_floor_dbfs / 10):
            self._quiet_seconds += _WINDOW_SECONDS
            self._context = audio[-_CONTEXT_SAMPLES:]
            return False
        if self._quiet_seconds >= _RESET_SECONDS and not self.speaking:
            self._state = _fresh_state()
            self._quiet_seconds = 0.0
        probability, self._state = self.model.probability(np.concatenate((self._context, audio)), self._state)
        self._context = audio[-_CONTEXT_SAMPLES:]
        voice = probability >= self.settings.vad_confidence
        self._quiet_seconds = 0.0 if voice else self._quiet_seconds + _WINDOW_SECONDS
        return voice

    def _step(self, voice: bool) -> SpeechEvent | None:
        """Count how long the opposite of the present state has lasted, and turn over when long enough."""
        if voice == self.speaking:
            self._run_seconds = 0.0
            if self._paused:
                self._paused = False
                return "resumed"
            return None
        self._run_seconds += _WINDOW_SECONDS
        return self._begin_or_end(self.settings)

    def _begin_or_end(self, settings: SpeechSettings) -> SpeechEvent | None:
        needed = settings.vad_stop_seconds if self.speaking else settings.vad_start_seconds
        if self._run_seconds < needed:
            if self.speaking and not self._paused and self._run_seconds >= settings.vad_pause_seconds:
                self._paused = True
                return "paused"
            return None
        self._run_seconds = 0.0
        self._paused = False
        self.speaking = not self.speaking
        return "started" if self.speaking else "stopped"
