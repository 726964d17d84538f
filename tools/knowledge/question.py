"""A caller's question as what a passage has to hold to answer it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tools.knowledge.terms import MONEY, NUMBER, STOP_WORDS, plain, stem, words
from tools.knowledge.thesaurus import ALIKE, COMMON, FIELD, HEARD_FOR, MIDDLING, SMALL_TALK, WEAK

PHRASE, CONTENT, MIDDLE, SLIGHT, TALK = 1.3, 1.0, 0.6, 0.25, 0.0
"""How much a passage must hold a word: what is asked about, what says little, the talk around it."""
_ALIKE_WEIGHT = 0.8
_NEAR_WEIGHT = 0.7
_LONGEST_PHRASE = 5
_AROUND = re.compile(
    r"(?<!\bdr)(?<!\bmr)(?<!\bms)(?<!\bmrs)[.]+|[?!;\n]+|,|"
    r"\b(?:wondering|wonder|curious|tell me|find out|(?:want(?:ed)?|like|need) to know|"
    r"(?:do|would) you (?:happen to )?know|quick question|question (?:is|about)|asking)\b"
    r"(?: (?:if|whether|about))?"
)
_RUNS = re.compile(r"\b(what (?:do|does|did|would|will|might)\b[^.?!]{1,60}?) run\b")
"""What does it run?"""
_COUNTS = re.compile(r"\bhow many\b")
_TITLES = frozenset(("dr", "doctor", "mr", "mrs", "ms"))
_HAPPENED = re.compile(r"\b(?:did|was|were|has|have|had) (?:my|his|her|our|their)\b")
"""What became of somebody's own affair stands in records, not in files that are the same for all."""
_ASIDE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Concept:
    """Something that is asked about.

    Attributes:
        variants: The index's terms for it, each with how well it stands for it (0 to 1); empty when the
            files have no word for it.
        need: How much a passage that answers must hold it: ``CONTENT``, ``SLIGHT`` or ``TALK``.
        veto: Whether a passage without it answers nothing: who asks for a price wants a price.
    """

    variants: tuple[tuple[str, float], ...]
    need: float
    veto: bool = False


def _groups() -> tuple[dict[str, set[str]], dict[tuple[str, ...], set[str]]]:
    by_word: dict[str, set[str]] = {}
    by_phrase: dict[tuple[str, ...], set[str]] = {}
    for number, group in enumerate(ALIKE):
        split = [tuple(stem(word) for word in words(one)) for one in group]
        mark = {f"~{number}"} if any(len(one) > 1 for one in split) else set()
        single = {one[0] for one in split if len(one) == 1} | mark
        for one in split:
            if len(one) == 1:
                by_word.setdefault(one[0], set()).update(single)
            else:
                by_phrase.setdefault(one, set()).update(single)
    return by_word, by_phrase


_BY_WORD, _BY_PHRASE = _groups()
_PHRASE_STARTS = frozenset(one[0] for one in _BY_PHRASE)
_TALK = frozenset(stem(word) for word in SMALL_TALK)
_SLIGHT = frozenset(stem(word) for word in FIELD | WEAK)
_COMMON = frozenset(stem(word) for word in COMMON)
_MIDDLING = frozenset(stem(word) for word in MIDDLING)
_PRICE = frozenset(_BY_WORD[MONEY])
WORDS = frozenset(_BY_WORD)
"""The thesaurus's own words, which may be misspelled like any other."""


def marks(text: str) -> list[str]:
    """Give the terms of the phrases in a passage that the thesaurus knows.

    Args:
        text: A piece of a file.

    Returns:
        A mark for each phrase, which its synonyms in a question find.
    """
    stems = tuple(stem(word) for word in words(text))
    found = []
    for at, root in enumerate(stems):
        if root in _PHRASE_STARTS:
            found += [one for one in _phrase_at(stems, at)[1] if one.startswith("~")]
    return found


