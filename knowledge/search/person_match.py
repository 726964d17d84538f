"""What a passage says of one person among several."""

import re
from collections.abc import Sequence

from knowledge.search.answer_kinds import kinds
from knowledge.search.lexicon import MIDDLE, marks
from knowledge.search.question import Concept
from knowledge.search.terms import terms

_SENTENCE = re.compile(r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<=[.!?;])\s+|\n+")
_TITLED = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Sister|Nurse|Prof)\b\.? [A-Z]")


def tells_of(text: str, heading: str, asked: Sequence[Concept]) -> bool:
    """Tell whether a passage says of the person that is named what is asked of them, and not of another."""
    names = [one for one in asked if one.named]
    wanted = [one for one in asked if one.kind or (one.need >= MIDDLE and not one.named)]
    if not names or not wanted:
        return True
    theirs = text if all(_holds(terms(heading), one) for one in names) else _of(text, names)
    held = [*terms(theirs), *kinds(theirs), *marks(theirs)]
    return all(_holds(held, one) for one in wanted if one.variants)


def _of(text: str, names: Sequence[Concept]) -> str:
    """Cut a passage down to what stands from where the person is named up to where another is."""
    theirs: list[str] = []
    named = False
    for sentence in _SENTENCE.split(text):
        small = sentence.lower()
        # A stem is what its word begins with, for a name at least.
        if all(any(term in small for term, _ in one.variants) for one in names):
            named = True
        elif _TITLED.search(sentence):
            named = False
        if named:
            theirs.append(sentence)
    return " ".join(theirs)


def _holds(held: Sequence[str], concept: Concept) -> bool:
    return any(term in held for term, _ in concept.variants)
