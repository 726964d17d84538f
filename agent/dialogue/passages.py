"""The sentence or two of a practice's files that answer a question, as a person would say them."""

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.dialogue.ages import age_in, is_for
from agent.dialogue.read_aloud import Sentence, Told, sentences
from agent.statements.kinds import claims_a_deed
from knowledge.search.answer_kinds import kinds
from knowledge.search.lexicon import EMPTY_WORDS, PRICE_WORDS, TALK, marks
from knowledge.search.question import Concept, Reader
from knowledge.search.quotable import is_order
from knowledge.search.spelling import Spelling
from knowledge.search.terms import MONEY, NUMBER, terms
from language.phrases import phrase

MOST_WORDS = 45
ENOUGH_WORDS = 36
"""A section of so many words is said whole."""
_FEW_WORDS = 20
"""A sentence of fewer words takes the next one along."""
_TALK_WEIGHT = 0.15
_BY_RANK = 0.08
"""How much less a passage's sentences count for each section of a file that was found before its own."""
_ABOUT_ANOTHER = 0.3
"""How much a row of a table still counts that is about something else than the question."""
_ABOUT_IT = 1.6
"""How much more a row counts that tells the price of just what the question names."""
_WITHOUT_AMOUNT = 0.5
"""How much a sentence still counts that names no amount where a price is asked for and one is named."""
_MOST_ROWS = 3
"""Prices of one thing, for different people, that are told in one breath."""
_NOT_FOR_CALLERS = phrase("passages.not_for_callers")
_CLAUSE_END = re.compile(r"[;:]\s|,\s(?=(?:and|but|or|so|which|who)\b)|\s\u2013\s|,\s")


@dataclass(frozen=True)
class _Choice:
    """A sentence that could be said.

    Attributes:
        section: The sentences of its passage, it among them.
        at: Its place there.
        heading: What the heading right above it holds.
        about: What a row is about; empty for running text.
        rank: The place of its passage's section among those found.
    """

    sentence: Sentence
    section: Sequence[Sentence]
    at: int
    terms: frozenset[str]
    heading: frozenset[str]
    about: frozenset[str]
    rank: int

    @property
    def costs(self) -> bool:
        """Whether it says what something costs."""
        return MONEY in self.terms or "free" in self.terms

    @property
    def thing(self) -> str:
        """What a row is about without its conditions: "Cleaning" of "Cleaning, children under 12"."""
        return self.sentence.about.split(",")[0].strip().lower()


def best_answer(question: str, passages: Sequence[Any]) -> str | None:
    """Choose what to say out of the passages that a search returned.

    A sentence is chosen for what it holds of the question, as the search reads it: words with their forms,
    synonyms and slips, the rarer the more. Sentences that speak to the assistant or about callers, and such
    as say that something is booked, are never said: no document decides what this call has come to.

    Args:
        passages: The result's passages, best first; each with ``text`` and maybe ``heading``.

    Returns:
        One or two sentences, at most ``MOST_WORDS`` words, or None when no sentence has to do with the
        question.
    """
    age = age_in(question)
    choices = _choices_of(question, passages)
    if not choices:
        return None
    vocabulary = {term: 0 for one in choices for term in one.terms | one.heading}
    asked = Reader(vocabulary).read(Spelling(vocabulary).mend(question))
    rarity = {id(concept): _rarity(concept, choices) for concept in asked}
    scored = [(_score(one, asked, rarity), one) for one in choices]
    best, choice = max(scored, key=lambda one: one[0])
    if age is not None and not is_for(age, choice.sentence.written):
        # Said of others, "children under 12": the same thing without that condition, or what else there is.
        fitting = [one for one in scored if is_for(age, one[1].sentence.written)]
        same = [one for one in fitting if one[1].thing and one[1].thing == choice.thing]
        best, choice = max(same or fitting, key=lambda one: one[0], default=(0.0, choice))
    if best <= 0:
        return None
    others = _for_others(choice, choices, asked) if age is None else []
    return " ".join([_said(choice), *(one.sentence.spoken for one in others)])


def row_about(question: str, passages: Sequence[Any]) -> str | None:
    """Say what a list holds of just what a question names, though no passage is sure to answer it.

    "Do you bill Medicaid for kids?" is answered by the insurer's row; a price answers nothing but its price.
    """
    asked = frozenset(terms(question))
    rows = [
        one
        for one in _choices_of(question, passages)
        if one.sentence.row and not one.costs and (named := frozenset(terms(one.thing))) and named <= asked
    ]
    told = list(dict.fromkeys(one.sentence.spoken for one in rows))
    same = len({one.thing for one in rows}) == 1 and len(told) < _MOST_ROWS
    return " ".join(told) if same else None


def _choices_of(question: str, passages: Sequence[Any]) -> list[_Choice]:
    asked = frozenset(terms(question)) - EMPTY_WORDS - PRICE_WORDS
    fits = functools.partial(_columns_told, age_in(question), asked)
    read = [one for one in passages if isinstance(one, dict)]
    places = [(one.get("file"), one.get("heading") or number) for number, one in enumerate(read)]
    sections = list(dict.fromkeys(places))
    return [
        choice
        for one, place in zip(read, places, strict=True)
        for choice in _choices(
            str(one.get("text") or ""), str(one.get("heading") or ""), sections.index(place), fits
        )
    ]


