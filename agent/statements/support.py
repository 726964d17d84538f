"""Whether a statement of fact is borne out by something that the practice's record or files say.

What is known is cut into units: a sentence, a clause, a row. A statement is held against the units that share
its rarest words, and has to find nearly all that it says in one of them: its words, its numbers, its people,
said as surely ("no referral is needed" bears out "you don't need a referral", not "you need one").
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

from agent.statements.wording import denies, plainly
from knowledge.search.passage import Passage
from knowledge.search.terms import terms
from language.meaning.embedding import Embedder
from language.sentences import split_sentences
from language.values.reading import Reading

Read = Callable[[str], Reading]
_PARTS = re.compile(r"\n+|\s(?=- )")
_ROW = re.compile(r"(?:^|; )[^:;\n]{1,40}: ")
_CLAUSES = re.compile(r"[;:]\s|,\s+(?:and|but)\s+|(?<=[a-z])\s+and\s+(?=(?:we|you|they|it|do|does|speaks)\b)")
_ONLY = re.compile(r"only ((?:[\w-]+ ){1,2})", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:elsewhere|refer(?:red)? out|not (?:done|offered)|we (?:don't|do not))\b", re.IGNORECASE
)
_TOTAL = frozenset(
    "all any every everything everyone always only never both whole fully completely entire".split()
)
"""Words that make a statement say more than it would without them."""
_OF_ALL = frozenset("all every everything everyone always whole fully completely entire".split())
"""Of those, the ones that say the same of different things: "always with her", "all our cleanings"."""
_TOTALS = re.compile(rf"\b(?:{'|'.join(sorted(_TOTAL))})\b", re.IGNORECASE)
_ANY_OF_YOURS = re.compile(r"\bany [\w-]{1,20} you\b", re.IGNORECASE)
_EMPTY = frozenset("between how mani much about around per each also just still dr doctor".split())
"""Stems that hold a statement together, or stand before a name, which is looked at by itself."""
_MONEY_STEMS = frozenset({"price", "fee", "cost", "charg", "pay", "come", "togeth", "total", "altogeth"})
_LENGTH_STEMS = frozenset({"plan", "allow", "take", "last", "run", "long", "visit", "appoint", "set", "asid"})
_NUMBER_WORDS = re.compile(
    r"\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ]"
    r"(?:one|two|three|four|five|six|seven|eight|nine)\b",
    re.IGNORECASE,
)
_CANDIDATES = 32
_SLIGHT, _TALKED, _TOTAL_WEIGHT = 0.25, 1.5, 2.0
"""The weights of a word that only talk holds, of one that talk and files hold, of a word of totality."""
_TOO_LITTLE = 0.5
"""The weight of words up to which they say nothing: "half" of "half an hour"."""
UNKNOWN, _HEAVIEST = 3.0, 4.0
"""The weights of a word that nothing known holds, and the largest of one that something does."""
_MUCH = 3.0
_ALIKE, _ALIKE_CREDIT = 0.75, 0.8
"""How alike two words have to be for one to stand for the other, and how far it then counts."""
_NEAR_CREDIT = 0.6


@dataclass(frozen=True)
class Unit:
    """One thing that is known.

    Attributes:
        stems: Its words, with those of the headings that it stands under.
        near: Its words and those of the sentence before it; a row stands alone.
        elsewhere: It stands under a heading of what is done by others.
        is_split: A sentence of several clauses, which are units by themselves.
        only: What it is said of alone: "only service animals may come in".
    """

    text: str
    stems: frozenset[str]
    near: frozenset[str]
    reading: Reading
    denies: bool
    elsewhere: bool = False
    is_split: bool = False
    only: frozenset[str] = frozenset()


@lru_cache(maxsize=8192)
def stems_of(text: str) -> frozenset[str]:
    """Give the words of a text that say something, as stems; numbers are no words."""
    plain = _TOTALS.sub(" ", _NUMBER_WORDS.sub(" ", plainly(text)))
    totals = {
        "=all" if word in _OF_ALL else f"={word}"
        for word in re.findall(r"[a-z]+", text.lower())
        if word in _TOTAL
    }
    if denies(text) or _ANY_OF_YOURS.search(text):
        totals.discard("=any")  # "No animals" says as much as "not any animals".
    return frozenset(one for one in terms(plain) if one[0].isalpha() and one not in _EMPTY) | totals


def units_of(text: str, read: Read, heading: str = "") -> list[Unit]:
    """Cut a text into units: its sentences, and where one has several clauses, these as well."""
    head, elsewhere = stems_of(heading), bool(_ELSEWHERE.search(heading))
    found: list[Unit] = []
    introduced: frozenset[str] = frozenset()
    for part in _PARTS.split(text):
        is_row = len(_ROW.findall(part)) > 1
        sentences = [part] if is_row else split_sentences(part)
        stems = [stems_of(one) for one in sentences]
        # "These are our fees without insurance" is said of the rows below it.
        introduced = introduced if is_row else stems[0] if sentences else frozenset()
        for place, sentence in enumerate(sentences):
            # What is not so lends no words to what is: "… and we do not take Medicaid. With any other plan …"
            goes_on = place and denies(sentences[place - 1]) == denies(sentence)
            before = (introduced if is_row else stems[place - 1] if goes_on else frozenset()) | head
            clauses = [] if is_row else [one for one in _CLAUSES.split(sentence) if one]
            for piece in [sentence, *(clauses if len(clauses) > 1 else ())]:
                if own := stems_of(piece):
                    reading = read(f"{heading}. {piece}")
                    found.append(
                        Unit(
                            piece,
                            own | head,
                            own | before,
                            reading,
                            denies(piece),
                            elsewhere,
                            is_split=len(clauses) > 1 and piece == sentence,
                            only=stems_of(only[1]) if (only := _ONLY.match(piece)) else frozenset(),
                        )
                    )
    return found


def units_of_passages(passages: Iterable[Passage], read: Read) -> list[Unit]:
    """Cut passages of files into units."""
    return [unit for one in passages for unit in units_of(one.text, read, one.heading)]


class Support:
    """Finds the units that bear a statement out."""

    def __init__(
        self, units: Sequence[Unit], common: frozenset[str], ordinary: frozenset[str] = frozenset()
    ) -> None:
        """Index units.

        Args:
            common: Stems that talk is full of, which count little.
            ordinary: Stems that any practice might use.
        """
        self._ordinary = ordinary
        self.units = list(units)
        self._common = common
        self._holding: dict[str, list[int]] = defaultdict(list)
        for place, unit in enumerate(self.units):
            for stem in unit.stems | unit.near:
                self._holding[stem].append(place)

    def weight(self, stem: str, unknown: float = UNKNOWN) -> float:
        """Give how much a word says."""
        if stem.startswith("="):
            return _TOTAL_WEIGHT
        holding = len(self._holding.get(stem, ()))
        if not holding:
            return _SLIGHT if stem in self._common else unknown
        weight = min(_HEAVIEST, math.log(1 + len(self.units) / (1 + holding)))
        return min(weight, _TALKED) if stem in self._common else weight

    def candidates(self, stems: frozenset[str]) -> list[Unit]:
        """List the units that share most with a statement's words."""
        scores: dict[int, float] = defaultdict(float)
        for stem in stems:
            weight = self.weight(stem)
            for place in self._holding.get(stem, ()):
                scores[place] += weight * (1.0 if stem in self.units[place].stems else _NEAR_CREDIT)
        best = sorted(scores, key=lambda place: -scores[place])[:_CANDIDATES]
        return [self.units[place] for place in best]

    def covered(self, stems: frozenset[str], unit: Unit, *, unknown: float = UNKNOWN) -> float:
        """Give the share of a statement's words, by weight, that a unit holds."""
        total = held = 0.0
        for stem in stems:
            weight = self.weight(stem, unknown)
            total += weight
            if stem in unit.stems:
                held += weight
            elif stem in unit.near:
                held += weight * _NEAR_CREDIT
            elif weight > 1 and not stem.startswith("=") and _has_alike(stem, unit.stems):
                held += weight * _ALIKE_CREDIT
        return held / total if total > _TOO_LITTLE else 1.0

    def is_missed(self, stem: str, unit: Unit) -> bool:
        """Tell whether a unit lacks a word that others have and that says much."""
        rare = stem in self._holding and stem not in self._ordinary
        return rare and stem not in unit.near and self.weight(stem) > _MUCH

    def says_nothing(self, stems: frozenset[str]) -> bool:
        """Tell whether words are such as talk is full of, and nothing else."""
        return all(self.weight(one) <= _SLIGHT for one in stems)


def likeness(text: str, unit: Unit) -> float:
    """Give how near what a unit says is to a text, by meaning."""
    return _likeness(_vector(text), _vector(unit.text))


def without_value_words(stems: frozenset[str], reading: Reading) -> frozenset[str]:
    """Leave out the words that only say that a price or a length follows."""
    if any(one.unit == "minutes" for one in reading.amounts):
        stems -= _LENGTH_STEMS
    is_numbered = reading.amounts or any(one.wholes for one in reading.times)
    return stems - _MONEY_STEMS if is_numbered else stems


def _has_alike(stem: str, stems: frozenset[str]) -> bool:
    vector = _vector(stem)
    return any(_likeness(vector, _vector(other)) >= _ALIKE for other in stems if not other.startswith("="))


@lru_cache(maxsize=4096)
def _vector(stem: str) -> tuple[float, ...]:
    return tuple(map(float, Embedder.shared().embed([stem])[0]))


def _likeness(one: Sequence[float], other: Sequence[float]) -> float:
    return float(sum(map(mul, one, other)))
