"""Words of a vocabulary that are spelled nearly like a word that is not in it."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHORTEST = 5
"""Shorter words have too many neighbours that mean something else."""
_MIDDLE, _LONG = 7, 9
"""Letters from which on a consonant may be wrong, and from which on two letters may."""
_LETTERS = 26
_MOST = 3
_VOWELS = str.maketrans("", "", "aeiouyhw")


class NearWords:
    """Finds near-spelled words by the letters they are made of, then by edit distance for the few left."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        """Take the vocabulary in.

        Args:
            vocabulary: Words in small letters; those with other characters than a to z are passed over.
        """
        self._words = sorted(one for one in vocabulary if _is_plain(one))
        self._counts = np.zeros((len(self._words), _LETTERS), dtype=np.int8)
        for place, word in enumerate(self._words):
            self._counts[place] = _count(word)

    def find(self, word: str) -> list[str]:
        """Find the words that may have been meant.

        Args:
            word: A word that is not in the vocabulary.

        Returns:
            At most three, the nearest first: one letter more, less, other or swapped, two in a long word.
            They begin with the same letter, since beginnings are seldom misheard, and short ones have the
            same consonants: "cleening" is "cleaning", but a bridge is nothing to bring.
        """
        if len(word) < SHORTEST or not _is_plain(word):
            return []
        most = 2 if len(word) >= _LONG else 1
        start = bisect_left(self._words, word[0])
        end = bisect_left(self._words, chr(ord(word[0]) + 1))
        apart = np.abs(self._counts[start:end] - _count(word)).sum(axis=1, dtype=np.int16)
        alike = [self._words[start + int(place)] for place in np.flatnonzero(apart <= 2 * most)]
        measured = [
            (distance, one)
            for one in alike
            if len(one) >= SHORTEST - 1
            and (len(word) >= _MIDDLE or _consonants(word) == _consonants(one))
            and (distance := edits(word, one, most)) <= most
        ]
        return [one for _, one in sorted(measured)[:_MOST]]


def edits(one: str, other: str, most: int) -> int:
    """Count the letters to put in, leave out, replace or swap with a neighbour to turn a word into another.

    Args:
        most: More than this need not be counted.

    Returns:
        The count, or ``most + 1`` when it is more.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, last, row = row, before, [place]
        for at, against in enumerate(other, 1):
            cost = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != against))
            swapped = place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == against
            row.append(min(cost, last[at - 2] + 1) if swapped else cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha() and word.islower()


def _consonants(word: str) -> str:
    bare = word.translate(_VOWELS)
    return "".join(letter for letter, before in zip(bare, f" {bare}", strict=False) if letter != before)


def _count(word: str) -> NDArray[np.int8]:
    letters = np.frombuffer(word.encode("ascii"), dtype=np.uint8) - ord("a")
    return np.bincount(letters, minlength=_LETTERS).astype(np.int8)
