"""Letters and digits as they were said, read from what Whisper's encoder makes of speech.

Whisper writes words: of spelled letters it makes some that are more usual, and of a number one of another
length. A small network on its encoder's features tells instead, for each 20 ms, which letter or digit
sounds, so that it can be asked how likely any name and any number is.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
SYMBOLS = f"-{LETTERS}{DIGITS}*"
"""What the network tells apart: silence, the letters and digits, and any other word."""
_WORD = SYMBOLS.index("*")
_LEAST = -1e30
_HARDLY = -7.0
"""The logarithm of how likely a symbol has to be at a moment for a reading to go on with it there."""
_WIDTH = 24

_Costs = NDArray[np.floating]


@dataclass(frozen=True)
class Spelled:
    """A stretch of speech as letters or digits alone: what else is said in it counts as silence."""

    alphabet: str
    likely: _Costs
    """The logarithm of how likely silence and each of the alphabet is, at each moment."""

    def costs(self, texts: Sequence[str]) -> list[float]:
        """Give how unlikely it is that just these were said, as negative logarithms (CTC's, exactly)."""
        places = 2 * np.array([len(text) for text in texts]) + 1
        symbols = np.zeros((len(texts), places.max(initial=1)), np.int64)
        for row, text in enumerate(texts):
            symbols[row, 1 : 2 * len(text) : 2] = [self.alphabet.index(one) + 1 for one in text]
        skips = np.zeros(symbols.shape, np.bool_)
        skips[:, 1:2] = True
        skips[:, 3::2] = symbols[:, 3::2] != symbols[:, 1:-2:2]
        # A column before the first place: where every path begins.
        paths = np.full((len(texts), symbols.shape[1] + 2), _LEAST)
        paths[:, 1] = 0.0
        for now in self.likely:
            from_two = np.where(skips, paths[:, :-2], _LEAST)
            paths[:, 2:] = np.logaddexp(np.logaddexp(paths[:, 2:], paths[:, 1:-1]), from_two) + now[symbols]
            paths[:, 1] = _LEAST
        rows = np.arange(len(texts))
        ends = np.logaddexp(paths[rows, places + 1], np.where(places > 1, paths[rows, places], _LEAST))
        return [-float(one) for one in ends]

    def readings(self, most: int = 5) -> list[str]:
        """Give what was said, the likeliest first."""
        # For each reading so far: how likely it is, ending in silence and ending in its last symbol.
        beam: dict[str, tuple[float, float]] = {"": (0.0, _LEAST)}
        for now in self.likely:
            following: dict[str, list[float]] = {}
            near = list(np.nonzero(now[1:] > _HARDLY)[0])
            for text, (silent, sounding) in beam.items():
                both = _either(silent, sounding)
                _add(following, text, both + float(now[0]), 0)
                for at in near:
                    symbol, likely = self.alphabet[at], float(now[at + 1])
                    if text.endswith(symbol):
                        _add(following, text, sounding + likely, 1)
                        _add(following, text + symbol, silent + likely, 1)
                    else:
                        _add(following, text + symbol, both + likely, 1)
            kept = sorted(following.items(), key=lambda one: -_either(*one[1]))[:_WIDTH]
            beam = {text: (silent, sounding) for text, (silent, sounding) in kept}
        return list(beam)[:most]


def _add(readings: dict[str, list[float]], text: str, likely: float, end: int) -> None:
    ends = readings.setdefault(text, [_LEAST, _LEAST])
    ends[end] = _either(ends[end], likely)


def _either(one: float, other: float) -> float:
    return max(one, other) + math.log1p(math.exp(-abs(one - other)))


@dataclass(frozen=True)
class Symbols:
    """Which letters and digits sound in a stretch of speech.

    Attributes:
        likely: The logarithm of how likely each of `SYMBOLS` is, for each moment.
    """

    likely: _Costs

    def written(self) -> str:
        """Give what sounds at each moment likeliest, one after the other; ``*`` is a word."""
        best = self.likely.argmax(axis=1)
        changes = best[np.concatenate([[True], best[1:] != best[:-1]])] if len(best) else best
        return "".join(SYMBOLS[one] for one in changes if one)

    @functools.cached_property
    def letters(self) -> Spelled:
        """As letters."""
        return self._as(LETTERS, {})

    @functools.cached_property
    def digits(self) -> Spelled:
        """As digits; "oh" is one."""
        return self._as(DIGITS, {"0": "o"})

    def _as(self, alphabet: str, also: dict[str, str]) -> Spelled:
        columns = [np.logaddexp(self.likely[:, 0], self.likely[:, _WORD])]
        for one in alphabet:
            names = (one, *also.get(one, ""))
            columns.append(np.logaddexp.reduce([self.likely[:, SYMBOLS.index(name)] for name in names]))
        likely = np.stack(columns, axis=1)
        return Spelled(alphabet, likely - np.logaddexp.reduce(likely, axis=1, keepdims=True))


class SymbolReader:
    """The network; threads share it."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        """Make it of its weights."""
        self._weights = weights

    @classmethod
    def load(cls) -> "SymbolReader":
        """Load what was trained."""
        with (resources.files("agent") / "speech" / "weights" / "symbols.npz").open("rb") as file:
            return cls({name: one.astype(np.float32) for name, one in np.load(file).items()})

    def read(self, features: NDArray[np.float32]) -> Symbols:
        """Read an encoder's features, one row for 20 ms."""
        weights = self._weights
        x = (features - weights["mean"]) / weights["std"]
        for layer in ("1", "2"):
            x = np.maximum(_convolved(x, weights[f"w{layer}"]) + weights[f"b{layer}"], 0.0)
        x = x @ weights["w3"] + weights["b3"]
        return Symbols(x - np.logaddexp.reduce(x, axis=1, keepdims=True))


def _convolved(x: NDArray[np.float32], taps: NDArray[np.float32]) -> NDArray[np.float32]:
    padded = np.pad(x, ((len(taps) // 2,) * 2, (0, 0)))
    found: NDArray[np.float32] = sum(
        (padded[at : at + len(x)] @ tap for at, tap in enumerate(taps)), np.zeros(1, np.float32)
    )
    return found
