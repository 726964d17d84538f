"""Yes and no, a place in a row, and the slots of a function result."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from language.normalize import without_fillers

_YES = re.compile(
    r"\b(?:yes|yeah|yep|yup|yah|ya|sure|correct|absolutely|definitely|certainly|exactly|indeed|ok|okay|"
    r"okey|alright|all right|"
    r"of course|go ahead|please do|sounds? (?:good|great|right|fine|perfect|lovely)|perfect|"
    r"that's (?:right|correct|fine|good|great|perfect|it|the one|me)|"
    r"that is (?:right|correct|fine)|that(?:'ll| will| would)? (?:works?|do|be (?:fine|great|good|"
    r"perfect))|works (?:for me|fine|great)|it (?:is|does|works)|it's (?:right|correct|fine)|"
    r"i (?:do|can|would|will)|you (?:can|may|got it|bet)|let's (?:do|go|take|book)|i(?:'ll|"
    r" will)? (?:take|have) (?:it|that|the)|book it|do it|"
    r"(?:use|take) (?:that|this|it)|uh ?huh|mm ?hmm|mhm|aye|affirmative|great|wonderful|excellent|"
    r"lovely|awesome|cool|fine|good|please|no problem|right|"
    r"yes please|why not|i guess(?: so)?|i think so|i suppose|all correct|looks? good|fantastic|super)\b"
)
_NO = re.compile(
    r"\b(?:no|nope|nah|naw|not really|not quite|not correct|not right|incorrect|wrong|neither|none|"
    r"negative|never|don't|do not|isn't|is not|it's not|"
    r"that's not|can't|cannot|doesn't|does not|won't|wouldn't|not (?:that|this|today|now|yet|any|either|"
    r"good|possible|the)|rather not|different|another|instead|"
    r"actually not|i'm not)\b"
)
_NOT_A_NO = re.compile(
    r"\bno (?:problem|worries|that's (?:fine|right|correct|good|great|it|ok|okay|perfect|all)|"
    r"it's (?:fine|ok|okay|right|correct|good)|thats fine|i'm (?:good|fine|ok)|yeah|yes)\b|"
    r"\b(?:why not|not at all|"
    r"i don't (?:mind|care)|can't wait|don't worry|doesn't matter|(?:there )?isn't anything|no idea)\b"
)
_ORDINAL = re.compile(
    r"\b(?:the )?(?P<which>first|1st|second|2nd|third|3rd|fourth|4th|last|final|middle)(?: (?:one|"
    r"option|slot|time|choice|appointment|two|available))?\b"
    r"(?! of (?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"the month)| (?:name|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|of all))"
)
_OPTION = re.compile(r"\b(?:option|number|choice) (?P<number>one|two|three|1|2|3)\b")


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
    """Read an ISO moment with its offset.

    Args:
        text: A string of a function result, or anything else.

    Returns:
        The aware moment, or None.
    """
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
    return _YES.search(cleaned) is not None and not _opens_with_no(cleaned) and not _flat_no(cleaned)


def only_agrees(words: str) -> bool:
    """Tell whether an utterance agrees and says nothing else."""
    return says_yes(words) and not without_fillers(" ".join(_YES.sub(" ", words).split()))


def says_no(words: str) -> bool:
    """Tell whether an utterance refuses."""
    cleaned = _NOT_A_NO.sub("yes", words)
    return _NO.search(cleaned) is not None and not says_yes(words)


def _opens_with_no(words: str) -> bool:
    return (
        re.match(
            r"(?:no|nope|nah|naw|not|neither|none|wrong|incorrect|negative|wait no)\b", without_fillers(words)
        )
        is not None
    )


def _flat_no(words: str) -> bool:
    if re.match(
        r"(?:yes|yeah|yep|yup|sure|correct|absolutely|that's right|perfect)\b", without_fillers(words)
    ):
        return False
    return _NO.search(words) is not None
