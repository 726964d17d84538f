"""How dates, times, lists and names are said: written for a voice to read, with no digits to stumble over."""

from collections.abc import Sequence
from datetime import date, datetime, time

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty".split()
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_NOON = 12


def number(value: int) -> str:
    """Say a number of things.

    Args:
        value: 0 to 59; other numbers stay digits.

    Returns:
        For example ``"twenty-one"``.
    """
    if 0 <= value < len(_UNITS):
        return _UNITS[value]
    if not len(_UNITS) <= value < 60:  # noqa: PLR2004 - minutes are the largest numbers that are said here
        return str(value)
    tens, units = divmod(value, 10)
    return _TENS[tens - 2] + (f"-{_UNITS[units]}" if units else "")


def ordinal(value: int) -> str:
    """Say a place in a row.

    Args:
        value: 1 to 59.

    Returns:
        For example ``"thirty-first"``.
    """
    if value < len(_ORDINALS):
        return _ORDINALS[value]
    tens, units = divmod(value, 10)
    if units == 0:
        return _TENS[tens - 2][:-1] + "ieth"
    return f"{_TENS[tens - 2]}-{_ORDINALS[units]}"


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
    words = value.replace(",", " ").strip(" .!?").split()
    plain = [word if word != word.lower() and word != word.upper() else _capitals(word) for word in words]
    return " ".join(plain)


def _capitals(word: str) -> str:
    for mark in ("-", "'"):
        if mark in word:
            return mark.join(_capitals(part) if len(part) > 1 else part.upper() for part in word.split(mark))
    return word[:1].upper() + word[1:].lower()
