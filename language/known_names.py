"""Names that many people have: what a recogniser wrote for a name and is none of them was likely misheard.

``people/first.txt`` and ``people/last.txt`` hold them, the commonest first, from counts in the public domain:
the 10,000 commonest names given in the United States from 1935 to 2017 (Social Security Administration), and
the 20,000 commonest last names there (Census of 2000).
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Literal

from language.sounds import likeness, sound

Part = Literal["first", "last"]

LETTERS_ALIKE = ("bcdegptvz", "ahjk", "fsx", "lmn", "lo", "qu")
"""Letters whose names a telephone hardly tells apart."""
_PARTICLES = frozenset("van von der den de del della di da du la le el al bin ben ibn st saint y".split())
_RARE = 50_000
_SOUNDS_APART = 2
_COMMON = 2_000
"""So many names are looked for by sound: of all of them one sounds like anything."""
_LEAST_LIKE = 0.8


def unknown_parts(name: str) -> list[Part]:
    """Give the parts of a name that hardly anybody is called; the last name first, as people spell it."""
    first, *rest = [word for word in map(plain, re.split(r"[\s-]+", name)) if word] or [""]
    last = [word for word in rest if word not in _PARTICLES]
    found: list[Part] = []
    if last and not (last[-1] in known_names("last") and all(map(is_name, last))):
        found.append("last")
    if first not in known_names("first"):
        found.append("first")
    return found


def rarity(name: str) -> int:
    """Give the less the commoner a name is, its parts taken together."""
    first, *rest = re.split(r"[\s-]+", name)
    places = [
        known_names("first").get(plain(first), _RARE),
        *(known_names("last").get(plain(one), _RARE) for one in rest),
    ]
    return sum(places)


def is_name(word: str) -> bool:
    """Tell whether somebody may be called so, first or last."""
    name = plain(word)
    return name in known_names("first") or name in known_names("last") or name in _PARTICLES


def part_of(word: str) -> Part | None:
    """Tell whether a word is rather a first or a last name; None where it may be either or neither."""
    name = plain(word)
    first, last = (known_names(part).get(name) for part in ("first", "last"))
    if first is None or last is None:
        return "first" if first is not None else "last" if last is not None else None
    # Both lists are by how common a name is.
    return "first" if first * 4 < last else "last" if last < first else None


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
    return tuple((name, sound(name)) for name in itertools.islice(known_names(part), _COMMON))


@functools.cache
def known_names(part: Part) -> Mapping[str, int]:
    """Give names with their places, the commonest first."""
    text = (resources.files("language") / "people" / f"{part}.txt").read_text("ascii")
    return {name: place for place, name in enumerate(text.split())}


def plain(word: str) -> str:
    """Give a name's letters as the lists have them: a to z, in lower case."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", word.lower()))
