"""How dates, times, lists and names are said: written for a voice to read, with no digits to stumble over.

The tables of words serve understanding as well.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache

from num2words import num2words

LANGUAGES = {
    "en": "English", "es": "Spanish", "ar": "Arabic", "fr": "French", "de": "German", "zh": "Chinese",
    "pt": "Portuguese", "ru": "Russian", "it": "Italian", "vi": "Vietnamese", "ko": "Korean",
}  # fmt: skip
"""Their names by their codes."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = tuple(
    "January February March April May June July August September October November December".split()
)
_NOON = 12
_TWO_STOPS = re.compile(r"(\b[ap]\.m\.)\.")


@cache
def number(value: int) -> str:
    """Say a number of things, such as ``twenty-one``; below 0 and above 59 it stays digits."""
    return str(num2words(value)) if 0 <= value < 60 else str(value)  # noqa: PLR2004 - minutes are the largest


@cache
def ordinal(value: int) -> str:
    """Say a place in a row, such as ``thirty-first``."""
    return str(num2words(value, to="ordinal"))


@cache
def nth(value: int) -> str:
    """Write a place in a row, such as ``31st``."""
    return str(num2words(value, to="ordinal_num"))


NUMBERS = {number(value): value for value in range(20)}
"""``zero`` to ``nineteen``."""
TENS = {str(num2words(value)): value for value in range(20, 100, 10)}
"""``twenty`` to ``ninety``."""
ORDINALS = {ordinal(value).replace("-", " "): value for value in range(1, 32)}
"""``first`` to ``thirty first``, the days of a month."""


def day(value: date) -> str:
    """Say a day.

    Args:
        value: A date, or a moment in the practice's zone.

    Returns:
        For example ``"Tuesday the first of December"``.
    """
    return f"{WEEKDAYS[value.weekday()]} the {ordinal(value.day)} of {MONTHS[value.month - 1]}"


def clock(value: time | datetime) -> str:
    """Say a time of day.

    Args:
        value: Wall-clock time of the practice; seconds are left out.

    Returns:
        For example ``"two thirty p.m."``, ``"nine oh five a.m."``, ``"noon"``.
    """
    if value.minute == 0 and value.hour % _NOON == 0:
        return "noon" if value.hour else "midnight"
    hour = number(value.hour % _NOON or _NOON)
    minute = ""
    if value.minute:
        minute = f" oh {number(value.minute)}" if value.minute < 10 else f" {number(value.minute)}"  # noqa: PLR2004
    return f"{hour}{minute} {'a.m.' if value.hour < _NOON else 'p.m.'}"


def moment(value: datetime) -> str:
    """Say a moment.

    Args:
        value: Aware, in the practice's zone.

    Returns:
        For example ``"Tuesday the first of December at two p.m."``.
    """
    return f"{day(value)} at {clock(value)}"


def one_stop(text: str) -> str:
    """Take out the second stop where a sentence ends with "p.m."."""
    return _TWO_STOPS.sub(r"\1", text)


def listing(items: Sequence[str], joiner: str = "or") -> str:
    """Say a list.

    Returns:
        For example ``"a cleaning, a checkup, or a filling"``.
    """
    if len(items) <= 1:
        return "".join(items)
    if len(items) == 2:  # noqa: PLR2004 - two items take no comma
        return f"{items[0]} {joiner} {items[1]}"
    return f"{', '.join(items[:-1])}, {joiner} {items[-1]}"


def article(noun: str) -> str:
    """Put the indefinite article before a noun.

    Args:
        noun: For example ``"Emergency visit"``.

    Returns:
        For example ``"an emergency visit"``; words in capitals such as ``X-ray`` keep them.
    """
    first, _, rest = noun.partition(" ")
    acronym = first[1:] != first[1:].lower() or first[1:2] == "-"
    plain = first if acronym else first.lower()
    said = f"{plain} {rest}".strip()
    vowel = said[:1].lower() in "aeiou" or said[:2].lower() == "x-"
    return f"{'an' if vowel else 'a'} {said}"


def name(value: str) -> str:
    """Write a person's name as it is said and kept.

    Args:
        value: As heard, in any case and spacing.

    Returns:
        For example ``"Anna Bell"``; mixed case such as ``McDonald`` is left alone.
    """
    return " ".join(map(cased, value.replace(",", " ").strip(" .!?").split()))


def cased(part: str) -> str:
    """Write a part of a name with its capitals, if it has none of its own."""
    if not (part.islower() or part.isupper()):
        return part
    pieces = re.split(r"(['-])", part.lower())
    # O'Brien and D'Angelo, but Jo'el: behind the mark a capital follows on one letter only.
    whole = "".join(
        piece if at and pieces[at - 1] == "'" and len(pieces[at - 2]) > 1 else piece.capitalize()
        for at, piece in enumerate(pieces)
    )
    return re.sub(r"^(Mc)(\w)", lambda m: m[1] + m[2].upper(), whole)
