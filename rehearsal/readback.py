"""Checking what the bot read back, as heard over the telephone: forgiving of recognition, not of the bot."""

import difflib
import re
from typing import Final

_DIGITS: Final = dict(
    zip(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        "0123456789",
        strict=True,
    )
) | {"oh": "0", "o": "0"}
_FULL_NUMBER: Final = 7
"""Fewer digits in a row are a time or a date, not a telephone number."""
_NAME_RATIO: Final = 0.6
_LOST_DIGITS: Final = 2
"""Recognition drops one or two of equal digits in a row; that is not the bot's mistake."""
_ADDED_DIGITS: Final = 1
"""Nor is one that recognition heard twice."""


def spoken_digits(text: str) -> list[str]:
    """Find each run of digits that only spaces and punctuation interrupt: ``202-555, oh one 64``."""
    words = re.findall(r"\d|[a-z]+", text.lower())
    runs, run = [], ""
    for word in [*words, "."]:
        digit = word if word.isdigit() else _DIGITS.get(word)
        if digit is None:
            if run:
                runs.append(run)
            run = ""
        else:
            run += digit
    return runs


def digits_disagree(heard: str, phone: str) -> bool:
    """Say whether the bot read back a telephone number that is not this one, E.164.

    Up to two digits that were not heard, or one that was heard twice, make no other number.
    """
    runs = [run for run in spoken_digits(heard) if len(run) >= _FULL_NUMBER]
    if not runs:
        return False
    return not any(_is_heard_version(run, _forms(phone)) for run in runs)


def _forms(phone: str) -> list[str]:
    """Give the ways of reading a number: with the country code, without, and without the area too."""
    digits = phone.lstrip("+")
    if digits.startswith("1"):
        return [digits, digits[1:], digits[-_FULL_NUMBER:]]
    return [digits, digits[2:], digits[3:]]


def _is_heard_version(run: str, forms: list[str]) -> bool:
    # Whoever reads the country code begins with it; other runs of that length have a digit too many.
    alike = [form for form in forms if len(form) == len(run) and (form != forms[0] or run[0] == form[0])]
    if alike:
        return run in alike
    return any(
        (0 < len(form) - len(run) <= _LOST_DIGITS and _is_subsequence(run, form))
        or (len(run) - len(form) == _ADDED_DIGITS and _is_subsequence(form, run))
        for form in forms
    )


def _is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(digit in rest for digit in part)


def sounds_like(name: str, heard: str) -> bool:
    """Say whether any stretch of as many letters could be this name, misheard or misspelled."""
    wanted = re.sub(r"[^a-z]", "", name.lower())
    letters = re.sub(r"[^a-z]", "", heard.lower())
    if not wanted:
        return True
    width = len(wanted)
    windows = (letters[i : i + width] for i in range(max(len(letters) - width + 1, 1)))
    return any(difflib.SequenceMatcher(None, wanted, w).ratio() >= _NAME_RATIO for w in windows)
