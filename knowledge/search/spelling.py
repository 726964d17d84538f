"""A question as the files would spell it: slips of the ear and the keyboard, and compounds written apart."""

import difflib
import re
from collections.abc import Collection

from knowledge.search.lexicon import ENGLISH
from knowledge.search.terms import STOP_WORDS, plain, stem
from language.meaning.embedding import Embedder

_SHORTEST = 5
_STRANGE = 18.0
"""How surprising a word is that is likely a slip (natural logarithm); "denture" and "retainer" are 19."""
_ALIKE = 0.8
_WORD = re.compile(r"([^\W\d_]+)")


class Spelling:
    """Knows how files spell their terms."""

    def __init__(self, vocabulary: Collection[str]) -> None:
        self._vocabulary = vocabulary
        self._by_letter: dict[str, list[str]] = {}
        for term in vocabulary:
            if len(term) >= _SHORTEST - 1 and term.isalpha():
                self._by_letter.setdefault(term[0], []).append(term)

    def mend(self, question: str) -> str:
        """Write a question as the files would; as it is where nothing is to be mended."""
        said = plain(question)
        pieces = _WORD.split(said)  # every second is a word
        for place in range(1, len(pieces), 2):
            before, joint, word = pieces[max(place - 2, 0)], pieces[place - 1], pieces[place]
            if joint in {" ", "-"} and self._is_compound(before, word):
                pieces[place - 2 : place + 1] = ["", "", before + word]
            else:
                pieces[place] = self._meant(word)
        mended = "".join(pieces)
        return question if mended == said else mended

    def _is_compound(self, first: str, second: str) -> bool:
        whole = first + second
        return (
            len(whole) > _SHORTEST
            and STOP_WORDS.isdisjoint((first, second))
            and stem(whole) in self._vocabulary
        )

    def _meant(self, word: str) -> str:
        root = stem(word)
        if len(word) < _SHORTEST or root in self._vocabulary or root in ENGLISH:
            return word
        if Embedder.shared().surprise(word) < _STRANGE:
            return word
        near = [one for one in self._by_letter.get(word[0], ()) if abs(len(one) - len(root)) <= 2]  # noqa: PLR2004
        return next(iter(difflib.get_close_matches(root, near, 1, _ALIKE)), word)
