"""The grammar of answers to a read-back, written out: phrases, lists of words, and what was read back.

Its data are ``language/en/agreement.toml`` and ``es/``; a caller may answer in any of the languages.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from language.normalize import normal, without_accents
from language.speak import nth

LANGUAGES = ("en", "es")
Phrases = dict[str, set[tuple[str, ...]]]
"""Phrases by their first word."""
QUESTION = "questionmark"
_CHOICE = re.compile(r"\(([^()]*)\)")
_NOON, _EVENING = 12, 17
_THUMBS_UP = "\U0001f44d"
_DIGITS_TOO = {"zero": "oh", "una": "uno"}
"""How digits are said beside what numbers are called."""
_TITLES = ("dr", "doctor", "doctora", "dra")
_LONGEST_PHRASE = 32


@dataclass(frozen=True)
class ReadBackValues:
    """What was read back, by value: said again, it is no other wish.

    Attributes:
        start: The start of the appointment, in the practice's zone.
        names: Of the patient, the service and the practitioner, as far as they were said.
        phone: The number (E.164), empty when it was not said.
    """

    start: datetime
    names: tuple[str, ...] = ()
    phone: str = ""


@functools.cache
def listed_words(section: str) -> frozenset[str]:
    """List the words of a section, of all languages."""
    return frozenset(word for language in LANGUAGES for word in _grammar(language)[section].split())


@functools.cache
def ordinals() -> frozenset[str]:
    """List the words that number days."""
    return frozenset(
        one for language in LANGUAGES for one in _listed(_grammar(language)["detail"]["ordinals"])
    )


def ends_of(phrases: Phrases, words: Sequence[str], place: int) -> list[int]:
    """List the places behind the phrases that stand at a place."""
    here = phrases.get(words[place]) if place < len(words) else None
    if not here:
        return []
    whole = tuple(words[place : place + _LONGEST_PHRASE])
    return [place + length for length in range(1, len(whole) + 1) if whole[:length] in here]


def words_of(text: str) -> list[str]:
    """Cut a text into words as the phrases are written; a question mark is one."""
    words = normal(text.replace("?", f" {QUESTION} ").replace(_THUMBS_UP, " thumbsup "))
    return re.findall(r"[^\W_]+", without_accents(words).replace("'", ""))


@functools.lru_cache(maxsize=64)
def said_again_of(values: ReadBackValues) -> Phrases:
    """List the ways in which what was read back may be said again."""
    found: list[str] = []
    for name in values.names:
        found += (
            one
            for word in words_of(name)
            for one in (*(_TITLES if word in _TITLES else (word, f"{word}s")), " ".join(word))
        )
    for language in LANGUAGES:
        detail = _grammar(language)["detail"]
        moment = _moment_said(values.start, detail)
        # "Nine's good", as plain words.
        found += moment + [f"{said}s" for said in moment if not said.endswith("s")]
        if values.phone:
            words = _listed(detail["numbers"])
            number = values.phone.removeprefix("+")
            # Its end is said again by itself: "ending in 0143", "four three at the end". Two alone are
            # none of it: "ten thirty" is another time, whatever the number ends in.
            end = number[-2:]
            for digits in {number, number[-10:], number[-7:], number[-4:]}:
                found.append(" ".join(digits))
                found.append(f"{digits[:-7]} {digits[-7:-4]} {digits[-4:]}")
                found += [" ".join(one) for one in _digits_said(digits, words)]
                # "Oh one forty three", "oh one hundred"
                pair = detail["hundred"] if end == "00" else "" if end[0] == "0" else words[int(end)]
                found += [" ".join([*one, pair]) for one in _digits_said(digits[:-2], words) if pair]
                found.append(digits)
            two = [end, words[int(end)], *(" ".join(one) for one in _digits_said(end, words))]
            found += [ends.format(said) for ends in _expanded(detail["ends"]) for said in two]
    denials = {phrase[0] for phrases in phrases_of("no").values() for phrase in phrases}
    return _by_first_word(one for one in found if one not in denials)


def _digits_said(digits: str, words: Sequence[str]) -> Iterator[list[str]]:
    said = [words[int(one)] for one in digits]
    yield said
    yield [_DIGITS_TOO.get(one, one) for one in said]


def _moment_said(start: datetime, detail: Mapping[str, Any]) -> list[str]:
    numbers, ordinals = _listed(detail["numbers"]), _listed(detail["ordinals"])
    part = 0 if start.hour < _NOON else 1 if start.hour < _EVENING else 2
    hour = (start.hour - 1) % 12 + 1
    fixed = {
        "weekday": _listed(detail["weekdays"])[start.weekday()],
        "meridiem": "am" if start.hour < _NOON else "pm",
        "part": _listed(detail["parts"])[part],
    }
    several = {
        "month": [_listed(detail[one])[start.month - 1] for one in ("months", "short_months")],
        "number": [str(start.day), numbers[start.day]],
        "ordinal": [nth(start.day), *ordinals[start.day - 1 : start.day]],
        "hour": [str(hour), numbers[hour]],
        "next": [str(hour % 12 + 1), numbers[hour % 12 + 1]],
        "minute": [f"{start.minute:02}", numbers[start.minute], f"oh {numbers[start.minute]}"],
    }
    templates = [detail["day"], detail["hour"] if not start.minute else detail["minute"]]
    templates += [detail["minutes"][str(start.minute)]] if str(start.minute) in detail["minutes"] else []
    return [
        one.format(**fixed, **dict(zip(wanted, chosen, strict=True)))
        for template in templates
        for one in _expanded(template)
        # Only what stands in the template is varied: the product of all takes a tenth of a second.
        for wanted in [[name for name in several if f"{{{name}}}" in one]]
        for chosen in itertools.product(*(several[name] for name in wanted))
    ]


@functools.cache
def _grammar(language: str) -> dict[str, Any]:
    path = Path(__file__).parent / language / "agreement.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@functools.cache
def phrases_of(*section: str, languages: tuple[str, ...] = LANGUAGES) -> Phrases:
    """Give the phrases of a section, of some languages."""
    lines: list[str] = []
    for language in languages:
        found: Any = _grammar(language)
        for name in section:
            found = found.get(name, {})
        lines += str(found or "").splitlines()
    return _by_first_word(one for line in lines for one in _expanded(line))


@functools.cache
def waits() -> frozenset[str]:
    """List the words that take time."""
    found = phrases_of("stands", "waits").values()
    return frozenset(word for phrases in found for one in phrases for word in one)


@functools.cache
def wishes() -> frozenset[str]:
    """List the words that wish for something else."""
    found = phrases_of("stands", "wishes").values()
    return frozenset(word for phrases in found for one in phrases for word in one) - waits()


@functools.cache
def value_words() -> frozenset[str]:
    """List the words that name a day or a time."""
    found: set[str] = set()
    for language in LANGUAGES:
        detail = _grammar(language)["detail"]
        for named in ("weekdays", "months", "numbers", "ordinals", "parts"):
            found.update(word for one in _listed(detail[named]) for word in one.split())
    return frozenset(found - waits())


def _listed(joined: str) -> list[str]:
    return joined.split("|") if joined else []


def _by_first_word(phrases: Iterable[str]) -> Phrases:
    found: Phrases = {}
    for phrase in phrases:
        if words := tuple(phrase.split()):
            found.setdefault(words[0], set()).add(words)
    return found


def _expanded(template: str) -> list[str]:
    """Write out every choice of a template."""
    parts = _CHOICE.split(template)
    choices = [part.split("|") if odd % 2 else [part] for odd, part in enumerate(parts)]
    return [" ".join("".join(chosen).split()) for chosen in itertools.product(*choices)]