class Reader:
    """Reads questions against the vocabulary of one index."""

    def __init__(self, vocabulary: Mapping[str, int], near: Callable[[str], list[str]]) -> None:
        """Take the vocabulary in.

        Args:
            vocabulary: The index's terms.
            near: Finds terms that are spelled nearly like a word.
        """
        self._vocabulary = vocabulary
        self._near = near

    def read(self, question: str) -> list[Concept]:
        """Find what a question asks about.

        Args:
            question: As the caller put it; what stands in parentheses helps to choose and need not be held.

        Returns:
            The concepts, each once.
        """
        aside = " ".join(_ASIDE.findall(question))
        asked = self._concepts(plain(_ASIDE.sub(" ", question)))
        if _HAPPENED.search(plain(question)):
            asked.append(Concept((), CONTENT))
        helping = [Concept(one.variants, TALK) for one in self._concepts(aside) if one.variants]
        return list(dict.fromkeys([*asked, *helping]))

    def parts(self, question: str) -> list[list[Concept]]:
        """Read the sentences of an utterance each by itself: the question may come with its story.

        Args:
            question: As the caller put it.

        Returns:
            The concepts of each part, where there are several parts.
        """
        pieces = [
            piece for piece in _AROUND.split(plain(_ASIDE.sub(" ", question))) if piece and piece.strip()
        ]
        if len(pieces) < 2:  # noqa: PLR2004 - one piece is the whole
            return []
        vetoes = [one for one in self._concepts(plain(question)) if one.veto]
        if _HAPPENED.search(plain(question)):
            vetoes.append(Concept((), CONTENT))
        return [list(dict.fromkeys([*self._concepts(piece), *vetoes])) for piece in pieces]

    def _concepts(self, text: str) -> list[Concept]:
        text = _RUNS.sub(r"\1 cost", text)
        said = self._joined(words(text))
        stems = tuple(stem(word) for word in said)
        found: list[Concept] = []
        at = 0
        while at < len(said):
            length, meant = _phrase_at(stems, at)
            if length:
                found.append(self._phrase(meant))
                at += length
                continue
            if said[at] not in STOP_WORDS:
                one = self._word(said[at], stems[at])
                # An answer about somebody has to name them, and to hold what is asked of them.
                named = at > 0 and said[at - 1] in _TITLES and bool(one.variants)
                found.append(replace(one, need=SLIGHT, veto=True) if named else one)
            at += 1
        if _COUNTS.search(text):
            found.append(Concept(((NUMBER, 1.0),), TALK, veto=True))
        return list(dict.fromkeys(found))

    def _phrase(self, meant: set[str]) -> Concept:
        veto = meant <= _PRICE
        variants = tuple((one, _fitness(one, veto)) for one in sorted(meant) if one in self._vocabulary)
        return Concept(variants, SLIGHT if veto else PHRASE, veto)

    def _word(self, word: str, root: str) -> Concept:
        if word in HEARD_FOR and root not in self._vocabulary:
            word = HEARD_FOR[word]
            root = stem(word)
        veto = root in _PRICE
        weights = dict.fromkeys(_BY_WORD.get(root, ()), _ALIKE_WEIGHT) | {root: 1.0}
        if veto:
            weights = {one: _fitness(one, veto) for one in weights}
        known = {one: weight for one, weight in weights.items() if one in self._vocabulary}
        if not known and root not in _TALK and root not in _SLIGHT:
            known = self._near_spelled(root)
        return Concept(tuple(sorted(known.items())), _need(word, root, known=bool(known)), veto)

    def _near_spelled(self, root: str) -> dict[str, float]:
        """Find what an unknown word may be a slip for; its synonyms count too."""
        meant: dict[str, float] = {}
        for one in self._near(root):
            for other in {one} | _BY_WORD.get(one, set()):
                if other in self._vocabulary:
                    meant[other] = _NEAR_WEIGHT
        return meant

    def _joined(self, said: list[str]) -> list[str]:
        """Write a compound as the files do: "wheel chair" is "wheelchair", "carpark" is "car park"."""
        found: list[str] = []
        at = 0
        while at < len(said):
            for length in (3, 2):
                whole = "".join(said[at : at + length])
                if at + length <= len(said) and self._knows(whole):
                    found.append(whole)
                    at += length
                    break
            else:
                found.extend(self._split(said[at]))
                at += 1
        return found

    def _knows(self, word: str) -> bool:
        root = stem(word)
        return word not in STOP_WORDS and root not in _TALK and (root in self._vocabulary or root in _BY_WORD)

    def _split(self, word: str) -> list[str]:
        shortest = 3
        if len(word) < 2 * shortest or self._knows(word) or stem(word) in _TALK | _SLIGHT:
            return [word]
        for cut in range(shortest, len(word) - shortest + 1):
            first, second = word[:cut], word[cut:]
            if stem(first) in self._vocabulary and stem(second) in self._vocabulary:
                return [first, second]
        return [word]


def _phrase_at(stems: tuple[str, ...], at: int) -> tuple[int, set[str]]:
    for length in range(min(_LONGEST_PHRASE, len(stems) - at), 1, -1):
        if (meant := _BY_PHRASE.get(stems[at : at + length])) is not None:
            return length, meant
    return 0, set()


def _fitness(term: str, price: bool) -> float:
    """Tell how well a phrase's term stands for it: who asks for a price wants the amount."""
    return 0.5 if price and term != MONEY else 1.0


def _need(word: str, root: str, *, known: bool) -> float:
    if word.isdigit() or root in _TALK:
        return TALK
    if root in _SLIGHT or root in _PRICE:
        # A price is asked of something: the something is what has to be held.
        return SLIGHT if known else TALK
    if root in _COMMON and root not in _BY_WORD:
        return SLIGHT
    return MIDDLE if root in _MIDDLING else CONTENT
