"""A clause as it is judged: its words, its values, and how likely it is of each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from language.values.days import Day
from language.values.reading import Reading

LIKELY = 0.5
"""How likely a kind has to be for a clause to be taken for it."""
MAYBE = 0.35
"""How likely it has to be for a clause to be held against what its kind needs as well."""
SLIGHT = 0.2
"""The same beside another kind that it is easily taken for."""
_RIGHT_AWAY = frozenset({"now", "immediately", "ahora"})


@dataclass(frozen=True)
class Clause:
    """A clause with what was read of it.

    Attributes:
        kinds: How likely each kind is.
        days: The days that it speaks of: its own, else the sentence's.
        is_scrap: A word or two of a sentence that says more.
        before: The clause before it in the sentence.
    """

    text: str
    reading: Reading
    kinds: Mapping[str, float]
    days: Sequence[Day]
    asks: bool
    is_scrap: bool = False
    before: str = ""

    def share(self, *kinds: str) -> float:
        """Give how likely it is of one of some kinds."""
        return sum(self.kinds.get(kind, 0.0) for kind in kinds)

    @property
    def means_now(self) -> bool:
        """Whether it speaks of this very moment."""
        text = self.text.lower()
        return bool(self.reading.words & _RIGHT_AWAY and "from now" not in text) or "right away" in text

    @property
    def names_when(self) -> bool:
        """Whether it says when."""
        reading = self.reading
        # A bare number may be a price; it is a time where an offer is likelier than a fact.
        is_offer = self.share("offer") >= self.share("fact")
        times = [one for one in reading.times if one.sure or is_offer]
        return bool(times or reading.days or reading.parts) or self.means_now


@dataclass(frozen=True)
class Fault:
    """What of a clause is not borne out.

    Attributes:
        kind: Of what kind it is: a deed, ``offer``, ``time``, ``day``, ``number``, ``fact`` and the like.
    """

    kind: str
    reason: str
