"""Which of the offered times a caller means: by place, by time, by person, and by what they rule out."""

import re
from collections.abc import Sequence

from language.choices import Offer
from language.datetimes.mentions import DayMention, clock_mentions, day_mentions
from language.datetimes.resolve import mentions_time, without_refused
from language.normalize import is_short, normal
from language.phrases import phrase

_PLACES = {
    "first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "middle": 1, "third": 2, "3rd": 2, "fourth": 3,
    "4th": 3, "last": -1, "final": -1, "latter": -1,
}  # fmt: skip
_PLACE = re.compile(
    rf"\b(?<!twenty )(?<!thirty )(?P<which>{'|'.join(_PLACES)})\b"
    r"(?! of (?:january|february|march|april|may|june|july|august|september|october|november|"
    r"december|the month|all)\b|"
    r" (?:name|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|time i|thing)\b)"
)
_PLACE_FIRST = re.compile(
    rf"(?:(?:um|uh|yes|yeah|ok|okay|i'll take|i'd like) )*the (?:{'|'.join(_PLACES)}) one\b"
    r"(?!.*\b(?:at|but|not|after|before)\b)"
)
_MENDS = phrase("choose.mends")
"""What is said before another one is named than has been: "two thirty, no, sorry, the one o'clock"."""
_OPTION = phrase("choose.option")
_NUMBERS = {"one": 0, "1": 0, "two": 1, "2": 1, "three": 2, "3": 2}
_NOT = phrase("choose.not")
_OUT = phrase("choose.out")
_EARLIEST = phrase("choose.earliest")
_LATEST = phrase("choose.latest")
_OTHERS = phrase("choose.others")
_HAVE_YOU = phrase("choose.have_you")
"""What is asked of other times than those: "the latest you have"."""
_MORNING, _AFTERNOON = re.compile(r"\bmornings?\b"), re.compile(r"\b(?:afternoons?|after lunch)\b")
_PART_OF_A_PART = re.compile(r"\b(?:late|mid|early)[ -](?:mornings?|afternoons?)\b")
"""Nine is no late morning."""
_HOUR_FIRST = phrase("choose.hour_first")
"""An hour that is taken: "one works for me"."""
_NOON = 12
_BARE_IN = 8
"""Words of an answer in which a lone number is an hour: "Friday December eleventh, nine would be good"."""


def choose(text: str, offers: Sequence[Offer]) -> list[Offer]:
    """Find which of the offers words mean.

    Args:
        offers: In the order in which they were said.

    Returns:
        Those that fit: one when it is clear, several when it is not, none when none was named.
    """
    words = without_refused(normal(text))
    if (mended := _MENDS.match(words)) and (meant := _named(words[mended.end() :], offers, offers)):
        return meant
    ruled_out, left = _ruled_out(words, offers)
    if ruled_out:
        kept = [one for one in offers if one not in ruled_out]
        if not kept or (found := _named(left, kept, offers)):
            return found if kept else []
        return [] if mentions_time(left) else kept  # "Thursday's no good. Friday?" is none of the others
    return _named(words, offers, offers)


def _ruled_out(words: str, offers: Sequence[Offer]) -> tuple[list[Offer], str]:
    """Give the offers that words rule out, and the words without them."""
    out: list[Offer] = []
    left = words
    for match in _NOT.finditer(words):
        target = _OUT.match(words, match.end())
        if target is None:
            continue
        named = _named(target.group(), offers, offers) or _named(f"the {target.group()}", offers, offers)
        if named:
            out += named
            left = left.replace(match.group() + target.group(), " ")
    return out, " ".join(left.split())


def _named(words: str, offers: Sequence[Offer], row: Sequence[Offer]) -> list[Offer]:  # noqa: PLR0911 - a chain of decisions
    if not offers or not words:
        return []
    if match := _OPTION.search(words):
        return _in_row(_NUMBERS[match["number"]], offers, row)
    fitting = _by_moment(words, offers, row)
    if (fitting is None and (people := _by_person(words, offers))) or (
        fitting and (people := _by_person(words, fitting))
    ):
        fitting = people
    elif fitting and _by_person(words, offers, title="(?:with|dr|doctor) "):
        return []  # "the eighth, with Dr. Lee" where the eighth is with another
    place = _PLACE.search(words)
    if not fitting and place and _PLACE_FIRST.match(words):
        fitting = None  # what comes behind it is a slip of recognition
    if fitting is not None:
        if len(fitting) > 1 and place and (one := _in_row(_PLACES[place["which"]], fitting, fitting)):
            return one
        fitting = _extreme(words, fitting) or fitting
        # Two people at one moment: the moment was chosen, either will do.
        return fitting[:1] if len({one.start for one in fitting}) == 1 else fitting
    if place:
        return _in_row(_PLACES[place["which"]], offers, row)
    return _extreme(words, offers)


def _extreme(words: str, offers: Sequence[Offer]) -> list[Offer]:
    """Give the earliest or the latest, where that is said."""
    in_time = sorted((one for one in offers if one.start), key=lambda one: str(one.start))
    if in_time and _EARLIEST.search(words):
        return in_time[:1]
    return in_time[-1:] if in_time and _LATEST.search(words) else []


def _in_row(place: int, offers: Sequence[Offer], row: Sequence[Offer]) -> list[Offer]:
    if place >= len(row) or not row:
        return []
    return [row[place]] if row[place] in offers else list(offers[place:][:1]) if place < 0 else []


def _by_moment(words: str, offers: Sequence[Offer], row: Sequence[Offer]) -> list[Offer] | None:
    """Keep the offers at the time or day that was said; None when none was said."""
    if _OTHERS.search(words) or _HAVE_YOU.search(words) or _PART_OF_A_PART.search(words):
        return []
    hour = _HOUR_FIRST.match(words)
    named = day_mentions(words)
    days = [day for day in named if not _is_place(day, row, words)]
    clocks = clock_mentions(
        hour["hour"] if hour else _without(named, words), bare=bool(hour) or is_short(words, _BARE_IN)
    )
    part = _MORNING.search(words) or _AFTERNOON.search(words)
    if not clocks and not days and not part:
        return None
    kept = [one for one in offers if one.start is not None]
    if clocks:
        kept = [one for one in kept if one.start and any(clock.is_at(one.start) for clock in clocks)]
    if days:
        kept = [one for one in kept if one.start and any(day.is_on(one.start.date()) for day in days)]
    if part and not clocks:
        early = _MORNING.search(words) is not None
        kept = [one for one in kept if one.start and (one.start.hour < _NOON) == early]
    return kept


def _without(days: Sequence[DayMention], words: str) -> str:
    """Leave days out of words: in "the eleventh, nine" the nine is an hour."""
    for day in reversed(days):
        words = f"{words[: day.start]} {words[day.end :]}"
    return words


def _is_place(day: DayMention, row: Sequence[Offer], words: str) -> bool:
    """Tell whether an ordinal is a place in the row: it stands alone, and there are so many."""
    if (
        day.month is not None
        or day.weekday is not None
        or not _PLACE.fullmatch(words[day.start : day.end].removeprefix("the "))
    ):
        return False
    which = _PLACE.search(words[day.start :])
    return which is not None and _PLACES[which["which"]] < len(row)


def _by_person(words: str, offers: Sequence[Offer], title: str = "") -> list[Offer]:
    return [
        one
        for one in offers
        if (last := (normal(one.practitioner).split() or [""])[-1])
        and re.search(rf"\b{title}{re.escape(last)}\b", words)
    ]