def _for_others(choice: _Choice, choices: Sequence[_Choice], asked: Sequence[Concept]) -> list[_Choice]:
    """List the rows with what the same thing costs others, where the question says nothing of for whom."""
    if not choice.thing or not choice.costs:
        return []
    named = {term for concept in asked if concept.need != TALK for term, _ in concept.variants}
    same = [one for one in choices if one.thing == choice.thing and one.costs and one.rank == choice.rank]
    if named & (frozenset().union(*(one.about for one in same)) - _terms(choice.thing)):
        return []
    others = list({one.sentence.spoken: one for one in same if one.sentence != choice.sentence}.values())
    said = len(choice.sentence.spoken.split()) + sum(len(one.sentence.spoken.split()) for one in others)
    return others if len(others) < _MOST_ROWS and said <= MOST_WORDS else []


def _columns_told(age: int | None, asked: frozenset[str], names: Sequence[str]) -> list[bool]:
    """Choose of a row's prices those for the age and the plan that a question names."""
    told = [age is None or is_for(age, name) for name in names]
    held = [frozenset(terms(name)) for name in names]
    named = [bool(asked & (its - frozenset.intersection(*held))) for its in held]
    both = [fits and is_named for fits, is_named in zip(told, named, strict=True)]
    return both if any(both) else told


def _choices(text: str, heading: str, rank: int, fits: Told) -> list[_Choice]:
    inner = heading.rsplit(" / ", 1)[-1]
    if not _may_be_said(inner):
        inner = ""
    above = frozenset([*terms(inner), *marks(inner)])
    return [
        one
        for head, part in _parts(sentences(text, inner, fits))
        for one in _of_part(part, above | head, rank)
    ]


def _parts(found: Sequence[Sentence]) -> list[tuple[frozenset[str], list[Sentence]]]:
    """Part what stands under one heading at the questions in it: each is the heading of its answer."""
    parts: list[tuple[frozenset[str], list[Sentence]]] = [(frozenset(), [])]
    for one in found:
        if one.written.endswith("?"):
            parts.append((_terms(one.written), []))
        elif _may_be_said(one.written):
            parts[-1][1].append(one)
    return parts


def _of_part(said: Sequence[Sentence], above: frozenset[str], rank: int) -> list[_Choice]:
    held = [_terms(one.written) for one in said]
    return [
        _Choice(one, said, at, its, above, _terms(one.about), rank)
        for at, (one, its) in enumerate(zip(said, held, strict=True))
    ]


def _may_be_said(sentence: str) -> bool:
    return not (is_order(sentence) or _NOT_FOR_CALLERS.search(sentence) or claims_a_deed(sentence))


def _terms(text: str) -> frozenset[str]:
    found = terms(text)
    return frozenset(
        [*found, *kinds(text), *marks(text), *([NUMBER] if any(one.isdigit() for one in found) else [])]
    )


def _rarity(concept: Concept, choices: Sequence[_Choice]) -> float:
    holding = sum(any(term in one.terms for term, _ in concept.variants) for one in choices)
    return math.log(1 + (len(choices) + 1) / (holding + 0.5))


def _score(choice: _Choice, asked: Sequence[Concept], rarity: dict[int, float]) -> float:
    score = 0.0
    for concept in asked:
        weight = _TALK_WEIGHT if concept.need == TALK and concept.order is None else concept.weight
        here = max((fits for term, fits in concept.variants if term in choice.terms), default=0.0)
        above = max((fits for term, fits in concept.variants if term in choice.heading), default=0.0)
        score += weight * rarity[id(concept)] * max(here, above)
        if concept.veto and MONEY in dict(concept.variants) and MONEY not in choice.terms:
            score *= _WITHOUT_AMOUNT
    named = {term for concept in asked if concept.need != TALK for term, _ in concept.variants}
    if choice.about and not choice.about & named:
        score *= _ABOUT_ANOTHER
    elif choice.about and _terms(choice.thing) <= named and (MONEY in named or not choice.costs):
        score *= _ABOUT_IT
    return score * (1 - _BY_RANK * min(choice.rank, 5))


def _said(choice: _Choice) -> str:
    """Say a short section whole; else the sentence, and where it is short the next one, or the one before."""
    sentence, section, at = choice.sentence, choice.section, choice.at
    if len(sentence.spoken.split()) > MOST_WORDS:
        return _cut(sentence.spoken)
    if sentence.row:
        return sentence.spoken
    told = [one for one in section if not one.row]
    if len(_together(told).split()) <= ENOUGH_WORDS:
        return _together(told)
    if len(sentence.spoken.split()) < _FEW_WORDS:
        pairs = [(sentence, section[at + 1])] if at + 1 < len(section) else []
        pairs += [(section[at - 1], sentence)] if at else []
        fitting = [one for one in pairs if not (one[0].row or one[1].row)]
        both = [one for one in map(_together, fitting) if len(one.split()) <= MOST_WORDS]
        return next(iter(both), sentence.spoken)
    return sentence.spoken


def _together(said: Sequence[Sentence]) -> str:
    return " ".join(one.spoken for one in said)


def _cut(sentence: str) -> str:
    """End a sentence that is too long to be heard at once at the last place where it can end."""
    ends = [match.start() for match in _CLAUSE_END.finditer(sentence)]
    fitting = [end for end in ends if len(sentence[:end].split()) <= MOST_WORDS]
    end = fitting[-1] if fitting else len(" ".join(sentence.split()[:MOST_WORDS]))
    return sentence[:end].rstrip(",;:") + "."
