"""Which service and which practitioner a caller means."""

import functools
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from contracts.partner import PracticeFacts, PractitionerFacts, ServiceFacts
from language.normalize import normal
from language.phrases import lists, phrase
from language.sounds import likeness

_COMMON = lists("service_words")
"""Everyday words for common services; they count only where the practice offers the service."""
_CLOSE = 0.84
_SOUNDS_ALIKE = 0.85
_FUZZY_LENGTH = 6
_MOST_SERVICES = 4096
"""Whose patterns are kept compiled, over all practices."""
_ARTICLES = frozenset("a an the".split())
_ANY_ARTICLE = "(?:an?|the|my)"
_TITLES = frozenset("dr doctor mr mrs ms miss prof".split())
_ANYONE = phrase("matching.anyone")
_LEAD = phrase("matching.lead").pattern
_ALONE_LEAD, _ALONE_TAIL = phrase("matching.alone_lead").pattern, phrase("matching.alone_tail").pattern
_OWN_NAME = phrase("matching.own_name").pattern
_REFUSED = "".join(f"(?<!{one} )" for one in ("not", "not a", "not the", "instead of", "instead of a"))
"""What is not wanted: "a check-up, not a cleaning"."""


def service_in(words: str, facts: PracticeFacts) -> ServiceFacts | None:
    """Find the service that an utterance names.

    Returns:
        The service with the longest match, or None.
    """
    best: tuple[int, ServiceFacts] | None = None
    squashed = words.replace("-", " ")
    for service in facts.services:
        for length, pattern in _patterns(_names(service)):
            if (best is None or length > best[0]) and pattern.search(squashed):
                best = (length, service)
    return best[1] if best else _fuzzy(words, facts)


def without_service(words: str, service: ServiceFacts) -> str:
    """Leave out of an utterance what a service is called by."""
    left = words.replace("-", " ")
    for _, pattern in sorted(_patterns(_names(service)), key=lambda one: -one[0]):
        left = pattern.sub(" ", left)
    return left


def service_sounding_like(words: str, facts: PracticeFacts) -> ServiceFacts | None:
    """Find the service that an utterance may have named before it was misheard: "a feeling" for "a filling".

    For words that are to be a service and are none as they stand.

    Returns:
        The one that sounds most like some of the words, or None where none does or two do.
    """
    tokens = words.split()
    best: dict[str, float] = {}
    for service in facts.services:
        for name in _names(service):
            length = len(name.split())
            pieces = (" ".join(tokens[at : at + length]) for at in range(len(tokens) - length + 1))
            alike = max((likeness(normal(name), piece) for piece in pieces), default=0.0)
            best[service.id] = max(best.get(service.id, 0.0), alike)
    ranked = sorted(best, key=lambda one: -best[one])
    if not ranked or best[ranked[0]] < _SOUNDS_ALIKE:
        return None
    others = best[ranked[1]] if len(ranked) > 1 else 0.0
    return next(one for one in facts.services if one.id == ranked[0]) if others < best[ranked[0]] else None


_TITLED = re.compile(r"\b(?:dr|doctor)\b")
_NOT_THIS_ONE = re.compile(r"\b(?:instead of|rather than|and not) (?:with |see(?:ing)? )?(?:dr|doctor)? ?\w+")


def practitioner_in(
    words: str, facts: PracticeFacts, *, asked: bool = False, named: bool = False
) -> PractitionerFacts | None:
    """Find the practitioner that an utterance names.

    Args:
        asked: A choice was just asked for: the bare name is enough.
        named: The words hold no name of the caller's own: a last name that they do not refuse is enough.

    Returns:
        The practitioner, or None. Without a title or "with" before it a last name may be the caller's own.
    """
    left = _NOT_THIS_ONE.sub(" ", words)
    words = left if _TITLED.search(left) else words  # whom alone they do not want is told of by who asks
    for practitioner in facts.practitioners:
        tokens = [token for token in normal(practitioner.name).split() if token not in _TITLES]
        if not tokens:
            continue
        first, last = re.escape(tokens[0]), re.escape(tokens[-1])
        called = f"(?:{first} )?{last}"
        if tokens == normal(practitioner.name).split():
            called = f"(?:{called}|{first})"  # who has no title is called by the first name
        alone = re.fullmatch(rf"{_ALONE_LEAD}{called}{_ALONE_TAIL}", words)
        if asked and alone:
            return practitioner
        if named and re.search(rf"(?<!\bnot )\b{last}\b", words):
            return practitioner
        led = re.search(rf"\b(?:{_LEAD}{called}|{first} {last})(?:'s)?\b", words)
        if led and not re.search(rf"{_OWN_NAME}(?:{first}|{last})\b", words):
            return practitioner
    return None


def anyone_will_do(words: str) -> bool:
    """Tell whether the caller has no preference for a practitioner."""
    return _ANYONE.search(words) is not None


def _names(service: ServiceFacts) -> tuple[str, ...]:
    return (service.name, *service.aliases)


@functools.lru_cache(_MOST_SERVICES)
def _patterns(names: tuple[str, ...]) -> Sequence[tuple[int, re.Pattern[str]]]:
    """Give what a service is called by, each with its length: the same for every utterance of every call."""
    named = [normal(name) for name in names]
    keys = {key for key in _COMMON for name in named if key in name.replace(" ", "")}
    phrases = (*named, *(word for key in sorted(keys) for word in _COMMON[key]))
    return [
        (len(phrase), re.compile(rf"{_REFUSED}\b{_loosely(phrase)}(?:s|es|'s)?\b(?! day\b)"))
        for phrase in phrases
        if phrase
    ]


@functools.lru_cache(_MOST_SERVICES)
def _long_names(names: tuple[str, ...]) -> Sequence[str]:
    """Give the names of a service that are long enough to be known by their likeness, in one word each."""
    squashed = [normal(name).replace(" ", "") for name in names]
    return [name for name in squashed if len(name) >= _FUZZY_LENGTH]


def _loosely(phrase: str) -> str:
    # "check up" is heard as one word or two.
    return " ?".join(_ANY_ARTICLE if one in _ARTICLES else re.escape(one) for one in phrase.split())


def _fuzzy(words: str, facts: PracticeFacts) -> ServiceFacts | None:
    heard = [(token[0], _likeness(token)) for token in words.split() if len(token) >= _FUZZY_LENGTH]
    for service in facts.services:
        for name in _long_names(_names(service)):
            # "It's killing me" is no filling: the first letter is hardly ever misheard.
            if any(first == name[0] and _is_close(name, token) for first, token in heard):
                return service
    return None


def _likeness(token: str) -> SequenceMatcher[str]:
    # What it learns of its second text it keeps, whatever that is compared to.
    return SequenceMatcher(None, "", token)


def _is_close(name: str, heard: SequenceMatcher[str]) -> bool:
    heard.set_seq1(name)
    # The bounds are cheap, and nearly always enough.
    return heard.real_quick_ratio() >= _CLOSE and heard.quick_ratio() >= _CLOSE and heard.ratio() >= _CLOSE
