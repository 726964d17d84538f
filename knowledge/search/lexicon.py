"""The word lists as they are looked up: by stem, word or phrase."""

from collections.abc import Iterable, Mapping, Sequence

from knowledge.search.terms import MONEY, STOP_WORDS, stem, words
from knowledge.search.thesaurus import ALIKE, SMALL_TALK

PHRASE, CONTENT, MIDDLE, SLIGHT, TALK = 1.3, 1.0, 0.6, 0.25, 0.0
"""How much a passage must hold a word: what is asked about, what says little, the talk around it."""
_LONGEST_PHRASE = 5

Stems = tuple[str, ...]


def _stems(group: Iterable[str]) -> list[Stems]:
    return [tuple(stem(word) for word in words(one)) for one in group]


def _groups(groups: Sequence[Sequence[str]]) -> tuple[dict[str, set[str]], dict[Stems, set[str]]]:
    """Give for each word and phrase the words of its groups, and the mark of a group that has phrases."""
    by_word: dict[str, set[str]] = {}
    by_phrase: dict[Stems, set[str]] = {}
    for number, group in enumerate(groups):
        split = _stems(group)
        mark = {f"~{number}"} if any(len(one) > 1 for one in split) else set()
        single = {one[0] for one in split if len(one) == 1} | mark
        for one in split:
            if len(one) == 1:
                by_word.setdefault(one[0], set()).update(single)
            else:
                by_phrase.setdefault(one, set()).update(single)
    return by_word, by_phrase


ALIKE_WORDS, ALIKE_PHRASES = _groups(ALIKE)
"""What means the same, by word and by phrase."""
TALK_WORDS = frozenset(stem(word) for word in SMALL_TALK)
PRICE_WORDS = frozenset(ALIKE_WORDS[MONEY])
EMPTY_WORDS = TALK_WORDS | frozenset(stem(word) for word in STOP_WORDS)
ENGLISH = TALK_WORDS | ALIKE_WORDS.keys()
"""Words of the language: no slips for others, and nobody's names."""
_PHRASE_STARTS = frozenset(one[0] for one in ALIKE_PHRASES)


def phrase_at(stems: Stems, at: int, phrases: Mapping[Stems, set[str]]) -> tuple[int, set[str]]:
    """Find the longest phrase that begins at a word.

    Returns:
        How many words it has, 0 when there is none, and what it means.
    """
    for length in range(min(_LONGEST_PHRASE, len(stems) - at), 1, -1):
        if (meant := phrases.get(stems[at : at + length])) is not None:
            return length, meant
    return 0, set()


def marks(text: str) -> list[str]:
    """Give the terms of the phrases in a passage that the thesaurus knows.

    Returns:
        A mark for each phrase, which its synonyms in a question find.
    """
    stems = tuple(stem(word) for word in words(text))
    found = []
    for at, root in enumerate(stems):
        if root in _PHRASE_STARTS:
            found += [one for one in phrase_at(stems, at, ALIKE_PHRASES)[1] if one.startswith("~")]
    return found


def need_of(word: str, root: str, *, known: bool) -> float:
    """Tell how much a passage that answers must hold a word of the question.

    Args:
        known: Whether the files have it, or a word like it.
    """
    if word.isdigit() or word in STOP_WORDS:
        return TALK
    if root in TALK_WORDS:
        return SLIGHT if known and root in ALIKE_WORDS else TALK
    if root in PRICE_WORDS:
        # A price is asked of something: the something is what has to be held.
        return SLIGHT if known else TALK
    return CONTENT
