"""Which name was spelled: letters as a telephone garbles them, weighed with the name that was heard.

Three things tell: the letters, which are heard as others that sound alike; the name as it was said, of which
recognition makes words that sound like it; and how many people are called so. Costs are negative logarithms
of how likely each is.
"""

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from language.known_names import LETTERS_ALIKE, Part, known_names, plain
from language.sounds import likeness

_ALIKE, _OTHER = 2.4, 5.0
_LOST, _DOUBLED, _ADDED = 3.0, 1.5, 4.0
"""A letter that was not heard, the second of two the same, one that nobody said."""
_MOST_CHANGED = 2.0
"""For each letter: what differs by more is another name."""
_LISTED = 2.5
"""What a name costs beyond the logarithm of its place in the list."""
_UNLISTED = 4.0
_TRUSTED, _GARBLED = 0.65, 1.0
"""What a name costs that is in no list: this, and a share of how unlikely its letters follow on each other in
names, the greater where letters are garbled."""
_OTHER_PART = 2.0
_UNLIKE = 8.0
"""A name that sounds nothing like what was heard."""
_SOUND = 0.7
"""How much it weighs how letters sounded, beside how they were written down."""
_NEAREST = 60
"""So many names are compared by sound, too."""


@dataclass(frozen=True)
class _Names:
    letters: NDArray[np.int8]
    doubled: NDArray[np.bool_]
    lengths: NDArray[np.int64]
    costs: NDArray[np.float32]
    names: tuple[str, ...]


def likeliest(
    ways: Sequence[str],
    part: Part,
    heard: str = "",
    *,
    garbled: bool = False,
    unlikeliness: Callable[[Sequence[str]], Sequence[float]] | None = None,
) -> str:
    """Give the name that was spelled.

    Args:
        ways: The letters as they may have been heard, the likeliest first.
        heard: That part of the name as recognition wrote it when it was said; empty where it was not.
        garbled: A recogniser heard them that gets one letter in four wrong.
        unlikeliness: Tells of names how unlikely the sound is if their letters were said.

    Returns:
        In lower case; the letters themselves where no name is likelier. Empty without letters.
    """
    written = list(dict.fromkeys(map(plain, ways)))
    written = [way for way in written if way]
    if not written:
        return ""
    listed = _listed(part)
    letters: NDArray[np.float32] = np.min([_distances(way, listed) for way in written], axis=0)
    most = _MOST_CHANGED * max(map(len, written))
    nearest = [at for at in np.argsort(letters + listed.costs)[:_NEAREST] if letters[at] <= most]
    own, share = plain(heard), _GARBLED if garbled else _TRUSTED
    names: dict[str, float] = {listed.names[at]: float(listed.costs[at]) for at in nearest}
    for name in filter(None, (*written, own)):
        if name not in names:
            # What was heard for a name, and neither is one nor was spelled, is a garble.
            names[name] = _UNLISTED * (1 if name in written else 2) + share * _unlikeliness(name)
    spelled = {name: min(_distance(way, name) for way in written) for name in names}
    if unlikeliness is not None:
        sounds = dict(zip(names, unlikeliness([*names]), strict=True))
        least = min(sounds.values())
        spelled = {name: cost + _SOUND * (sounds[name] - least) for name, cost in spelled.items()}
    costs: dict[str, float] = {name: cost + spelled[name] for name, cost in names.items()}
    if own:
        costs = {name: cost + _UNLIKE * (1 - likeness(name, own)) for name, cost in costs.items()}
    return min(costs, key=lambda name: costs[name])


def _distance(heard: str, name: str) -> float:
    return float(_distances(heard, _packed({name: 0.0}))[0])


def _distances(heard: str, among: _Names) -> NDArray[np.float32]:
    """Give what it costs that letters were heard for each of many names."""
    width, rows = among.letters.shape
    lost = np.where(among.doubled, np.float32(_DOUBLED), np.float32(_LOST))
    costs = np.zeros((width + 1, rows), np.float32)
    np.cumsum(lost, axis=0, out=costs[1:])
    for letter in heard:
        change = _changes()[ord(letter) - ord("a") + 1][among.letters]
        kept = np.minimum(costs[:-1] + change, costs[1:] + np.float32(_ADDED))
        costs = np.concatenate([costs[:1] + np.float32(_ADDED), kept])
        for at in range(width):
            np.minimum(costs[at + 1], costs[at] + lost[at], out=costs[at + 1])
    found: NDArray[np.float32] = costs[among.lengths, np.arange(rows)]
    return found


def _unlikeliness(name: str) -> float:
    places = [0, *(ord(letter) - ord("a") + 1 for letter in name), 0]
    return float(sum(_follows()[pair] for pair in itertools.pairwise(places)))


@functools.cache
def _follows() -> NDArray[np.float32]:
    """Give how unlikely each letter is behind each other in a name; 0 is its beginning and its end."""
    counts = np.ones((27, 27), np.float32)
    for name in (*known_names("last"), *known_names("first")):
        places = [0, *(ord(letter) - ord("a") + 1 for letter in name), 0]
        for pair in itertools.pairwise(places):
            counts[pair] += 1
    likely: NDArray[np.float32] = -np.log(counts / counts.sum(axis=1, keepdims=True))
    return likely


@functools.cache
def _changes() -> NDArray[np.float32]:
    costs = np.full((27, 27), _OTHER, np.float32)
    for group in LETTERS_ALIKE:
        places = [ord(letter) - ord("a") + 1 for letter in group]
        costs[np.ix_(places, places)] = _ALIKE
    np.fill_diagonal(costs, 0.0)
    return costs


@functools.cache
def _listed(part: Part) -> _Names:
    other: Part = "first" if part == "last" else "last"
    costs = {name: math.log(place + 1) + _LISTED for name, place in known_names(part).items()}
    for name, place in known_names(other).items():
        costs.setdefault(name, math.log(place + 1) + _LISTED + _OTHER_PART)
    return _packed(costs)


def _packed(costs: dict[str, float]) -> _Names:
    names = tuple(costs)
    letters = np.zeros((max(map(len, names)), len(names)), np.int8)
    for at, name in enumerate(names):
        letters[: len(name), at] = np.frombuffer(name.encode(), np.uint8) - ord("a") + 1
    doubled = np.zeros(letters.shape, np.bool_)
    doubled[1:] = letters[1:] == letters[:-1]
    lengths, prices = np.array([*map(len, names)]), np.array([*costs.values()], np.float32)
    return _Names(letters, doubled, lengths, prices, names)
