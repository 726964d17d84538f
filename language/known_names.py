"""Names that many people have: what a recogniser wrote for a name and is none of them was likely misheard.

``people/first.txt`` and ``people/last.txt`` hold them, the commonest first, from counts in the public domain:
the 10,000 commonest names given in the United States from 1935 to 2017 (Social Security Administration), and
the 20,000 commonest last names there (Census of 2000).
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Literal

from language.sounds import likeness, sound

Part = Literal["first", "last"]

LETTERS_ALIKE = ("bcdegptvz", "ahjk", "fsx", "lmn", "lo", "qu")
"""Letters whose names a telephone hardly tells apart."""
_PARTICLES = frozenset("van von der den de del della di da du la le el al bin ben ibn st saint y".split())
_RARE = 50_000
_MOST_ALIKE = 2
"""So many letters of a spelled word may be others that sound alike."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LEAST_LETTERS = 4
_SOUNDS_APART = 2
_COMMON = 2_000
"""So many names are looked for by sound: of all of them one sounds like anything."""
_LEAST_LIKE = 0.8


def unknown_parts(name: str) -> list[Part]:
    """Give the parts of a name that hardly anybody is called; the last name first, as people spell it."""
    first, *rest = [word for word in map(_plain, re.split(r"[\s-]+", name)) if word] or [""]
    last = [word for word in rest if word not in _PARTICLES]
    found: list[Part] = []
    if last and not (last[-1] in _known("last") and all(map(is_name, last))):
        found.append("last")
    if first not in _known("first"):
        found.append("first")
    return found


def rarity(name: str) -> int:
    """Give the less the commoner a name is, its parts taken together."""
    first, *rest = re.split(r"[\s-]+", name)
    places = [
        _known("first").get(_plain(first), _RARE),
        *(_known("last").get(_plain(one), _RARE) for one in rest),
    ]
    return sum(places)


def is_name(word: str) -> bool:
    """Tell whether somebody may be called so, first or last."""
    plain = _plain(word)
    return plain in _known("first") or plain in _known("last") or plain in _PARTICLES


def part_of(word: str) -> Part | None:
    """Tell whether a word is rather a first or a last name; None where it may be either or neither."""
    plain = _plain(word)
    first, last = (_known(part).get(plain) for part in ("first", "last"))
    if first is None or last is None:
        return "first" if first is not None else "last" if last is not None else None
    # Both lists are by how common a name is.
    return "first" if first * 4 < last else "last" if last < first else None


def nearest(letters: str, part: Part) -> str:
    """Give the commonest name that letters may be of which some were heard as others that sound alike.

    Args:
        letters: A spelled word as it was heard.

    Returns:
        The name in lower case; empty where the letters are a name already, or those of none.
    """
    heard, known = _plain(letters), _known(part)
    if is_name(heard) or len(heard) < _LEAST_LETTERS:
        return ""
    alike = len(heard) > _LEAST_LETTERS
    for tried in (
        _with_others(heard, 1) if alike else (),
        _with_one_more(heard),
        _with_others(heard, _MOST_ALIKE) if alike else (),
    ):
        found = [one for one in tried if one in known]
        if found:
            return min(found, key=known.__getitem__)
    return ""


def spelled_as(heard: Sequence[str]) -> str:
    """Give the name whose letters were heard, where several ways to hear them make none.

    Args:
        heard: The letters as they may have been, the likeliest first.

    Returns:
        In lower case; empty where no name comes near.
    """
    ways = [_plain(one) for one in heard]
    ways = [one for one in ways if len(one) == len(ways[0])]
    if not ways or len(ways[0]) <= _LEAST_LETTERS:
        return ""
    places = [set(letters) for letters in zip(*ways, strict=True)]
    alike = [
        {other for one in place for group in LETTERS_ALIKE if one in group for other in group}
        for place in places
    ]
    most, found = len(places) // 2 + 1, ""
    for name in (*_known("last"), *_known("first")):
        if len(name) == len(places) and all(map(set.__contains__, map(set.union, places, alike), name)):
            cost = sum(letter not in place for letter, place in zip(name, places, strict=True))
            most, found = (cost, name) if cost < most else (most, found)
    return found


def sounding_like(words: str) -> str:
    """Give the name that a word or two may be that recognition made of it: "and person" is Anderson.

    Returns:
        In lower case; empty where none sounds so.
    """
    said = sound(words)
    near = [
        name
        for name, own in (*_sounds("last"), *_sounds("first"))
        if own[:1] == said[:1] and own[-1:] == said[-1:] and abs(len(own) - len(said)) <= _SOUNDS_APART
    ]
    likest = max(near, key=lambda one: likeness(one, words), default="")  # of two the commoner
    return likest if likest and likeness(likest, words) >= _LEAST_LIKE else ""


@functools.cache
def _sounds(part: Part) -> tuple[tuple[str, str], ...]:
    return tuple((name, sound(name)) for name in itertools.islice(_known(part), _COMMON))


def _with_others(word: str, count: int, start: int = 0) -> Iterator[str]:
    """Give a word with so many of its letters as others that sound alike."""
    if not count:
        yield word
        return
    for at in range(start, len(word)):
        for group in LETTERS_ALIKE:
            if word[at] in group:
                for other in group.replace(word[at], ""):
                    yield from _with_others(word[:at] + other + word[at + 1 :], count - 1, at + 1)


def _with_one_more(word: str) -> Iterator[str]:
    """Give a word with a letter that was lost."""
    for at in range(len(word) + 1):
        for letter in _LETTERS:
            yield word[:at] + letter + word[at:]


@functools.cache
def _known(part: Part) -> Mapping[str, int]:
    text = (resources.files("language") / "people" / f"{part}.txt").read_text("ascii")
    return {name: place for place, name in enumerate(text.split())}


def _plain(word: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", word.lower()))
