"""Dates of birth, as they are spoken, written or keyed: "March third nineteen eighty", "03/03/1980"."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from language import speak_spanish
from language.datetimes.normalize import MONTHS, in_digits

OLDEST_YEARS = 130
_LONGEST = 200
_TOKEN = re.compile(r"[a-z]+|\d+")
_MONTHS = {name: n for n, name in enumerate(MONTHS, 1)}
_MONTHS |= {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}
_MONTHS |= {name: n for n, name in enumerate(speak_spanish.MONTHS, 1)}
_ZERO = re.compile(r"\b(?:oh|o|zero|naught|nought)\b")
_MONTHS_A_YEAR, _DAYS_A_MONTH = 12, 31
_THOUSANDS = re.compile(r"\b(\d?)(\d) thousand\b(?: and\b)?(?: (\d{1,2})\b)?")
_HUNDREDS = re.compile(r"\b(\d\d?) hundred\b(?: and\b)?(?: (\d{1,2})\b)?")


def date_of_birth(text: str, today: date, *, month_first: bool = True) -> date | None:
    """Read a date of birth.

    Args:
        today: Where the practice is.
        month_first: 3/4 is the fourth of March, as in the United States.

    Returns:
        The date; None where the words hold none that is whole, or one that nobody living was born on.
    """
    plain = unicodedata.normalize("NFKD", text[:_LONGEST]).encode("ascii", "ignore").decode().lower()
    tokens = _with_years(" ".join(in_digits(_TOKEN.findall(plain)))).split()
    named = [_MONTHS[one] for one in tokens if one in _MONTHS and one not in ("mar", "may")]
    named = named[-1:] or [_MONTHS[one] for one in tokens if one in _MONTHS][:1]
    numbers = [match[0] for one in tokens if (match := re.match(r"\d+", one))]
    parts = _with_month(named[0], numbers) if named else _without_month(numbers, month_first=month_first)
    try:
        found = date(_year(parts[2:], today), int(parts[0]), int(parts[1]))
    except (ValueError, IndexError, OverflowError):
        return None
    return found if 0 <= today.year - found.year <= OLDEST_YEARS and found <= today else None


def _with_years(words: str) -> str:
    """Write "2 thousand 4", "19 hundred" and "oh 3" in digits; of "22 thousand" the twenty is the day."""
    words = _THOUSANDS.sub(lambda m: f"{m[1] and m[1] + '0 '}{m[2]}0{m[3] or '0':0>2}", words)
    words = _HUNDREDS.sub(lambda m: f"{m[1]}{m[2] or '0':0>2}", words)
    return re.sub(r"\b0 (?=\d\b)", "0", _ZERO.sub("0", words))


def _with_month(month: int, numbers: Sequence[str]) -> list[str]:
    """Give month, day and the parts of the year."""
    if numbers and int(numbers[0]) > _DAYS_A_MONTH:
        return [str(month), numbers[-1], *numbers[:-1]]
    return [str(month), *numbers]


def _without_month(numbers: Sequence[str], *, month_first: bool) -> list[str]:
    """Give month, day and the parts of the year of a date without a word in it."""
    keyed = "".join(numbers)
    if len(keyed) in (6, 8) and (
        len(numbers) == 1 or all(len(one) == 1 or one.startswith("0") for one in numbers)
    ):
        numbers = [keyed[:2], keyed[2:4], keyed[4:]]
    one, other, *year = [*numbers, "", ""]
    if one and int(one) > _DAYS_A_MONTH:
        return [other, year[0], one]
    if one and other and (int(one) > _MONTHS_A_YEAR or (not month_first and int(other) <= _MONTHS_A_YEAR)):
        one, other = other, one
    return [one, other, *filter(None, year)]


def _year(parts: Sequence[str], today: date) -> int:
    """Read a year: 1980, 80, 19 80, 19 05, 1 9 8 0."""
    whole = len(parts) == 2 and len(parts[0]) == 2  # noqa: PLR2004 - "nineteen eighty"
    said = f"{parts[0]}{parts[1]:0>2}" if whole else parts[0] if len(parts[0]) > 2 else "".join(parts)  # noqa: PLR2004
    if len(said) > 2:  # noqa: PLR2004 - with its century
        return int(said)
    century = today.year // 100 * 100
    return century + int(said) - (100 if century + int(said) > today.year else 0)
