"""Dates of birth, as they are spoken, written or keyed: "March third nineteen eighty", "03/03/1980"."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from language.speak import MONTHS, NUMBERS, ORDINALS, TENS

OLDEST_YEARS = 130
_LONGEST = 200
_TOKEN = re.compile(r"[a-z]+|\d+")
_MONTHS = {name.lower(): n for n, name in enumerate(MONTHS, 1)}
_MONTHS |= {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}
_SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
_MONTHS |= {name: n for n, name in enumerate(_SPANISH, 1)}
_ORDINALS = {word: value for word, value in ORDINALS.items() if " " not in word} | {"second": 2}
_ZERO = frozenset("oh o zero naught nought".split())
_HUNDRED, _THOUSAND = 100, 1000
_CENTURIES = (19, 20)
_MONTHS_A_YEAR, _DAYS_A_MONTH = 12, 31
_DIGITS_OF_A_YEAR = 4


class _Number(NamedTuple):
    """A number as it was said.

    Attributes:
        written: Its digits where it was said or written in digits, each place of them.
    """

    value: int
    written: str


def date_of_birth(text: str, today: date, *, month_first: bool = True) -> date | None:
    """Read a date of birth.

    Args:
        today: Where the practice is.
        month_first: 3/4 is the fourth of March, as in the United States.

    Returns:
        The date; None where the words hold none that is whole, or one that nobody living was born on.
    """
    month, numbers = _read(text)
    found = (
        _with_month(month, numbers, today)
        if month is not None
        else _in_digits(numbers, today, month_first=month_first)
    )
    if found is None or not 0 <= today.year - found.year <= OLDEST_YEARS or found > today:
        return None
    return found


def _read(text: str) -> tuple[int | None, list[_Number]]:
    """Give the month's name, and the numbers in their order."""
    plain = unicodedata.normalize("NFKD", text[:_LONGEST]).encode("ascii", "ignore").decode().lower()
    month: int | None = None
    numbers: list[_Number] = []
    tens = 0
    for word in _TOKEN.findall(plain):
        if word in TENS:
            tens = TENS[word]
            numbers.append(_Number(tens, ""))
            continue
        small = NUMBERS.get(word, _ORDINALS.get(word, 0))
        if tens and 0 < small < 10:  # noqa: PLR2004 - a digit
            numbers[-1] = _Number(tens + small, "")
        elif word in _MONTHS and (month is None or word not in ("mar", "may")):
            month = _MONTHS[word]
        elif word in ("hundred", "thousand") and numbers:
            _multiply(numbers, _HUNDRED if word == "hundred" else _THOUSAND)
        elif word in _ZERO:
            numbers.append(_Number(0, "0"))
        elif word.isdecimal():
            numbers.append(_Number(int(word), word))
        elif word in NUMBERS or word in _ORDINALS:
            numbers.append(_Number(small, str(small) if small < 10 else ""))  # noqa: PLR2004 - a digit
        tens = 0
    return month, numbers


def _multiply(numbers: list[_Number], by: int) -> None:
    """Read "two thousand"; of "twenty two thousand" the twenty is the day."""
    value = numbers.pop().value
    if by == _THOUSAND and value > _CENTURIES[1] and value % 10 == 2:  # noqa: PLR2004 - the thousands
        numbers.append(_Number(value - 2, ""))
        value = 2
    numbers.append(_Number(value * by, ""))


def _with_month(month: int, numbers: Sequence[_Number], today: date) -> date | None:
    if len(numbers) < 2:  # noqa: PLR2004 - a day and a year
        return None
    if numbers[0].value > _DAYS_A_MONTH:
        return _date(_year(numbers[:-1], today), month, numbers[-1].value)
    # "The oh third": a zero before a digit is none of its own.
    first = 1 if numbers[0].value == 0 else 0
    return _date(_year(numbers[first + 1 :], today), month, numbers[first].value)


def _in_digits(numbers: Sequence[_Number], today: date, *, month_first: bool) -> date | None:
    digits = "".join(one.written for one in numbers)
    if all(one.written for one in numbers) and len(digits) in (6, 8) and len(numbers) in (1, len(digits)):
        # Keyed, or said digit by digit.
        numbers = [_Number(int(part), part) for part in (digits[:2], digits[2:4], digits[4:])]
    merged = _merged(numbers)
    if len(merged) < 3:  # noqa: PLR2004 - day, month and year
        return None
    if merged[0].value > _DAYS_A_MONTH:
        return _date(_year(merged[:1], today), merged[1].value, merged[2].value)
    one, other = merged[0].value, merged[1].value
    if one > _MONTHS_A_YEAR or (not month_first and other <= _MONTHS_A_YEAR):
        one, other = other, one
    return _date(_year(merged[2:], today), one, other)


def _merged(numbers: Sequence[_Number]) -> list[_Number]:
    """Put a zero and the digit after it together: "oh three" is a three; years are left as they are."""
    found: list[_Number] = []
    place = 0
    while place < len(numbers):
        one = numbers[place]
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        if one.written == "0" and following is not None and len(found) < 2 and len(following.written) == 1:  # noqa: PLR2004 - day and month
            found.append(_Number(following.value, following.written))
            place += 2
            continue
        found.append(one)
        place += 1
    return found


def _year(parts: Sequence[_Number], today: date) -> int | None:  # noqa: PLR0911 - a way to say it each
    """Read a year: 1980, 80, nineteen eighty, nineteen oh five, two thousand four, one nine eight zero."""
    if not parts:
        return None
    digits = "".join(one.written for one in parts)
    by_digit = all(len(one.written) == 1 for one in parts)
    if by_digit and len(parts) == _DIGITS_OF_A_YEAR:
        return int(digits)
    if len(parts) == 1 or (by_digit and len(parts) == 2):  # noqa: PLR2004 - of two digits
        value = int(digits) if by_digit else parts[0].value
        if value >= _HUNDRED:
            return value
        century = today.year // _HUNDRED * _HUNDRED
        return century + value if century + value <= today.year else century - _HUNDRED + value
    head, rest = parts[0].value, [one.value for one in parts[1:]]
    tail = sum(rest)
    if tail >= _HUNDRED:
        return None
    if head in _CENTURIES:
        return head * _HUNDRED + tail
    return head + tail if head >= _THOUSAND else None


def _date(year: int | None, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year is not None else None
    except ValueError:
        return None
