"""A caller's question as what a passage has to hold to answer it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from knowledge.search.answer_kinds import days_named, kinds_preferred, kinds_required
from knowledge.search.clauses import asks_for_records, clauses, things_asked_for
from knowledge.search.lexicon import (
    ALIKE_PHRASES,
    ALIKE_WORDS,
    CONTENT,
    EMPTY_WORDS,
    ENGLISH,
    MIDDLE,
    PHRASE,
    PRICE_WORDS,
    SLIGHT,
    TALK,
    need_of,
    phrase_at,
)
from knowledge.search.terms import MONEY, NUMBER, STOP_WORDS, plain, stem, words

ALIKE_FITS = 0.8
"""How well a word stands for one that means the same."""
UNKNOWN_THING = 2.2
"""The need of what a question is after by its name, when the files have no word for it."""
UNKNOWN_TERM = 1.5
"""The need of a word of the field that no file has: they would say it, had they to do with it."""
ELSEWHERE = 3.0
"""The need of what no file holds: what a person did, or a number where no file gives one."""
TOLD, TOLD_UNKNOWN = 0.5, 0.2
"""How much of its need a word keeps that is told around a question that says by itself what it asks about."""
ALONE_UNKNOWN = 0.4
"""The same for a word that no file has, where the question itself says nothing ("can you do that?")."""
KIND_WEIGHT, TALK_WEIGHT = 0.5, 0.2
"""How much the kind of an answer, and ordinary talk, counts when passages that answer are put in order."""
_RUNS = re.compile(r"\b(what (?:do|does|did|would|will|might)\b[^.?!]{1,60}?) run\b")
"""What does it run?"""
_COUNTS = re.compile(r"\bhow many\b")
_TITLES = frozenset(("dr", "doctor", "mr", "mrs", "ms"))
_ASIDE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Concept:
    """Something that is asked about.

    Attributes:
        variants: The index's terms for it, each with how well it stands for it (0 to 1); empty when the
            files have no word for it.
        need: How much a passage that answers must hold it: ``CONTENT``, ``SLIGHT`` or ``TALK``, more or less.
        veto: Whether a passage without it answers nothing: who asks for a price wants a price.
        order: How much it counts when passages are put in order; None follows from the need.
        kind: Whether it is a kind of answer, not a word.
        named: Whether it is somebody's name, of whom the rest is asked.
    """

    variants: tuple[tuple[str, float], ...]
    need: float
    veto: bool = False
    order: float | None = None
    kind: bool = False
    named: bool = False

    @property
    def weight(self) -> float:
        """How much it counts when passages that answer are put in order."""
        if self.order is not None:
            return self.order
        if self.veto:
            return 1.0
        return TALK_WEIGHT if self.need == TALK else self.need


class Reader:
    """Reads questions against the vocabulary of one index."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary

    def read(self, question: str) -> list[Concept]:
        """Find what a question asks about.

        What is asked counts in full; the story around it counts in part, or in full where the question only
        points at it.

        Args:
            question: As the caller put it; what stands in parentheses helps to choose and need not be held.
        """
        said = plain(_ASIDE.sub(" ", question))
        asked: list[Concept] = []
        told: list[Concept] = []
        for clause in clauses(said):
            if clause.asks:
                asked += self._concepts(clause.text, things_asked_for(clause.text))
                asked += [Concept((), ELSEWHERE)] if asks_for_records(clause.text) else []
            else:
                told += self._concepts(clause.text)
        told = _beside(told) if _says_what(asked) else [_if_unknown(one, ALONE_UNKNOWN) for one in told]
        aside = self._concepts(" ".join(_ASIDE.findall(question)))
        found = [*asked, *told]
        found += self._kinds(said, of_somebody=any(one.named for one in found))
        return _each_once([*found, *(Concept(one.variants, TALK) for one in aside if one.variants)])

    def _kinds(self, said: str, *, of_somebody: bool) -> list[Concept]:
        found = [
            Concept(((mark, 1.0),), TALK, order=KIND_WEIGHT, kind=True)
            for mark in kinds_preferred(said)
            if mark in self._vocabulary
        ]
        found += [self._required(mark) for mark in kinds_required(said)]
        if of_somebody:
            found += [self._required(day, kind=True) for day in days_named(said)]
        return found

    def _required(self, mark: str, *, kind: bool = False) -> Concept:
        if mark not in self._vocabulary:
            return Concept((), ELSEWHERE)
        return Concept(((mark, 1.0),), TALK, veto=not kind, kind=kind)

    def _concepts(self, text: str, things: frozenset[str] = frozenset()) -> list[Concept]:
        text = _RUNS.sub(r"\1 cost", text)
        said = words(text)
        stems = tuple(stem(word) for word in said)
        found: list[Concept] = []
        at = 0
        while at < len(said):
            length, meant = phrase_at(stems, at, ALIKE_PHRASES)
            if length and (phrase := self._phrase(meant, stems[at : at + length])) is not None:
                found.append(phrase)
                at += length
                continue
            if said[at] not in STOP_WORDS:
                one = self._word(said[at], stems[at], sought=said[at] in things)
                if at and said[at - 1] in _TITLES and one.need >= MIDDLE:
                    one = _named(one, known=stems[at] in ENGLISH)
                found.append(one)
            at += 1
        if _COUNTS.search(text):
            found.append(self._required(NUMBER))
        return found

    def _phrase(self, meant: set[str], said: tuple[str, ...]) -> Concept | None:
        price = meant <= PRICE_WORDS
        variants = self._known({one: _fitness(one, price=price) for one in meant})
        if not variants:
            return None if all(one in EMPTY_WORDS for one in said) else Concept((), UNKNOWN_THING)
        return Concept(variants, SLIGHT if price else PHRASE, price)

    def _word(self, word: str, root: str, *, sought: bool) -> Concept:
        if root in PRICE_WORDS:
            fits = {one: _fitness(one, price=True) for one in PRICE_WORDS}
        else:
            fits = dict.fromkeys(ALIKE_WORDS.get(root, ()), ALIKE_FITS) | {root: 1.0}
        variants = self._known(fits)
        need = need_of(word, root, known=bool(variants))
        if sought and not variants and need >= CONTENT:
            need = UNKNOWN_THING
        elif not variants and need == CONTENT and root in ALIKE_WORDS:
            need = UNKNOWN_TERM
        return Concept(variants, need, root in PRICE_WORDS)

    def _known(self, fits: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        return tuple((term, fit) for term, fit in sorted(fits.items()) if term in self._vocabulary)


def _says_what(asked: Iterable[Concept]) -> bool:
    """Tell whether a question says by itself what it is about, unlike "is that okay?"."""
    return any(one.variants and one.need >= MIDDLE for one in asked)


def _beside(told: Iterable[Concept]) -> list[Concept]:
    """Make what is told around a question count less for answering, and as much for choosing."""
    return [
        replace(
            one,
            need=one.need * (TOLD if one.variants else TOLD_UNKNOWN),
            order=one.weight,
            veto=False,
            named=False,
        )
        for one in told
    ]


def _named(concept: Concept, *, known: bool) -> Concept:
    """Read what stands behind a title: an answer has to name the person, and a stranger is in no file."""
    if concept.variants:
        return replace(concept, need=SLIGHT, veto=True, named=True)
    return concept if known else Concept((), ELSEWHERE)


def _if_unknown(concept: Concept, share: float) -> Concept:
    return concept if concept.variants else replace(concept, need=concept.need * share)


def _each_once(concepts: Iterable[Concept]) -> list[Concept]:
    """Leave out what is repeated: of the same terms, the strongest need counts."""
    found: dict[object, Concept] = {}
    for one in concepts:
        key = one.variants or one.need
        if key not in found or found[key].need < one.need:
            found[key] = one
    return list(found.values())


def _fitness(term: str, *, price: bool) -> float:
    """Tell how well a phrase's term stands for it: who asks for a price wants the amount."""
    return 0.5 if price and term != MONEY else 1.0
