"""Tells whether what somebody says means danger to life, by its meaning and by rules over its words."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from language.danger.clauses import Clause, Status, clauses_of, language_of
from language.danger.rules import rules_of
from language.meaning.classifier import Classifier, plain_words
from language.meaning.embedding import Embedder

TASK = "danger"
DESPAIR = "despair"
KINDS = (
    "airway",
    "infection",
    "bleeding",
    "injury",
    "chest",
    "stroke",
    "collapse",
    "allergy",
    "poisoning",
    "inhaled",
    DESPAIR,
)
"""What means danger; each is a label of the examples."""
PLEA = "plea"
"""Asks for help without a word of against what: one question tells. A label of the examples too."""
URGENT_KINDS = ("knocked_out", "bad_pain", "swelling")
"""What should be seen soon and is no danger; each is a label of the examples."""
ORDINARY_KINDS = ("booking", "changing", "details", "questions")
"""What is said to a practice on any day; each is a label of the examples."""
ASIDE = "other"
"""What is said to anybody: of waiting, of the line, of the weather. A label of the examples too."""
SURE = 0.62
BACKED = 0.2
"""Enough where the words name danger as well."""
UNSURE = 0.37
"""From where on it asks, where it is not sure by meaning alone."""
PLEADS, PLEADS_WITH_DANGER = 0.65, 0.45
"""From where on a plea for help asks, by itself and together with what means danger."""
HARMLESS = 0.3
"""A sentence that means less danger than this as a whole takes what one of its clauses means by itself a step
down: it asks instead of being sure, and lets pass instead of asking. So does "I'm fine now" with what is
told before it, whatever its words."""
SURE_OF_DESPAIR, UNSURE_OF_DESPAIR = 0.8, 0.6
"""The same of despair, which farewells and names ("Kenji Sorrow") come near."""
URGENT = 0.5
LIKE, VERY_LIKE = 0.7, 0.85
"""From where on two short phrases say the same."""
_SMALL_WORDS = frozenset(
    "a an the my his her of to in on or and with any un una el la los las de en o y con".split()
)


class Level(StrEnum):
    """How an utterance is to be taken."""

    NONE = "none"
    URGENT = "urgent"
    """To be seen as early as can be."""
    UNSURE = "unsure"
    """May be danger: one question tells."""
    SURE = "sure"
    """Danger to life."""


@dataclass(frozen=True)
class Reading:
    """What an utterance means.

    Attributes:
        kind: One of ``KINDS`` or ``URGENT_KINDS``, or ``PLEA``; empty for none.
        likelihood: Of danger, from 0 to 1, by meaning alone.
        ordinary: How likely the most ordinary stretch is what is said to a practice on any day.
        plain: How likely its least ordinary stretch is said on any day, to a practice or to anybody.
        named: The words name danger; else it is told by their meaning alone.
        about: It speaks of a body or a person.
    """

    level: Level
    kind: str = ""
    likelihood: float = 0.0
    ordinary: float = 0.0
    plain: float = 0.0
    named: bool = False
    about: bool = False


class DangerDetector:
    """Reads utterances; one for the process, from any thread."""

    _shared: ClassVar[Self | None] = None
    _loading: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, embedder: Embedder, classifier: Classifier) -> None:
        self._embedder = embedder
        self._classifier = classifier
        self._danger = [classifier.labels.index(kind) for kind in KINDS]
        self._plea = classifier.labels.index(PLEA)
        self._despair = classifier.labels.index(DESPAIR)
        self._urgent = [classifier.labels.index(kind) for kind in URGENT_KINDS]
        self._ordinary = [classifier.labels.index(kind) for kind in ORDINARY_KINDS]
        self._plain = [*self._ordinary, classifier.labels.index(ASIDE)]
        self._last: tuple[tuple[str, str], Reading] | None = None

    @classmethod
    def shared(cls) -> Self:
        """Give the process's detector; the first call loads its model."""
        with cls._loading:
            if cls._shared is None:
                embedder = Embedder.shared()
                cls._shared = cls(embedder, Classifier.load(TASK, embedder))
            return cls._shared

    def read(self, text: str, language: str = "en") -> Reading:
        """Tell what an utterance means.

        Args:
            language: The conversation's; the utterance's own is told by its words.
        """
        # Several ask for the caller's last words, one after the other.
        last, key = self._last, (text, language)
        if last is None or last[0] != key:
            self._last = last = (key, self._read(text, language))
        return last[1]

    def _read(self, text: str, language: str) -> Reading:
        spoken = language_of(text, language)
        sentences = clauses_of(text, spoken)
        clauses = [clause for sentence in sentences for clause in sentence]
        asserted = [clause for clause in clauses if clause.status is Status.ASSERTED]
        # Whoever only supposes their own death may mean it.
        supposed = {clause.words for clause in clauses if clause.status is Status.IMAGINED} - {""}
        supposed |= {
            " ".join(clause.words for clause in sentence if clause.words)
            for sentence in sentences
            if any(clause.status is Status.IMAGINED and clause.words for clause in sentence)
        }
        whole = [joined for sentence in sentences if (joined := _joined(sentence))]
        stretches = [one for one in dict.fromkeys([*(c.words for c in asserted), *whole, *supposed]) if one]
        if not stretches:
            return Reading(Level.NONE)
        found = self._classifier.probabilities(stretches)
        rules = rules_of(spoken)
        outvoted = self._outvoted(sentences, stretches, found)
        over = _over(sentences)
        readings = [
            self._judge(
                row,
                next((kind for kind, pattern in rules.signs.items() if pattern.search(stretch)), ""),
                supposed=stretch in supposed,
                asks=rules.asks.search(stretch) is not None,
                outvoted=stretch in outvoted,
                over=stretch in over,
            )
            for row, stretch in zip(found, stretches, strict=True)
        ]
        order = list(Level)
        gravest = max(readings, key=lambda one: (order.index(one.level), one.likelihood))
        return replace(
            gravest,
            ordinary=float(found[:, self._ordinary].sum(axis=1).max()),
            plain=float(found[:, self._plain].sum(axis=1).min()),
            about=rules.about.search(plain_words(text)) is not None,
        )

    def matches(self, text: str, signs: Sequence[str], language: str = "en") -> bool:
        """Tell whether somebody says one of a practice's own signs to be so now.

        A sign is found by its words, by its likeness, and where it means a kind of danger or of urgency that
        the utterance means too ("a knocked-out tooth" and "his front tooth came right out").

        Args:
            signs: In a few words each, as a practice writes them.
        """
        spoken = language_of(text, language)
        clauses = [clause for sentence in clauses_of(text, spoken) for clause in sentence]
        asserted = [one.words for one in clauses if one.status is Status.ASSERTED and one.words]
        if not asserted or not signs:
            return False
        looked_for = [plain_words(sign) for sign in signs]
        wanted = [set(sign.split()) - _SMALL_WORDS for sign in looked_for]
        if any(words and words <= set(clause.split()) for words in wanted for clause in asserted):
            return True
        read = [self.read(sign) for sign in signs]
        kind = self.read(text, language).kind
        if kind and any(kind == sign.kind for sign in read):
            return True
        vectors = self._embedder.embed([*asserted, *looked_for])
        nearest = (vectors[: len(asserted)] @ vectors[len(asserted) :].T).max(axis=0)
        # Where a sign means a kind that is known, the nearest other kinds lie close: "a broken tooth".
        return any(
            like >= (VERY_LIKE if sign.kind else LIKE) for like, sign in zip(nearest, read, strict=True)
        )

    async def matches_async(self, text: str, signs: Sequence[str], language: str = "en") -> bool:
        """Tell whether a sign is spoken of without holding up the event loop; as ``matches``."""
        return await asyncio.to_thread(self.matches, text, signs, language)

    async def read_async(self, text: str, language: str = "en") -> Reading:
        """Tell what an utterance means without holding up the event loop; as ``read``."""
        return await asyncio.to_thread(self.read, text, language)

    def _outvoted(
        self, sentences: Sequence[Sequence[Clause]], stretches: Sequence[str], found: NDArray[np.float32]
    ) -> set[str]:
        """Find the clauses of sentences that mean no danger as a whole: "I've a cold and I'm coughing"."""
        row_of = dict(zip(stretches, found, strict=True))
        outvoted: set[str] = set()
        for sentence in sentences:
            joined = _joined(sentence)
            if joined in row_of and float(row_of[joined][self._danger].sum()) < HARMLESS:
                outvoted.update(clause.words for clause in sentence)
        return outvoted

    def _judge(
        self, row: NDArray[np.float32], sign: str, *, supposed: bool, asks: bool, outvoted: bool, over: bool
    ) -> Reading:
        if supposed and sign != DESPAIR:
            sign = ""
        likelihood = float(row[self._despair] if supposed else row[self._danger].sum())
        kind = sign or KINDS[int(row[self._danger].argmax())]
        sure, unsure = (
            (SURE_OF_DESPAIR, UNSURE_OF_DESPAIR) if kind == DESPAIR and not sign else (SURE, UNSURE)
        )
        certain = (likelihood >= sure and (sign or not asks)) or (sign and likelihood >= BACKED)
        outvoted = over or (outvoted and not sign)
        if certain and not outvoted:
            return Reading(Level.SURE, kind, likelihood, named=bool(sign))
        asked = not over and (sign or (asks and not supposed))
        if certain or asked or (likelihood >= unsure and not outvoted):
            return Reading(Level.UNSURE, kind, likelihood, named=bool(sign))
        plea = 0.0 if supposed else float(row[self._plea])
        with_danger = plea + likelihood - float(row[self._despair])
        if plea >= PLEADS or (with_danger >= PLEADS_WITH_DANGER and not outvoted):
            return Reading(Level.UNSURE, PLEA, likelihood)
        if row[self._urgent].sum() >= URGENT and not supposed:
            return Reading(Level.URGENT, URGENT_KINDS[int(row[self._urgent].argmax())], likelihood)
        return Reading(Level.NONE, "", likelihood)


def _over(sentences: Sequence[Sequence[Clause]]) -> set[str]:
    """Find what is told before whoever it is of is said to be well: "choking, okay I'm fine now"."""
    before: list[str] = []
    over: set[str] = set()
    for sentence in sentences:
        for clause in sentence:
            if clause.well:
                over.update(before)
            before.append(clause.words)
        if sentence and sentence[-1].well:
            over.add(_joined(sentence))
        before.append(_joined(sentence))
    return over


def _joined(sentence: Sequence[Clause]) -> str:
    """Give what a sentence asserts as one, where it is in more than one clause."""
    kept = [clause.words for clause in sentence if clause.status is Status.ASSERTED and clause.words]
    return " ".join(kept) if len(kept) > 1 else ""
