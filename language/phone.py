"""Telephone numbers as they are spoken, written and dialled."""

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

from language.datetimes.normalize import in_digits
from language.phrases import phrase, word_set
from language.speak import NUMBERS, TENS

E164 = str
"""A number as ``+12025550142``."""

_ZEROS = frozenset("oh o nought naught nil".split())
_REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_SOUNDS_LIKE = {"to": 2, "too": 2, "for": 4, "fore": 4, "ate": 8, "won": 1, "tree": 3, "l": 0, "owe": 0}
_NUMBER_WORDS = {*NUMBERS, *TENS, *_ZEROS, *_REPEATS, "fourty", "hundred", "thousand"}
_REPEATED = re.compile(rf"\b({'|'.join(_REPEATS)}) (\d)")
_SLIP = re.compile(
    rf"(?:(?<=\d )|(?<=hundred )|(?<=thousand ))({'|'.join(_SOUNDS_LIKE)})(?= \d| double| triple)|"
    rf"(?<=(?:\d ){{6}})({'|'.join(_SOUNDS_LIKE)})$"
)
"""Where "to" or "for" stands between digits, or behind many, recognition meant two or four."""
_THOUSANDS = re.compile(r"\b(\d{1,2}) thousand\b")
# "Eight hundred, five five five" goes on with another group; only a number above nine or "and" continues it.
_HUNDREDS = re.compile(r"\b(\d{1,2}) hundred\b(?: and (\d{1,2})\b| (\d\d)\b)?")
_ORDINAL = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b")
_GROUP = re.compile(r"[a-z]+|\d+")
_LONGEST = 400
_NO_DIGITS, _EXTENSION = phrase("phone.no_digits"), phrase("phone.extension")
_RUN_OF_DIGITS, _ABROAD = phrase("phone.run_of_digits"), phrase("phone.abroad")
_PARTS = tuple((phrase(f"phone.{one}"), one) for one in ("front", "middle", "end", "at_end"))
"""Ways to name a part of a number, and where it stands."""
_CONTRAST = phrase("phone.contrast")
_NOT = re.compile(r"\bnot\b")
_RUN_OF_ONE = re.compile(r"(\d)\1+")
_TWO_OF_ONE = re.compile(r"(\d)\1(?!\1)")
_FEW = 4
_WORDS = re.compile(r"[a-z']{1,20}")
_CLOCK_WORDS = frozenset("at about around after before since until".split())
_NUMBER_TALK = word_set("phone.number_talk") | _NUMBER_WORDS
_AREA_DIGITS = 3
_LOCAL_DIGITS = 7
_AREA_CODE_LAST = phrase("phone.area_code_last")
_MENDS = phrase("phone.mends")
_LINE_DIGITS = 4
_COSTLY = (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST)
_NO_COUNTRY = "001"
"""Region of the codes that are no country's: satellites, and international premium numbers."""
_NANP = 1
_NATIONAL = 10


def digits(text: str) -> str:
    """Read the digits out of spoken or written words.

    Args:
        text: As recognised: ``"two oh two, five five five"``, ``"202-555-0142"``, ``"double five"``.

    Returns:
        The digits said so far, which may be a part of a number or nothing; an extension is left out.
    """
    plain = unicodedata.normalize("NFKD", text[:_LONGEST]).encode("ascii", "ignore").decode().lower()
    plain = _NO_DIGITS.sub(" ", _EXTENSION.sub(" ", plain))
    said = _mended([_digits(one) for one in _MENDS.split(plain)])
    if match := _AREA_CODE_LAST.search(plain):
        before, code = _digits(plain[: match.start()]), _digits(match["code"])
        said = code + before if (len(before), len(code)) == (_LOCAL_DIGITS, _AREA_DIGITS) else said
    others = [] if len(said) > _FEW else [one for one in _WORDS.findall(plain) if one not in _NUMBER_TALK]
    # A few digits among other words count something else: "two please", "my two daughters", "at four thirty".
    return "" if others and (len(said) < _AREA_DIGITS or _CLOCK_WORDS.intersection(others)) else said


def _mended(parts: list[str]) -> str:
    """Put what a caller corrects themselves to in the place of what they said before: "0143. No, 0134"."""
    said = parts[0]
    for part in filter(None, parts[1:]):
        ends = len(said) >= _NATIONAL or len(part) <= _LINE_DIGITS
        kept = len(said) - len(part) if ends else _NATIONAL - len(part)
        said = said[: max(kept, 0)] + part
    return said


def run_of_digits(text: str) -> str:
    """Give the part of an utterance that is a telephone number's digits, one after the other; maybe empty."""
    match = _RUN_OF_DIGITS.search(text)
    if match is None:
        return ""
    mended = _MENDS.match(text[match.end() :].lstrip(" ,.").lower())
    return text[match.start() :] if mended else match.group()


