"""Which service and which practitioner a caller's words mean, among those that the practice has."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from contracts.partner import PracticeFacts, PractitionerFacts, ServiceFacts
from language.phrases import phrase

Found = TypeVar("Found")

_NOBODY = phrase("catalogue.nobody")
_TITLES = {"dr", "doctor", "mr", "mrs", "ms", "miss", "prof", "professor", "the", "with", "a", "an", "please"}
_GENERAL = {
    "appointment",
    "visit",
    "service",
    "dental",
    "teeth",
    "tooth",
    "my",
    "for",
    "and",
    "of",
    "routine",
} | _TITLES


def find_service(words: str, facts: PracticeFacts) -> ServiceFacts | None:
    """Find the one service that words mean; None when none fits, or several fit equally well."""
    scored = []
    for service in facts.services:
        names = [service.id, service.name, *service.aliases]
        scored.append((max(_likeness(words, name, _GENERAL) for name in names), service))
    return _clear_best(scored)


def find_practitioner(words: str, practitioners: Iterable[PractitionerFacts]) -> PractitionerFacts | None:
    """Find the one practitioner whom a name or an id means; None when nobody or several fit."""
    scored = [
        (max(_likeness(words, one.id, set()), _likeness(words, one.name, _TITLES)), one)
        for one in practitioners
    ]
    return _clear_best(scored)


def means_anybody(words: str) -> bool:
    """Tell whether words say that any practitioner will do."""
    return bool(_NOBODY.match(" ".join(_tokens(words))))


def names_of(services: Sequence[ServiceFacts]) -> list[str]:
    """Give the services' names as they stand in a spoken list."""
    return [_lowered(one.name) for one in services]


def who_does(service: ServiceFacts, facts: PracticeFacts) -> list[PractitionerFacts]:
    """List who does a service; of whom it is not known, they may."""
    return [one for one in facts.practitioners if one.service_ids is None or service.id in one.service_ids]


def plural(name: str) -> str:
    """Give a service's name for more than one of it, as it stands in a sentence."""
    lowered = _lowered(name)
    return lowered if lowered.endswith("s") else f"{lowered}s"


def _lowered(name: str) -> str:
    first, _, rest = name.partition(" ")
    return name if first[1:] != first[1:].lower() or "-" in first else f"{first.lower()} {rest}".strip()


def _tokens(words: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9_]+", plain.replace("'", "").replace("-", ""))


def _likeness(words: str, name: str, general: set[str]) -> float:
    """Score how well words fit a name: 3 the same, 2 one holds the other, up to 1 for shared words."""
    said, called = _tokens(words), _tokens(name)
    if not said or not called:
        return 0.0
    if said == called:
        return 3.0
    telling = [word for word in called if word not in general] or called
    meant = {_stem(word) for word in said}
    shared = [word for word in telling if _stem(word) in meant]
    if len(shared) == len(telling):
        return 2.0 + len(telling) / 100
    return len(shared) / len(telling)


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ers", "er", "ed", "es", "s", "up"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004 - shorter stems say nothing
            return word[: -len(ending)]
    return word


def _clear_best(scored: Sequence[tuple[float, Found]]) -> Found | None:
    ordered = sorted(scored, key=lambda one: -one[0])
    if not ordered or ordered[0][0] < 0.5:  # noqa: PLR2004 - half of the telling words
        return None
    if len(ordered) > 1 and ordered[1][0] == ordered[0][0]:
        return None
    return ordered[0][1]
