"""Speech whose words stand in the sound itself: spoken and heard without a model, by whoever has the audio.

A sentence is cut into frames of 20 ms; each holds a few of its letters as µ-law codes, and which of how many
they are. So the far end of a real telephone line knows what was said, when, and whether to the end.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.speech.standby import NO_QUESTION, Question
from agent.telephony.wire import FRAME_BYTES, decode_ulaw, encode_ulaw

LETTERS = 4
"""In each frame: two hundred letters a second, some twelve times as fast as a person."""
LEAST_FRAMES = 35
"""Of what a caller says: what is shorter may be none of theirs, but the bot's voice that comes back."""
_MAGIC = b"\x11\xee\x5a"
_HEAD_BYTES = len(_MAGIC) + 2 + 2 + 2
_LEVELS = bytes(range(0xA0, 0xB0))
"""Loud codes, one for each half of a byte."""
_BYTES = FRAME_BYTES // 2


@dataclass(frozen=True)
class Piece:
    """What one frame says.

    Attributes:
        sentence: Tells the sentence from others.
        number: Which of its frames this is, from 0.
        frames: How many it has.
    """

    sentence: int
    number: int
    frames: int
    letters: bytes

    @property
    def is_last(self) -> bool:
        """Whether the sentence ends with it."""
        return self.number == self.frames - 1


def encode(text: str, least_frames: int = 1) -> bytes:
    """Speak: µ-law audio, whole frames."""
    letters = text.encode()
    sentence = hashlib.blake2b(letters, digest_size=2).digest()
    frames = max(least_frames, -(-len(letters) // LETTERS))
    sound = bytearray()
    for number in range(frames):
        head = _MAGIC + sentence + number.to_bytes(2) + frames.to_bytes(2)
        piece = letters[number * LETTERS : (number + 1) * LETTERS]
        whole = (head + piece).ljust(_BYTES, b"\0")
        sound += bytes(_LEVELS[half] for byte in whole for half in (byte >> 4, byte & 15))
    # As in a voice the sound goes up and down: the codes of every other sample are the negative ones.
    sound[1::2] = bytes(code & 0x7F for code in sound[1::2])
    return bytes(sound)


def decode(sound: bytes) -> Piece | None:
    """Read one frame; None for silence and for what is no whole frame."""
    halves = bytes(code & 15 for code in sound)
    whole = bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=False))
    if len(whole) < _BYTES or not whole.startswith(_MAGIC):
        return None
    at = len(_MAGIC)
    sentence, number, frames = (int.from_bytes(whole[at + 2 * n : at + 2 * n + 2]) for n in range(3))
    return Piece(sentence, number, frames, whole[_HEAD_BYTES : _HEAD_BYTES + LETTERS].rstrip(b"\0"))


_BEGIN = np.frombuffer(encode("x"), np.uint8)[: 2 * len(_MAGIC)]


def _frames(sound: bytes) -> Iterator[Piece]:
    """Find the frames of a recording, wherever they begin."""
    codes = np.frombuffer(sound, np.uint8)
    if len(codes) < FRAME_BYTES:
        return
    windows = np.lib.stride_tricks.sliding_window_view(codes, len(_BEGIN))
    for start in np.nonzero((windows == _BEGIN).all(axis=1))[0]:
        if piece := decode(sound[start : start + FRAME_BYTES]):
            yield piece


class CodedRecognizer:
    """Hears the words."""

    queue = 0.0
    has_room = True

    async def transcribe(self, pcm: bytes, question: Question = NO_QUESTION) -> str:
        """Write down what was said, as far as it was heard."""
        del question
        said: dict[int, dict[int, bytes]] = {}
        for piece in _frames(encode_ulaw(pcm)):
            said.setdefault(piece.sentence, {})[piece.number] = piece.letters
        return " ".join(
            b"".join(one[n] for n in sorted(one)).decode("utf-8", "replace") for one in said.values()
        )

    def close(self) -> None:
        """There is nothing to close."""


class CodedSynthesizer:
    """Speaks the words."""

    async def speak(self, text: str) -> bytes:
        """Give the sound of a sentence: 16-bit PCM."""
        return decode_ulaw(encode(text)).tobytes()

    def close(self) -> None:
        """There is nothing to close."""


class LoudnessModel:
    """Stands for the model that tells voices from noise: whatever is loud is a voice."""

    def probability(
        self, window: NDArray[np.float32], state: NDArray[np.float32]
    ) -> tuple[float, NDArray[np.float32]]:
        """Score one window."""
        return (0.99 if float(np.abs(window[32:]).mean()) > 0.02 else 0.0), state
