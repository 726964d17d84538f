"""Voice activity: when does the caller start and stop speaking?

One Silero session serves every call of the process; each call keeps its own recurrent state, a few
kilobytes. A window of 32 ms takes about a tenth of a millisecond, so it runs inline: handing it to a
thread costs more than the work itself. Windows below the energy floor never reach the model, and what
the model takes for a voice counts only when it is as loud as the caller's (`voice_gate.VoiceGate`).
"""

import importlib.resources
import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from agent.telephony.voice_gate import VoiceGate
from config.vendor_settings import SpeechSettings

SAMPLE_RATE_HZ = 8000
WINDOW_SAMPLES = 256
"""What the model takes at 8 kHz: 32 ms."""
_WINDOW_SECONDS = WINDOW_SAMPLES / SAMPLE_RATE_HZ
_CONTEXT_SAMPLES = 32
_RESET_SECONDS = 2.0
"""Long non-speech leaves the model's state unable to detect the speech that follows, so a quiet state
is started afresh this often (pipecat resets at the same interval)."""

SpeechEvent = Literal["started", "paused", "resumed", "stopped", "brief"]
"""``paused`` comes before ``stopped``, early enough to begin recognition; ``resumed`` takes it back.
``brief`` is a voice that was too short to start, and has ended."""


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
    gate: VoiceGate = field(init=False)
    _pending: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    _state: NDArray[np.float32] = field(default_factory=_fresh_state)
    _context: NDArray[np.float32] = field(default_factory=_silence)
    _run_seconds: float = 0.0
    _quiet_seconds: float = 0.0
    _spoken_seconds: float = 0.0
    _paused: bool = False
    _voiced_seconds: float = 0.0
    _since_voice_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.gate = VoiceGate(self.settings)

    def feed(self, samples: NDArray[np.int16], *, bot_speaking: bool = False) -> list[SpeechEvent]:
        """Hear the next samples, 16-bit mono at 8 kHz; gives what they brought about, mostly nothing.

        While ``bot_speaking`` its own voice may come back on the line.
        """
        self._pending = np.concatenate((self._pending, samples))
        events: list[SpeechEvent] = []
        while len(self._pending) >= WINDOW_SAMPLES:
            window, self._pending = self._pending[:WINDOW_SAMPLES], self._pending[WINDOW_SAMPLES:]
            if event := self._step(self._is_caller(window, bot_speaking=bot_speaking)):
                events.append(event)
        return events

    def _is_caller(self, window: NDArray[np.int16], *, bot_speaking: bool) -> bool:
        audio = window.astype(np.float32) / 32768.0
        power = float(np.dot(audio, audio)) / WINDOW_SAMPLES
        dbfs = 10 * math.log10(power) if power else -math.inf
        voice = dbfs > self.settings.energy_floor_dbfs and self._is_voice(audio)
        if not voice:
            self._quiet_seconds += _WINDOW_SECONDS
        self._context = audio[-_CONTEXT_SAMPLES:]
        return self.gate.admits(dbfs, voice=voice, speaking=self.speaking, bot_speaking=bot_speaking)

    def _is_voice(self, audio: NDArray[np.float32]) -> bool:
        if self._quiet_seconds >= _RESET_SECONDS and not self.speaking:
            self._state = _fresh_state()
            self._quiet_seconds = 0.0
        probability, self._state = self.model.probability(np.concatenate((self._context, audio)), self._state)
        voice = probability >= self.settings.vad_confidence
        if voice:
            self._quiet_seconds = 0.0
        return voice

    def _step(self, voice: bool) -> SpeechEvent | None:
        """Count how long the opposite of the present state has lasted, and turn over when long enough."""
        if self.speaking:
            self._spoken_seconds += _WINDOW_SECONDS
            if self._spoken_seconds >= self.settings.longest_utterance_seconds:
                # Nobody speaks so long without a breath: these are voices behind the caller.
                self.gate.take_for_background()
                return self._turn_over()
        elif self._was_brief(voice):
            return "brief"
        if voice == self.speaking:
            # A consonant does not undo the vowel before it: a short word is begun like a long one.
            self._run_seconds = 0.0 if self.speaking else max(0.0, self._run_seconds - _WINDOW_SECONDS)
            if self._paused:
                self._paused = False
                return "resumed"
            return None
        self._run_seconds += _WINDOW_SECONDS
        return self._begin_or_end(self.settings)

    def _was_brief(self, voice: bool) -> bool:
        """Add up a voice that may stay too short to start; tell whether it has ended as one."""
        if voice:
            self._voiced_seconds += _WINDOW_SECONDS
            self._since_voice_seconds = 0.0
            return False
        self._since_voice_seconds += _WINDOW_SECONDS
        if self._since_voice_seconds < self.settings.vad_stop_seconds:
            return False
        brief, self._voiced_seconds = self._voiced_seconds >= self.settings.vad_brief_seconds, 0.0
        return brief

    def _begin_or_end(self, settings: SpeechSettings) -> SpeechEvent | None:
        needed = settings.vad_stop_seconds if self.speaking else settings.vad_start_seconds
        if self._run_seconds < needed:
            if self.speaking and not self._paused and self._run_seconds >= settings.vad_pause_seconds:
                self._paused = True
                return "paused"
            return None
        return self._turn_over()

    def _turn_over(self) -> SpeechEvent:
        self._run_seconds = self._spoken_seconds = self._voiced_seconds = 0.0
        self._paused = False
        self.speaking = not self.speaking
        return "started" if self.speaking else "stopped"
