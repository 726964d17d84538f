"""Yes and no, a place in a row, and the slots of a function result."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from language.normalize import without_fillers
from language.phrases import phrase

_YES, _NO, _NOT_A_NO = phrase("choices.yes"), phrase("choices.no"), phrase("choices.not_a_no")
_OPENS_WITH_NO, _OPENS_WITH_YES = phrase("choices.opens_with_no"), phrase("choices.opens_with_yes")
_ORDINAL, _OPTION = phrase("choices.ordinal"), phrase("choices.option")


@dataclass(frozen=True)
class Offer:
    """A slot as a function result offered it.

    Attributes:
        start: Aware, in the practice's zone; None when the result's time cannot be read.
        practitioner: Who it is with, maybe empty.
    """

    slot_id: str
    start: datetime | None
    spoken: str
    practitioner: str = ""


def offers_in(result: dict[str, Any]) -> list[Offer]:
    """Read the slots of a function result; whatever is not a slot is passed over."""
    slots = result.get("slots")
    offers = []
    for slot in slots if isinstance(slots, list) else ():
        if not isinstance(slot, dict) or not slot.get("slot_id") or not slot.get("spoken"):
            continue
        practitioner = slot.get("practitioner")
        if isinstance(practitioner, dict):
            practitioner = practitioner.get("name")
        offers.append(
            Offer(
                slot_id=str(slot["slot_id"]),
                start=moment_of(slot.get("start")),
                spoken=str(slot["spoken"]),
                practitioner=str(practitioner or ""),
            )
        )
    return offers


def moment_of(text: Any) -> datetime | None:
    """Read an ISO moment with its offset; None for whatever else stands in a function result."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def names_a_place(words: str) -> bool:
    """Tell whether an utterance points at a place in a row: "the first one", "the last"."""
    return _ORDINAL.search(words) is not None or _OPTION.search(words) is not None


def says_yes(words: str) -> bool:
    """Tell whether an utterance agrees."""
    cleaned = _NOT_A_NO.sub("yes", words)
    said = without_fillers(cleaned)
    denies = _OPENS_WITH_NO.match(said) or (_NO.search(cleaned) and not _OPENS_WITH_YES.match(said))
    return _YES.search(cleaned) is not None and not denies


def only_agrees(words: str) -> bool:
    """Tell whether an utterance agrees and says nothing else."""
    return says_yes(words) and not without_fillers(" ".join(_YES.sub(" ", words).split()))


def says_no(words: str) -> bool:
    """Tell whether an utterance refuses."""
    return _NO.search(_NOT_A_NO.sub("yes", words)) is not None and not says_yes(words)
