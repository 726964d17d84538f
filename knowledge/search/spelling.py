"""A question as the files would spell it: slips of the ear and the keyboard, and compounds written apart."""

import difflib
from collections.abc import Container, Iterable

from knowledge.search.terms import STOP_WORDS, stem, words
from language.meaning.embedding import Embedder

_SHORTEST = 5
_STRANGE = 18.0
"""How surprising a word is that is likely a slip (natural logarithm); "denture" and "retainer" are 19."""
_ALIKE = 0.8


class Spelling:
    """Knows how the files spell their words.

    Args:
        vocabulary: Their terms.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._by_letter: dict[str, list[str]] = {}
        for term in vocabulary:
            if len(term) >= _SHORTEST - 1 and term.isalpha():
                self._by_letter.setdefault(term[0], []).append(term)

    def mend(self, question: str, vocabulary: Container[str]) -> str:
        """Write a question as the files would.

        Args:
            vocabulary: The files' terms.

        Returns:
            The question itself where nothing is to be mended; else its words, each slip as its term.
        """
        said = words(question)
        found: list[str] = []
        for place, word in enumerate(said):
            pair = said[max(place - 1, 0) : place + 1]
            joined = "".join(pair)
            is_compound = len(pair) > 1 and len(joined) > _SHORTEST and STOP_WORDS.isdisjoint(pair)
            if is_compound and stem(joined) in vocabulary:
                found[-1] = joined
            else:
                found.append(self._meant(word, vocabulary))
        return question if found == said else " ".join(found)

    def _meant(self, word: str, vocabulary: Container[str]) -> str:
        root = stem(word)
        if len(word) < _SHORTEST or root in vocabulary or Embedder.shared().surprise(word) < _STRANGE:
            return word
        near = [one for one in self._by_letter.get(word[0], ()) if abs(len(one) - len(root)) <= 2]  # noqa: PLR2004
        return next(iter(difflib.get_close_matches(root, near, 1, _ALIKE)), word)
