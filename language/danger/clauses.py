"""What an utterance asserts, clause by clause, without what it denies, tells of the past or only imagines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from language import known_names
from language.danger.rules import Rules, rules_of
from language.meaning.classifier import plain_words

LONGEST = 8000
"""Characters of an utterance that are read."""
MOST_CLAUSES = 120
_SENTENCE_END = re.compile(
    r"(?<=[.?!\u2026])(?<!\b[DdMm]r\.)(?<!\bM[rs]s\.)(?<!\bMs\.)(?<!\b[DS]ra\.)(?<!\bSr\.)\s+|[\n;]+|"
    r"(?<=[a-z]{2})[.?!\u2026]+(?=[A-Z\u00bf\u00a1])"
)
_PHRASE_END = re.compile(r"[,:()\"\u201c\u201d\u2014\u2013]+|\s-+\s")
# Of whom nothing is told: "Hector Delgado is bleeding" stays as it is.
_FULL_NAME = re.compile(
    r"\b([A-Z][a-z]{2,20}) [A-Z][a-z]{2,20}\b(?=[,.;!?]|$| (?:and|at|on|for|please|too|y|a|el|para|por)\b)"
)
_LIST_OR = re.compile(r"\b(?:or|nor|o|ni)\b")
_SHORT = 4
_REST = 2
"""Words that say nothing of their own when what they belong to is denied."""


class Status(StrEnum):
    """What an utterance says of a clause."""

    ASSERTED = "asserted"
    PAST = "past"
    IMAGINED = "imagined"


@dataclass(frozen=True)
class Clause:
    """A stretch of an utterance.

    Attributes:
        words: Plain words, without what is denied.
        status: Whether it is said to be so now.
        denies: Something in it was denied and is cut out.
        well: It says that whoever was spoken of is well again.
    """

    words: str
    status: Status
    denies: bool
    well: bool = False


def language_of(text: str, otherwise: str) -> str:
    """Tell English from Spanish by the small words.

    Args:
        otherwise: The language of the conversation, for what could be either.
    """
    words = plain_words(text).split()
    spanish = sum(word in rules_of("es").telling for word in words)
    english = sum(word in rules_of("en").telling for word in words)
    if spanish == english:
        return "es" if otherwise.lower().startswith("es") else "en"
    return "es" if spanish > english else "en"


def clauses_of(text: str, language: str) -> list[list[Clause]]:
    """Take an utterance apart.

    Args:
        language: ``en`` or ``es``.

    Returns:
        The clauses of each sentence, in order; at most ``MOST_CLAUSES`` in all, the last ones kept.
    """
    rules = rules_of(language)
    text = _FULL_NAME.sub(_unless_known, text[-LONGEST:])
    sentences = [
        list(
            _read([words for phrase in _PHRASE_END.split(sentence) for words in _split(phrase, rules)], rules)
        )
        for sentence in _SENTENCE_END.split(text)
    ]
    kept: list[list[Clause]] = []
    room = MOST_CLAUSES
    for sentence in reversed(sentences):
        if sentence and room > 0:
            kept.append(sentence[-room:])
            room -= len(sentence)
    return kept[::-1]


def _unless_known(match: re.Match[str]) -> str:
    """Put one name for all, which say nothing of danger: "and Dad is Hector Delgado"."""
    known = known_names.plain(match[1]) in known_names.known_names("first")
    return "John Smith" if known else match[0]


def _split(phrase: str, rules: Rules) -> Iterator[str]:
    """Cut a phrase before conjunctions, and before subjects that nothing binds to what precedes."""
    words = plain_words(phrase)
    if not words:
        return
    cuts = {match.start() for match in rules.joins.finditer(words)}
    cuts |= {
        match.end() + 1
        for match in rules.turns.finditer(words)
        if match.group().split()[0] not in rules.bound
    }
    start = 0
    for cut in [*sorted(cuts), len(words)]:
        if piece := words[start:cut].strip():
            yield piece
        start = cut


def _read(pieces: list[str], rules: Rules) -> Iterator[Clause]:
    """Give each piece its status; one that does not tell takes it over from its neighbours."""
    statuses = [_status(piece, rules) for piece in pieces]
    telling = [rules.present_verb.search(piece) is not None for piece in pieces]
    for n in range(1, len(pieces)):
        if statuses[n] is Status.ASSERTED and not telling[n]:
            statuses[n] = statuses[n - 1]
    for n in range(len(pieces) - 2, -1, -1):
        if statuses[n] is Status.ASSERTED and not telling[n] and statuses[n + 1] is Status.PAST:
            statuses[n] = Status.PAST
    lists = any(_LIST_OR.search(piece) for piece in pieces[1:])
    denying = False
    for piece, status in zip(pieces, statuses, strict=True):
        left = " ".join(rules.denied.sub(" ", piece).split())
        # "No fever, swelling or chest pain": what is denied first is denied of the whole list.
        if denying and lists and len(piece.split()) <= _SHORT and not rules.subject.search(piece):
            left = " ".join(rules.symptom.sub(" ", piece).split())
        denying = left != piece
        if denying and len(left.split()) <= _REST:
            left = ""
        yield Clause(left, status, denying, rules.well.search(piece) is not None)


def _status(piece: str, rules: Rules) -> Status:
    if rules.imagined.search(piece) and not rules.yet_real.search(piece):
        return Status.IMAGINED
    if rules.past.search(piece) and not rules.present.search(piece):
        return Status.PAST
    return Status.ASSERTED
