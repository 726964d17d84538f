"""What stands by on this machine while a vendor hears and speaks, and what both are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.speech.symbols import Symbols
from config.vendors import LOCAL

INSTALL_LOCAL = f"make extra NAME={LOCAL}"
"""The command that brings the local speech."""


class SpeechBusy(Exception):
    """The speech models have too much to do, take too long, or fail."""


@dataclass(frozen=True)
class Reading:
    """What an utterance may be.

    Attributes:
        score: The logarithm of a token's probability, on average.
    """

    text: str
    score: float


@dataclass(frozen=True)
class Utterance:
    """What was heard.

    Attributes:
        readings: What it may be, the likeliest first.
        symbols: Gives its letters and digits, where the model can tell them.
    """

    readings: Sequence[Reading] = ()
    symbols: Callable[[], Symbols | None] = lambda: None


def likeliest(heard: Utterance) -> str:
    """Give the likeliest reading."""
    return heard.readings[0].text


@dataclass(frozen=True)
class Question:
    """What an utterance answers.

    Attributes:
        prompt: What the words follow on.
        choose: Tells what is meant of what was heard.
        letters: What letters follow on, where something is to be spelled; empty where nothing is.
    """

    prompt: str = ""
    choose: Callable[[Utterance], str] = likeliest
    letters: str = ""


NO_QUESTION = Question()


class Recognizer(Protocol):
    """Hears on this machine."""

    @property
    def queue(self) -> float:
        """Jobs that wait, for each that is worked on at once."""

    async def transcribe(self, pcm: bytes, question: Question = NO_QUESTION) -> str:
        """Write down one utterance of 16-bit mono PCM at 8 kHz; empty when nothing was understood."""

    def close(self) -> None:
        """Let its threads go."""


class Synthesizer(Protocol):
    """Speaks on this machine."""

    async def speak(self, text: str) -> bytes:
        """Synthesise a sentence: 16-bit mono PCM at 8 kHz."""

    def close(self) -> None:
        """Let its threads go."""


@dataclass(frozen=True)
class Listening:
    """What helps a vendor to hear a call.

    Attributes:
        keywords: Names of people and services that are likely to be spoken.
        languages: Languages that are spoken, ISO 639-1; the bot's own first.
    """

    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
