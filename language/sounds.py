"""How alike two words sound, from their spelling: "feeling" and "filling", "Roger" and "Raj".

Rules of English spelling that are right often enough: what is compared are words that recognition wrote down
and words that it may have heard instead.
"""

import functools
import re

_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"^x", "z"),
        (r"sch(?=[mnlw])", "S"),
        (r"tch|ch", "C"),
        (r"sh|(?<=[aeiou])ti(?=o)|ci(?=[ao])", "S"),
        (r"dge?(?=$|[^aeiouy])|dg(?=[ei])|g(?=[eiy])|j", "J"),
        (r"th", "T"),
        (r"ph|(?<=[aou])gh$", "f"),
        (r"(?<=[aeiou])gh|gh(?=t)", ""),
        (r"ck|q|c(?![eiy])", "k"),
        (r"c", "s"),
        (r"x", "ks"),
        (r"mb$", "m"),
        (r"(?<=[aeiou])h|(?<=[aeiouw])w(?![aeiou])", ""),
        (r"(?<=[^aeiou])e(?=s?$)", ""),
        (r"(.)\1+", r"\1"),
        (r"y(?![aeiou])", "i"),
        (r"[aeiou]+", lambda vowels: _vowel(vowels[0])),
    )
)
_CLOSE = tuple(map(frozenset, ("bp", "dtT", "gk", "vfw", "zs", "mn", "SCJ", "JzS", "lr", "bv", "Tf")))
_VOWELS = frozenset("aiu")
_CLOSE_COST, _VOWEL_COST, _OTHER_COST = 0.4, 0.25, 1.0


def _vowel(letters: str) -> str:
    """Give a run of vowels as an open, a bright or a dark one."""
    return "i" if letters[0] in "ei" else "a" if letters[0] == "a" else "u"


@functools.lru_cache(4096)
def sound(word: str) -> str:
    """Write a word, or a few, as it sounds: a sign for each consonant and each vowel."""
    written = word.lower()
    for pattern, sign in _RULES:
        written = pattern.sub(sign, written)
    return written


def likeness(one: str, other: str) -> float:
    """Compare two words by their sound, 0 to 1."""
    mine, theirs = sound(one), sound(other)
    if not mine or not theirs:
        return 0.0
    costs = [0.0]
    for sign in theirs:
        costs.append(costs[-1] + _lone(sign))
    for sign in mine:
        before, costs[0] = costs[0], costs[0] + _lone(sign)
        for at, heard in enumerate(theirs, 1):
            changed = before + _change(sign, heard)
            before = costs[at]
            costs[at] = min(changed, before + _lone(sign), costs[at - 1] + _lone(heard))
    most = max(sum(map(_lone, mine)), sum(map(_lone, theirs)))
    return max(0.0, 1.0 - costs[-1] / most)


def _lone(sign: str) -> float:
    return _VOWEL_COST if sign in _VOWELS else _OTHER_COST


def _change(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in _VOWELS and other in _VOWELS:
        return _VOWEL_COST / 2
    return _CLOSE_COST if any(one in group and other in group for group in _CLOSE) else _OTHER_COST