def without_number(text: str) -> str:
    """Give an utterance without the telephone number in it."""
    return _RUN_OF_DIGITS.sub(" ", text)


def without_surplus(said: str) -> str:
    """Leave out what recognition wrote once too often of a run of one digit: "five five five five" for three.

    Returns:
        The other digits, empty where not just one run is that long. It is a guess: read it back.
    """
    runs = {said[: run.start()] + said[run.start() + 1 :] for run in _RUN_OF_ONE.finditer(said)}
    return runs.pop() if len(runs) == 1 else ""


def with_lost(said: str) -> str:
    """Put in what recognition did not write of a run of one digit: "five five" for three of them.

    Returns:
        All digits, empty where there is not just one such run. It is a guess: read it back.
    """
    runs = {said[: run.end()] + said[run.end() - 1 :] for run in _TWO_OF_ONE.finditer(said)}
    return runs.pop() if len(runs) == 1 else ""


def extension(text: str) -> str:
    """Give the extension behind a number, empty when there is none."""
    match = _EXTENSION.search(text.lower())
    return _digits(match[0]) if match else ""


def _digits(text: str) -> str:
    words = ("zero" if one in _ZEROS else one for one in _GROUP.findall(text))
    said = _ORDINAL.sub("", " ".join(in_digits([*words])))
    said = _SLIP.sub(lambda m: str(_SOUNDS_LIKE[m[1] or m[2]]), said)
    said = _REPEATED.sub(lambda m: m[2] * _REPEATS[m[1]], said)
    said = _HUNDREDS.sub(lambda m: f"{m[1]}{m[2] or m[3] or '0':0>2}", _THOUSANDS.sub(r"\g<1>000", said))
    return re.sub(r"\D", "", said)


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
    plus = "+" if _ABROAD.search(text.lower()) else ""
    if not plus and number.startswith("00"):
        plus, number = "+", number[2:]
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


def corrected(number: E164, text: str, region: str = "US", *, alone: bool = True) -> E164 | None:
    """Change a part of a number: "the area code is 203", "the last four are 0199", "nine nine at the end".

    Args:
        number: As it was understood.
        text: What the caller says is wrong with it.
        alone: A whole number is another one, and four digits with nothing else are its last.

    Returns:
        The changed number, or the other number that was said; None when the words change nothing.
    """
    low = text.lower()
    old = national(number)
    new = ""
    for pattern, place in _PARTS:
        said = digits(_NOT.split(match["said"])[0]) if (match := pattern.search(low)) else ""
        if said and len(said) < len(old):
            at = {"front": 0, "middle": _AREA_DIGITS}.get(place, len(old) - len(said))
            new = old[:at] + said + old[at + len(said) :]
            break
    if not new and (match := _CONTRAST.search(low)):
        right, wrong = digits(match["right"]), digits(match["wrong"])
        at = old.rfind(wrong) if wrong else -1
        if at >= 0 and len(right) == len(wrong) >= _AREA_DIGITS:  # "eleven, not ten" is a time
            new = old[:at] + right + old[at + len(wrong) :]
    if not new and alone:
        if whole := parse(text, region):
            return whole
        said = digits(text)
        bare = all(one in _NUMBER_TALK for one in _WORDS.findall(low))
        new = old[: -len(said)] + said if bare and len(said) == _LINE_DIGITS else ""
    parsed = _parsed(number)
    return parse(f"+{parsed.country_code}{new}", region) if parsed and new else None


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


def national(number: E164) -> str:
    """Give a number's digits without its country's code."""
    parsed = _parsed(number)
    return str(parsed.national_number) if parsed is not None else number.lstrip("+")


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


def is_costly(number: E164) -> bool:
    """Tell whether a number costs more than an ordinary call: premium, shared cost, satellite."""
    parsed = _parsed(number)
    return (
        parsed is None
        or phonenumbers.region_code_for_country_code(parsed.country_code or 0) == _NO_COUNTRY
        or phonenumbers.number_type(parsed) in _COSTLY
    )


def find_region_of_language(tag: str) -> str | None:
    """Find the two-letter country that a BCP 47 language tag names, such as ``en-US`` or ``zh-Hant-TW``."""
    for part in tag.replace("_", "-").split("-")[1:]:
        if len(part) == 2 and part.upper() in phonenumbers.SUPPORTED_REGIONS:  # noqa: PLR2004 - ISO 3166
            return part.upper()
    return None


def region_of(numbers: Iterable[str | None], default: str = "US") -> str:
    """Find the country that a practice's own numbers belong to; None and odd ones are passed over."""
    return next((region for number in numbers if (region := find_region(number))), default)


def _parsed(text: str, region: str | None = None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _spaced(group: str) -> str:
    return " ".join(group)
