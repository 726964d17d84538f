"""What a practice wants put through to a person: known by its words and by its meaning."""

import functools

import numpy as np
from numpy.typing import NDArray

from agent.dialogue.acts import Clause, Heard
from contracts.practice_rules import PracticeRules
from language.meaning.embedding import Embedder
from language.normalize import normal
from language.phrases import phrase

_KNOCKED_OUT = phrase("rules.knocked_out")
_LONG_AGO = phrase("rules.long_ago")
_COMMON = frozenset(
    "a an the of to for in on at by with from and or my your our about who that wants want needs need "
    "wishes asks asking anybody anyone somebody someone caller callers patient patients is are has have "
    "dr doctor".split()
)
_STEM = 4
_WORDS_COUNT = 0.4
"""How far words in common count beside the likeness of meaning, which is 1 at most."""
_LIKE = 0.8
_SURE = 0.5


def goes_to_a_person(heard: Heard, rules: PracticeRules) -> str:
    """Find what in an utterance goes to a person whatever else was said; empty when nothing does.

    A tooth that was just knocked out can be saved within minutes. All else is the practice's to say: see
    ``_rule_for``.
    """
    if _KNOCKED_OUT.search(heard.words) and not _LONG_AGO.search(heard.words):
        return "a tooth was knocked out"
    return _rule_for(heard, rules)


def _rule_for(heard: Heard, rules: PracticeRules) -> str:
    """Find the practice's rule by which something in an utterance goes to a person; empty when there is none.

    A clause fits a rule when it holds all words of its own that the rule has, or when it means about the
    same and has some of them. A wish for a visit has to hold them all.
    """
    wanted = tuple(rules.to_a_person)
    if not wanted or not heard.clauses:
        return ""
    likeness = Embedder.shared().embed([one.text for one in heard.clauses]) @ _vectors(wanted).T
    for clause, row in zip(heard.clauses, likeness, strict=True):
        for rule, like in zip(wanted, row, strict=True):
            if _fits(clause, rule, float(like)):
                return rule
    return ""


def _fits(clause: Clause, rule: str, like: float) -> bool:
    own, said = _stems(rule), _stems(clause.words)
    share = len(own & said) / len(own) if own else 0.0
    if share == 1:
        return True
    visit = clause.kind == "book" and clause.sure >= _SURE
    return not visit and bool(share) and like + _WORDS_COUNT * share >= _LIKE


def _stems(text: str) -> set[str]:
    return {word[:_STEM].removesuffix("s") for word in normal(text).split() if word not in _COMMON}


@functools.lru_cache(64)
def _vectors(rules: tuple[str, ...]) -> NDArray[np.float32]:
    return Embedder.shared().embed(rules)
