"""Spelled letters: "B E L L", "B as in boy", "two L's", "with a K", as speech recognition writes them."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from language.known_names import LETTERS_ALIKE, is_name, part_of
from language.normalize import normal
from language.phrases import lists, phrase, word_set
from language.sounds import likeness
from language.speak import cased

_LETTER_NAMES = {
    name: letter for letter, names in lists("letter_names").items() for name in str(names).split()
}
_CODE = word_set("spelling.code")
_AS_IN, _REPEATED = phrase("spelling.as_in"), phrase("spelling.repeated")
_CAPITAL, _SMALL = phrase("spelling.capital"), phrase("spelling.small")
_WITH_LETTER = phrase("spelling.with_letter")
_APOSTROPHE, _HYPHEN = phrase("spelling.apostrophe"), phrase("spelling.hyphen")
_MARK = "\x01"
"""Stands before a letter that was said to be a capital."""
_SAYS_I = phrase("names.says_i").pattern
"""An "I" that begins a sentence, and is the last letter of no name."""
_RUN = re.compile(
    rf"(?<![\w'])(?:{_MARK}?[A-Za-z](?:\s?[-.,\u2013]\s?|\s|'\s?(?=[\x01\s])\s?|\s?\+\s?)){{1,24}}{_MARK}?(?!{_SAYS_I})[A-Za-z](?![\w'])"
)
_WORD_BREAK = re.compile(r"[.,]\s(?=[A-Za-z][-\s])|\s(?=(?:[A-Za-z]-){2,24})")
_COUNT, _ENDING = phrase("spelling.count"), phrase("spelling.ending")
_NOT_LETTER, _DROPPED = phrase("spelling.not_letter"), phrase("spelling.dropped")
_SWAPS = {letter: str(others).split() for letter, others in lists("letters_misheard").items()}
"""What a letter may have been misheard as."""
_COUNTS = {"two": 2, "2": 2, "double": 2, "three": 3, "triple": 3}
_ALIKE = 0.4
"""Words less alike than this are different words."""
_END_LETTERS = 2
LEAST_LETTERS = 3
"""Fewer letters in a row are initials or noise."""


def spelled_words(text: str, *, asked: bool = False) -> list[str]:
    """Read the words that were spelled out letter by letter.

    Args:
        asked: Spelling was just asked for: two letters are enough, and letters written as words count.

    Returns:
        The words with a capital first letter, empty when nothing was spelled.
    """
    found: list[str] = []
    for run in _RUN.finditer(_expanded(text, asked=asked)):
        pieces = _WORD_BREAK.split(run.group())
        if any(len(_letters(piece)) < LEAST_LETTERS for piece in pieces):
            pieces = [run.group()]  # commas between letters, not between words
        found.extend(
            _word(piece) for piece in pieces if len(_letters(piece)) >= (2 if asked else LEAST_LETTERS)
        )
    return found


def as_one(words: Sequence[str]) -> list[str]:
    """Join pieces of a spelled word, of which a letter was heard as something else, unless each is a name."""
    whole = all(len(one) >= LEAST_LETTERS and is_name(one) for one in words)
    return list(words) if whole else ["".join(words)]


def only_letters(text: str, least: int) -> list[str]:
    """Read the words that are spelled where nothing but letters, or their names, is said: "bee ee el el"."""
    words = spelled_words(text, asked=True)
    count = sum(map(len, words))
    return words if count >= least and count == len(re.findall(r"[^\W\d_]+", text)) else []


def holds(name: str, words: str) -> bool:
    """Tell whether "with an e" is said of a name that is written with it already."""
    match = re.search(r"\bwith (?:an?|(?P<two>two|double)) (?P<letter>p ?h|[a-z])(?:'?s)?\b", words)
    letters = match["letter"].replace(" ", "") * (2 if match["two"] else 1) if match else ""
    return bool(letters) and letters in name.lower()


def without_letters(text: str) -> str:
    """Give a text without what was spelled in it: "Bell, B E L L" becomes "Bell"."""
    expanded = _expanded(text, asked=False)
    if not any(len(_letters(run.group())) >= LEAST_LETTERS for run in _RUN.finditer(expanded)):
        return text
    kept = _RUN.sub(lambda run: "" if len(_letters(run.group())) >= LEAST_LETTERS else run.group(), expanded)
    return kept.replace(_MARK, "").strip(" ,.")


def joined(text: str) -> str:
    """Write "Smith hyphen Jones" and "O apostrophe Brien" with their marks, but not between letters."""
    text = re.sub(r"\b([a-z]),? apostrophe,? (?=[a-z]{2})", r"\1'", text, flags=re.IGNORECASE)
    return re.sub(r"(?<=[a-z]{2}),? (?:hyphen|dash),? (?=[a-z]{2})", "-", text, flags=re.IGNORECASE)


def _expanded(text: str, *, asked: bool) -> str:
    """Write every way to say letters as single letters."""
    text = _WITH_LETTER.sub("", _AS_IN.sub(r"\1", _SMALL.sub("", text)))
    text = _CAPITAL.sub(_MARK, text)
    text = _REPEATED.sub(lambda m: " ".join(m["letter"] * _COUNTS[m["count"].lower()]), text)
    text = _HYPHEN.sub(" + ", _APOSTROPHE.sub(r"\1' ", text)) if _RUN.search(text) else text
    words = re.findall(r"[a-z]+", text.lower())
    if len(words) >= LEAST_LETTERS and all(word in _CODE for word in words):
        return " ".join(word[0] for word in words)
    return _from_letter_names(text) if asked else text


def _letters(piece: str) -> str:
    return re.sub(r"[^A-Za-z]", "", piece)


def _word(piece: str) -> str:
    """Make the word out of its letters."""
    plain = re.sub(rf"[^A-Za-z'+{_MARK}]", "", piece).replace("+", "-")
    if _MARK in plain:
        parts = plain.split(_MARK)
        return parts[0].capitalize() + "".join(part[:1].upper() + part[1:].lower() for part in parts[1:])
    return cased(plain.lower())


def respelled(name: str, words: str) -> str | None:
    """Change a name by what normalised words say about its letters: "with two l's", "with a K", "no e"."""
    for read in (_mark, _recount, _exchange, _drop, _swap_or_add):
        changed = read(name, words)
        if changed is not None and changed != name:
            return changed
    return None


def explains(name: str, words: str) -> bool:
    """Tell whether words say what a part of a name is like: "Hope, like the word"."""
    parts = "|".join(re.escape(part) for part in normal(name).split() if len(part) > 1)
    return (
        bool(parts) and re.search(rf"\b(?:{parts}) (?:it's |is |that's )?(?:like|as in)\b", words) is not None
    )


def _mark(name: str, words: str) -> str | None:
    parts = name.split()
    if "apostrophe" in words:
        at = next((one for one in range(len(parts) - 1, -1, -1) if re.match(r"[OD][a-z]", parts[one])), None)
        return None if at is None else _with_part(name, at, f"{parts[at][0]}'{parts[at][1:].capitalize()}")
    if re.search(r"\bhyphen(?:ated)?\b", words) and len(parts) > 2 and "-" not in name:  # noqa: PLR2004 - two to join
        return " ".join([*parts[:-2], "-".join(parts[-2:])])
    return None


def _exchange(name: str, words: str) -> str | None:
    """Put one letter in the place of another: "a y, not an i"."""
    match = _NOT_LETTER.search(words)
    if match is None:
        return None

    def change(part: str) -> str | None:
        at = part.lower().rfind(match["wrong"])
        letter = match["right"].upper() if at == 0 else match["right"]
        return part[:at] + letter + part[at + 1 :] if at >= 0 else None

    return _changed(name, change)


def place_in(parts: Sequence[str], spelled: str) -> int:
    """Find the part of a name that a spelled word stands for.

    Returns:
        The place of the most similar part; when none is similar, the first for what is a first name, else the
        last. Behind the last for what is no part of a single one.
    """
    scores = [max(similarity(part, spelled), likeness(part, spelled)) for part in parts]
    best = max(range(len(parts)), key=lambda index: (scores[index], index), default=0)
    if not parts or scores[best] >= _ALIKE:
        return best
    if len(parts) == 1:
        return 1
    return 0 if part_of(spelled) == "first" else len(parts) - 1


def put_in(name: str, spelled: str) -> str:
    """Put a spelled word in the place of the part of a name that it stands for (`place_in`)."""
    parts = name.split()
    whole = spelled.lower().split("-")
    if len(whole) > 1 and [part.lower() for part in parts[-len(whole) :]] == whole:
        return " ".join([*parts[: -len(whole)], spelled])
    return put_at(name, place_in(parts, spelled), spelled)


def put_at(name: str, place: int, spelled: str) -> str:
    """Put a spelled word in the place of a part of a name; behind the last it is one more."""
    parts = name.split()
    if "".join(map(_letters, parts[place : place + 1])).lower() == spelled.lower():
        return name  # "O'Brien" keeps its mark, "McGee" its capital
    return " ".join([*parts[:place], spelled, *parts[place + 1 :]])


def ends_like(word: str, letters: str) -> bool:
    """Tell whether letters have come to the end of a word that was heard, as a telephone garbles both."""
    said, heard = _letters(word).lower(), _letters(letters).lower()
    if len(heard) < max(_END_LETTERS, len(said) - 1) or len(said) < _END_LETTERS:
        return False
    ends = zip(said[-_END_LETTERS:], heard[-_END_LETTERS:], strict=True)
    return all(_sound_alike(one, other) for one, other in ends)


def _sound_alike(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in LETTERS_ALIKE)


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
    """Write a letter so often: "with two l's"."""
    match = _COUNT.search(words)
    if match is None:
        return None
    letter, count = match["letter"], _COUNTS.get(match["count"], 1)

    def change(part: str) -> str | None:
        runs = list(re.finditer(f"{letter}+", part, re.IGNORECASE))
        if not runs:
            return None
        return part[: runs[-1].start()] + runs[-1][0][0] + letter * (count - 1) + part[runs[-1].end() :]

    return _changed(name, change)


def _swap_or_add(name: str, words: str) -> str | None:
    match = _ENDING.search(words)
    if match is None or not name:
        return None
    letter = match["letter"].replace(" ", "")
    if "end" in words and (changed := _with_ending(name, letter)):
        return changed
    if "end" not in words and (changed := _changed(name, lambda part: _swapped(part, letter))):
        return changed
    if letter not in "ehs":
        return None
    # A silent H follows a vowel: Sara, Hanna; an E or an S more likely ends the last name.
    parts = name.split()
    fits = [at for at, part in enumerate(parts) if letter != "h" or part[-1].lower() in "aeiou"]
    at = (fits or range(len(parts)))[-1]
    # "Anne Belle, with an e": it is there already.
    return None if parts[at][-1].lower() == letter else _with_part(name, at, parts[at] + letter)


def _swapped(part: str, letter: str) -> str | None:
    """Put a letter in the place of one that it may have been misheard as."""
    low = part.lower()
    if letter == "z" and low.endswith("s"):
        return part[:-1] + letter
    others = _SWAPS.get(letter, []) if letter not in low else []
    at, other = next(((low.find(one), one) for one in others if one in low), (-1, ""))
    return (low[:at] + letter + low[at + len(other) :]).capitalize() if other else None


def _with_ending(name: str, letter: str) -> str | None:
    """Let the last name end in a letter: in the place of one that sounds alike, else behind the last."""
    last = name.rsplit(maxsplit=1)[-1]
    alike = last[-1].lower() in _SWAPS.get(letter, []) and letter not in "eh"
    if last[-1].lower() == letter or not (alike or letter not in "ehs"):
        return None
    return _with_part(name, -1, last[: -1 if alike else None] + letter)


def _drop(name: str, words: str) -> str | None:
    """Leave a letter out: "no e"."""
    match = _DROPPED.search(words)
    if match is None:
        return None
    letter = match["letter"]
    alone = [part for part in name.split() if len(part) > 1 or part.lower() != letter]
    if len(alone) < len(name.split()):
        return " ".join(alone)  # letters that had become a part of the name

    def change(part: str) -> str | None:
        at = part.lower().rfind(letter)
        return part[:at] + part[at + 1 :] if at > 0 and len(part) > LEAST_LETTERS else None

    return _changed(name, change)


def _changed(name: str, change: Callable[[str], str | None]) -> str | None:
    """Change the last part of a name that a change fits."""
    for at, part in reversed([*enumerate(name.split())]):
        if (changed := change(part)) is not None:
            return _with_part(name, at, changed)
    return None


def _with_part(name: str, index: int, part: str) -> str:
    parts = name.split()
    parts[index] = part
    return " ".join(parts)
