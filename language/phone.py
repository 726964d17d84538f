"""Telephone numbers as they are spoken, written and dialled."""

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

from language.speak import NUMBERS, TENS

E164 = str
"""A number as ``+12025550142``."""

_DIGITS = {word: str(value) for word, value in NUMBERS.items() if value <= 9} | {  # noqa: PLR2004 - a digit
    **dict.fromkeys("oh o nought naught nil".split(), "0")
}
_TEENS = {word: value for word, value in NUMBERS.items() if value > 9}  # noqa: PLR2004 - no digit
_TENS = {word: value // 10 for word, value in TENS.items()} | {"fourty": 4}
_REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_SOUNDS_LIKE = {
    "to": "2",
    "too": "2",
    "for": "4",
    "fore": "4",
    "ate": "8",
    "won": "1",
    "tree": "3",
    "l": "0",
    "owe": "0",
}
_NUMBER_WORDS = {*_DIGITS, *_TEENS, *_TENS, *_REPEATS, "hundred", "thousand"}
_GROUP = re.compile(r"[a-z]+|\d+")
_NANP = 1
_NATIONAL = 10


def digits(text: str) -> str:
    """Read the digits out of spoken or written words.

    Args:
        text: As recognised: ``"two oh two, five five five"``, ``"202-555-0142"``, ``"double five"``.

    Returns:
        The digits said so far, which may be a part of a number or nothing.
    """
    tokens = _GROUP.findall(unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower())
    said = ""
    position = 0
    while position < len(tokens):
        part, position = _read(tokens, position)
        said += part
    return said


def parse(text: str, region: str = "US") -> E164 | None:
    """Understand a whole telephone number.

    Args:
        region: Two-letter country that a number without its country code belongs to.

    Returns:
        The number as E.164, or None when it is too short, too long, or no number at all.
    """
    number = digits(text)
    if not number:
        return None
    plus = "+" if "+" in text or text.strip().lower().startswith("plus ") else ""
    parsed = _parsed(plus + number, region)
    # Length is what is checked: reading the number back catches a wrong digit better than a table of
    # number ranges, which would refuse numbers newer than itself.
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if parsed is None or phonenumbers.is_possible_number_with_reason(parsed) != possible:
        return None
    national = str(parsed.national_number)
    if parsed.country_code == _NANP and (len(national) != _NATIONAL or national[0] == "1"):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def find_e164(text: str, region: str | None) -> E164 | None:
    """Write a written telephone number as E.164.

    Only its length is checked: ranges open faster than any table of them, and the contract's own example,
    ``+15551234567``, lies in none.

    Args:
        text: As written, with or without blanks and brackets.
        region: The country of a number that does not begin with ``+``; None when there is none to assume.

    Returns:
        ``+`` and at most fifteen digits, or None when it is no number or has an extension.
    """
    number = _parsed(text, region)
    if number is None or number.extension or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written(number: E164) -> str:
    """Write a number the way people read it.

    Returns:
        For example ``+1 202-555-0142``; what is no number stays as it is.
    """
    parsed = _parsed(number)
    if parsed is None:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def spoken(number: E164) -> str:
    """Write a number so that a voice reads it digit by digit, in groups.

    Returns:
        For example ``"2 0 2, 5 5 5, 0 1 4 2"``; outside North America with the country code first.
    """
    parsed = _parsed(number)
    if parsed is None:
        return ", ".join(_spaced(group) for group in re.findall(r"\d{1,3}", number))
    if parsed.country_code == _NANP:
        national = str(parsed.national_number)
        groups = [national[:3], national[3:6], national[6:]]
        return ", ".join(_spaced(group) for group in groups if group)
    first, *rest = re.findall(r"\d+", written(number))
    return ", ".join([f"plus {_spaced(first)}", *(_spaced(group) for group in rest)])


def find_region(number: str | None) -> str | None:
    """Find the two-letter country of a number that begins with ``+``."""
    parsed = _parsed(number or "")
    return phonenumbers.region_code_for_number(parsed) if parsed else None


def find_region_of_language(tag: str) -> str | None:
    """Find the two-letter country that a BCP 47 language tag names, such as ``en-US`` or ``zh-Hant-TW``."""
    for part in tag.replace("_", "-").split("-")[1:]:
        if len(part) == 2 and part.upper() in phonenumbers.SUPPORTED_REGIONS:  # noqa: PLR2004 - ISO 3166
            return part.upper()
    return None


def region_of(numbers: Iterable[str | None], default: str = "US") -> str:
    """Find the country that a practice's own numbers belong to.

    Args:
        numbers: The practice's numbers; None and odd ones are passed over.
        default: What to give when none tells.
    """
    return next((region for number in numbers if (region := find_region(number))), default)


def _parsed(text: str, region: str | None = None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _spaced(group: str) -> str:
    return " ".join(group)


def _read(tokens: list[str], at: int) -> tuple[str, int]:
    """Read the digits that start at one token; gives them and where to go on."""
    token = tokens[at]
    if token in _REPEATS and at + 1 < len(tokens):
        digit = _DIGITS.get(tokens[at + 1]) or (tokens[at + 1] if len(tokens[at + 1]) == 1 else "")
        if digit.isdigit():
            return digit * _REPEATS[token], at + 2
        return "", at + 1
    value, end = _below_hundred(tokens, at)
    if value is None:
        return (_SOUNDS_LIKE[token] if _is_slip(tokens, at) else ""), at + 1
    if end < len(tokens) and tokens[end] in ("hundred", "thousand") and len(value) <= 2:  # noqa: PLR2004
        return _rounded(tokens, value, end)
    return value, end


def _below_hundred(tokens: list[str], at: int) -> tuple[str | None, int]:
    token = tokens[at]
    if token.isdigit():
        return token, at + 1
    if token in _DIGITS:
        return _DIGITS[token], at + 1
    if token in _TEENS:
        return str(_TEENS[token]), at + 1
    if token in _TENS:
        unit = _DIGITS.get(tokens[at + 1], "0") if at + 1 < len(tokens) else "0"
        if unit != "0":
            return f"{_TENS[token]}{unit}", at + 2
        return f"{_TENS[token]}0", at + 1
    return None, at


def _rounded(tokens: list[str], value: str, at: int) -> tuple[str, int]:
    """Read "eight hundred", "two hundred and two", "five thousand"; ``at`` is at the round word."""
    if tokens[at] == "thousand":
        return value + "000", at + 1
    rest_at = at + 2 if at + 1 < len(tokens) and tokens[at + 1] == "and" else at + 1
    # "Eight hundred, five five five" goes on with another group; only a number above nine,
    # or "and", continues the hundred.
    if rest_at < len(tokens) and not tokens[rest_at].isdigit():
        rest, end = _below_hundred(tokens, rest_at)
        if rest is not None and (len(rest) == 2 or rest_at == at + 2):  # noqa: PLR2004 - two digits
            return value + rest.rjust(2, "0"), end
    return value + "00", at + 1


def _is_slip(tokens: list[str], at: int) -> bool:
    """Tell whether "to" or "for" stands between digits, where recognition meant two or four."""
    if tokens[at] not in _SOUNDS_LIKE or at == 0 or at + 1 >= len(tokens):
        return False
    return all(one.isdigit() or one in _NUMBER_WORDS for one in (tokens[at - 1], tokens[at + 1]))
