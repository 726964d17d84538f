"""Spelled letters: "B E L L", "B as in boy", "two L's", "with a K", as speech recognition writes them."""

import re
from difflib import SequenceMatcher

_LETTER_NAMES = {
    name: letter
    for letter, names in {
        "a": "ay",
        "b": "bee be",
        "c": "see sea",
        "d": "dee",
        "e": "ee",
        "f": "ef eff",
        "g": "gee",
        "h": "aitch",
        "i": "eye",
        "j": "jay",
        "k": "kay okay",
        "l": "el ell",
        "m": "em",
        "n": "en",
        "o": "oh",
        "p": "pee pea",
        "q": "queue cue",
        "r": "are ar",
        "s": "ess",
        "t": "tea tee",
        "u": "you",
        "v": "vee",
        "x": "ex",
        "y": "why",
        "z": "zee zed",
    }.items()
    for name in names.split()
}
_AS_IN = re.compile(r"\b([a-z])[\s,]+(?:as in|like|for|is for)\s+[a-z]+\b", re.IGNORECASE)
_DOUBLE = re.compile(r"\b(?:double|two)[\s-]+([a-z])(?:'?s)?\b(?!\w)", re.IGNORECASE)
_TRIPLE = re.compile(r"\b(?:triple|three)[\s-]+([a-z])(?:'?s)?\b(?!\w)", re.IGNORECASE)
_RUN = re.compile(r"(?<![\w'])(?:[A-Za-z](?:\s*[-.,\u2013]\s*|\s+)){1,24}[A-Za-z](?![\w'])")
_WORD_BREAK = re.compile(r"[.,]\s+(?=[A-Za-z](?:[-\s]))|\s+(?=(?:[A-Za-z]-){2,})")
_COUNT = re.compile(
    r"\b(?P<count>one|a single|only one|just one|single|two|2|double|three|"
    r"triple) (?P<letter>[a-z])(?:'?s)?\b"
)
_ENDING = re.compile(
    r"\b(?:with|has|ends (?:in|with)|ending (?:in|with)|there's|and|add|"
    r"plus) (?:an? )?(?P<letter>[a-z])\b(?: at the end| on the end)?"
)
_DROPPED = re.compile(r"\b(?:without|no|drop|minus|not) (?:the |an? )?(?P<letter>[a-z])\b(?: at the end)?")
_SWAPS = {
    "k": "c ch q",
    "c": "k s",
    "s": "z c",
    "z": "s",
    "y": "i ie e",
    "i": "y e",
    "e": "a i",
    "a": "e o",
    "o": "a u",
    "f": "ph v",
    "v": "f b",
    "j": "g",
    "g": "j",
    "b": "d p v",
    "d": "t b",
    "t": "d p",
    "p": "b t",
    "m": "n",
    "n": "m",
    "u": "o",
    "w": "v",
}
"""What a letter may have been misheard as."""
_COUNTS = {"two": 2, "2": 2, "double": 2, "three": 3, "triple": 3}
_ALIKE = 0.4
"""Words less alike than this are different words."""
LEAST_LETTERS = 3
"""Fewer letters in a row are initials or noise."""


def spelled_words(text: str, *, asked: bool = False) -> list[str]:
    """Read the words that were spelled out letter by letter.

    Args:
        asked: Spelling was just asked for: two letters are enough, and letters written as words count.

    Returns:
        The words with a capital first letter, empty when nothing was spelled.
    """
    expanded = _AS_IN.sub(r"\1", text)
    expanded = _TRIPLE.sub(r"\1 \1 \1", _DOUBLE.sub(r"\1 \1", expanded))
    if asked:
        expanded = _from_letter_names(expanded)
    found: list[str] = []
    for run in _RUN.finditer(expanded):
        pieces = _WORD_BREAK.split(run.group())
        if any(len(re.sub(r"[^A-Za-z]", "", piece)) < LEAST_LETTERS for piece in pieces):
            pieces = [run.group()]  # commas between letters, not between words
        for piece in pieces:
            letters = re.sub(r"[^A-Za-z]", "", piece)
            if len(letters) >= (2 if asked else LEAST_LETTERS):
                found.append(letters.capitalize())
    return found


