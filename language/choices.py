"""Yes and no, and which of the offered slots a caller means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from language.datetimes.mentions import DayMention, clock_mentions, day_mentions
from language.normalize import is_short, normal, without_fillers

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
_NONE_OF_THEM = re.compile(
    r"\b(?:neither|none|(?:no|don't|doesn't|won't|can't|not|nothing|isn't|"
    r"aren't)(?: \w+){0,4} (?:works?|working|good|suits?|suit|any of|either|them|those|these|"
    r"do it|make it|make (?:those|these|that|any)|do (?:that|those|these|any))|(?:some|any)thing else|"
    r"(?:other|different|another) (?:times?|days?|options?|ones?|slots?|week)|any (?:others?|other)|"
    r"what else|more (?:times|options)|else)\b"
)
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "middle": 1,
}  # fmt: skip
_ORDINAL = re.compile(
    r"\b(?:the )?(?P<which>first|1st|second|2nd|third|3rd|fourth|4th|last|final|middle)(?: (?:one|"
    r"option|slot|time|choice|appointment|two|available))?\b"
    r"(?! of (?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"the month)| (?:name|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|of all))"
)
_OPTION = re.compile(r"\b(?:option|number|choice) (?P<number>one|two|three|1|2|3)\b")
_EARLIER = re.compile(
    r"\b(?:the )?(?:earlier|earliest|soonest|sooner)(?: (?:one|time|slot|option|"
    r"possible|available))?\b|\b(?:first|next) available\b"
)
_LATER = re.compile(r"\b(?:the )?(?:later|latest)(?: (?:one|time|slot|option))?\b")
_WANTS_OTHER = re.compile(
    r"\b(?:any(?:thing)?|something|some|nothing|no|not|bit|little|much|have|got|"
    r"is there)(?: \w+){0,2} (?:later|earlier|sooner)\b|^(?:later|earlier|sooner)$|"
    r"\b(?:later|earlier|sooner) than\b"
)
_ANY = re.compile(
    r"\b(?:either|any(?: of (?:them|those|these))?(?: one)?(?: (?:is|works|would|will|are) ?\w*)?|"
    r"both (?:work|are)|whichever|whatever|doesn't matter|don't (?:mind|care)|you (?:choose|pick|decide)|"
    r"all (?:of them )?(?:work|good|fine)|surprise me|up to you|they all work)\b"
)
_POSITIVE_CUE = re.compile(r"\b(?:that one|this one|it|that)\b")
_MORNING = re.compile(r"\bmornings?\b")
_AFTERNOON = re.compile(r"\b(?:afternoons?|after lunch)\b")
_OTHER_PART = re.compile(r"\b(?:after|before) (?:school|work)\b|\bevenings?\b|\bweek ?(?:days?|ends?)\b")
"""A part of the day or week that the offers do not tell: the calendar is to be asked."""
_NOON = 12


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


def says_yes(words: str) -> bool:
    """Tell whether an utterance agrees."""
    cleaned = _NOT_A_NO.sub("yes", words)
    return _YES.search(cleaned) is not None and not _opens_with_no(cleaned) and not _flat_no(cleaned)


def says_no(words: str) -> bool:
    """Tell whether an utterance refuses."""
    cleaned = _NOT_A_NO.sub("yes", words)
    return _NO.search(cleaned) is not None and not says_yes(words)


def declines(words: str) -> bool:
    """Tell whether an utterance refuses an offer; "No, that's fine" does, though it agrees to a read-back."""
    return _opens_with_no(words) and not re.match(
        r"no (?:problem|worries|yes|yeah)\b", without_fillers(words)
    )


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


def pick(text: str, offers: Sequence[Offer], *, agreed: bool) -> list[Offer]:  # noqa: PLR0911 - a chain of decisions
    """Find which of the offered slots an utterance means.

    Args:
        offers: What was offered, in the order in which it was said.

    Returns:
        The offers that fit: one when it is clear, several when it is not, none when none was meant.
    """
    words = normal(text)
    if not offers or _wants_other(words):
        return []
    if _OPTION.search(words):
        return _by_place(words, offers)
    fitting = _by_moment(text, words, offers)
    if fitting is not None:
        by_name = _by_practitioner(words, fitting)
        return _narrowed(words, by_name or fitting)
    by_name = _by_practitioner(words, offers)
    if by_name:
        return _narrowed(words, by_name)
    chosen = _by_place(words, offers)
    if chosen:
        return chosen
    if _ANY.search(words):
        return [offers[0]]
    if agreed or (
        _POSITIVE_CUE.search(words) and re.search(r"\b(?:take|book|want|like|good|works?)\b", words)
    ):
        return list(offers)
    return []


def _wants_other(words: str) -> bool:
    if _WANTS_OTHER.search(words):
        return True
    return _NONE_OF_THEM.search(words) is not None and not clock_mentions(words)


def _by_moment(text: str, words: str, offers: Sequence[Offer]) -> list[Offer] | None:
    """Keep the offers at the time or day that was said; None when none was said."""
    clocks = clock_mentions(text, bare=is_short(words))
    days = [day for day in day_mentions(text) if not _is_place(day, offers)]
    if re.search(r"\b(?:after|before|between|later than|earlier than)\b", words) and clocks:
        return []
    if not clocks and not days and _OTHER_PART.search(words):
        return []
    part = _MORNING.search(words) or _AFTERNOON.search(words)
    if not clocks and not days and not part:
        return None
    kept = [offer for offer in offers if offer.start is not None]
    if clocks:
        kept = [o for o in kept if o.start and any(clock.is_at(o.start) for clock in clocks)]
    if days:
        kept = [o for o in kept if o.start and any(day.is_on(o.start.date()) for day in days)]
    if part and not clocks:
        wants_morning = _MORNING.search(words) is not None
        kept = [o for o in kept if o.start and (o.start.hour < _NOON) == wants_morning]
    return kept


def _is_place(day: DayMention, offers: Sequence[Offer]) -> bool:
    """Tell whether "the first" means a place in the row: it is the date of all of the offers, or of none."""
    if day.month is not None or day.weekday is not None:
        return False
    return len({day.is_on(offer.start.date()) for offer in offers if offer.start}) < 2  # noqa: PLR2004


def _by_practitioner(words: str, offers: Sequence[Offer]) -> list[Offer]:
    return [
        offer
        for offer in offers
        if (last := _last_name(offer.practitioner)) and re.search(rf"\b{re.escape(last)}\b", words)
    ]


def _last_name(practitioner: str) -> str:
    tokens = normal(practitioner).split()
    return tokens[-1] if tokens else ""


def _narrowed(words: str, offers: list[Offer]) -> list[Offer]:
    if len(offers) > 1 and (chosen := _by_place(words, offers)):
        return chosen
    starts = {offer.start for offer in offers}
    # Two practitioners at the same moment: the caller chose the moment, either will do.
    return offers[:1] if len(starts) == 1 else offers


def _by_place(words: str, offers: Sequence[Offer]) -> list[Offer]:
    if match := _OPTION.search(words):
        index = {"one": 0, "1": 0, "two": 1, "2": 1, "three": 2, "3": 2}[match["number"]]
        return [offers[index]] if index < len(offers) else []
    if match := _ORDINAL.search(words):
        if match["which"] in ("last", "final"):
            return [offers[-1]]
        index = _ORDINALS[match["which"]]
        return [offers[index]] if index < len(offers) else []
    in_time = sorted((o for o in offers if o.start), key=lambda o: o.start.isoformat() if o.start else "")
    if in_time and _LATER.search(words):
        return [in_time[-1]]
    if in_time and _EARLIER.search(words):
        return [in_time[0]]
    return []