def respelled(name: str, words: str) -> str | None:
    """Change a name by what the caller says about its letters: "with two l's", "with a K", "no e".

    Returns:
        The changed name, or None when the words say nothing that would change it.
    """
    for read in (_recount, _swap_or_add, _drop):
        changed = read(name, words)
        if changed is not None and changed != name:
            return changed
    return None


def put_in(name: str, spelled: str) -> str:
    """Put a spelled word in the place of the part of a name that it stands for.

    Args:
        name: The name so far, maybe empty.

    Returns:
        The name with its most similar part replaced, the last part when none is similar.
    """
    parts = name.split()
    if not parts:
        return spelled
    scores = [similarity(part, spelled) for part in parts]
    best = max(range(len(parts)), key=lambda index: (scores[index], index))
    if scores[best] < _ALIKE and len(parts) > 1:
        best = len(parts) - 1
    elif scores[best] < _ALIKE:
        return f"{name} {spelled}"
    parts[best] = spelled
    return " ".join(parts)


def similarity(one: str, other: str) -> float:
    """Compare two words by their letters, 0 to 1."""
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _from_letter_names(text: str) -> str:
    tokens = re.findall(r"[A-Za-z']+|[^A-Za-z'\s]+", text)
    if all(len(token) == 1 for token in tokens if token.isalpha()):
        return text
    letters = [
        _LETTER_NAMES.get(token.lower(), token if len(token) == 1 and token.isalpha() else "")
        for token in tokens
    ]
    if sum(bool(letter) for letter in letters) * 3 < len(tokens) * 2:
        return text
    return " ".join(
        letter or token for letter, token in zip(letters, tokens, strict=True) if letter or token.isalpha()
    )


def _recount(name: str, words: str) -> str | None:
    match = _COUNT.search(words)
    if match is None:
        return None
    letter = match["letter"]
    count = _COUNTS.get(match["count"], 1)
    run = re.compile(f"{letter}+", re.IGNORECASE)
    for index, part in _last_first(name):
        if run.search(part):
            runs = list(run.finditer(part))
            at = runs[-1]
            grown = at.group()[0] + letter * (count - 1)
            return _with_part(name, index, part[: at.start()] + grown + part[at.end() :])
    return None


def _swap_or_add(name: str, words: str) -> str | None:
    match = _ENDING.search(words)
    if match is None:
        return None
    letter = match["letter"]
    for index, part in _last_first(name):
        low = part.lower()
        if letter in low:
            continue
        for other in _SWAPS.get(letter, "").split():
            if "end" not in match.group() and (at := low.find(other)) >= 0:
                swapped = low[:at] + letter + low[at + len(other) :]
                return _with_part(name, index, swapped.capitalize())
    if letter not in "ehs" or not name:
        return None
    # A silent H follows a vowel: Sara, Hanna; an E or an S more likely ends the last name.
    fits = [
        (index, part) for index, part in _last_first(name) if letter != "h" or part[-1].lower() in "aeiou"
    ]
    index, part = (fits or _last_first(name))[0]
    if part[-1].lower() == letter:
        # "Anne Belle, with an e": it is there already.
        return None
    return _with_part(name, index, part + letter)


def _drop(name: str, words: str) -> str | None:
    match = _DROPPED.search(words)
    if match is None:
        return None
    letter = match["letter"]
    for index, part in _last_first(name):
        at = part.lower().rfind(letter)
        if at > 0 and len(part) >= LEAST_LETTERS + 1:
            return _with_part(name, index, part[:at] + part[at + 1 :])
    return None


def _last_first(name: str) -> list[tuple[int, str]]:
    return list(enumerate(name.split()))[::-1]


def _with_part(name: str, index: int, part: str) -> str:
    parts = name.split()
    parts[index] = part
    return " ".join(parts)
