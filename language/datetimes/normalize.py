"""Speech about time, brought to one spelling: numbers as digits, ordinals as ``3rd``, known slips mended."""

import re
import unicodedata
from collections.abc import Sequence

from language import speak
from language.datetimes.words import table
from language.speak import NUMBERS

MAX_WORDS = 200

_TENS = speak.TENS | {"fourty": 40}
_ORDINALS = {**speak.ORDINALS, "twelvth": 12, "nineth": 9}

WEEKDAYS = tuple(map(str.lower, speak.WEEKDAYS))
MONTHS = tuple(map(str.lower, speak.MONTHS))

_PUNCTUATED, _SPELLINGS, _IN_DIGITS = (
    [(re.compile(said), mended) for said, mended in table(name)]
    for name in ("punctuated", "spellings", "in_digits")
)
_DROPPED = tuple(map(re.compile, table("dropped")))
_SPANISH = frozenset(table("telling", "es").split())
_FROM_SPANISH = [(re.compile(said), meant) for said, meant in table("spellings", "es")]


def canonical(words: str) -> str:
    """Bring words, in any case and punctuation, to one spelling.

    Returns:
        Lower-case ASCII: words, digits, ``h:mm``, ``m/d``, ``3rd``, one space between; empty for nothing.
    """
    quoted = words[: MAX_WORDS * 20].replace("\u2019", "'")
    text = unicodedata.normalize("NFKD", quoted).encode("ascii", "ignore").decode().lower()
    text = " ".join(_mended(text, _PUNCTUATED).split()[:MAX_WORDS])
    if not _SPANISH.isdisjoint(text.split()):
        text = _mended(text, _FROM_SPANISH)
    text = " ".join(_mended(text, _SPELLINGS).split())
    for pattern in _DROPPED:
        text = pattern.sub(" ", text)
    text = _mended(" ".join(in_digits(text.split())), _IN_DIGITS)
    return " ".join(text.split())


def _mended(text: str, rows: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for pattern, mended in rows:
        text = pattern.sub(mended, text)
    return text


def in_digits(tokens: list[str]) -> list[str]:
    """Turn number words into digits: "twenty first" to ``21st``, "nine oh five" to ``9 05``."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in _TENS and _ORDINALS.get(following, 10) < 10:  # noqa: PLR2004 - units of "twenty first"
            out.append(speak.nth(_TENS[token] + _ORDINALS[following]))
            at += 2
        elif token in _TENS and 0 < NUMBERS.get(following, 0) < 10:  # noqa: PLR2004 - units of "twenty one"
            out.append(str(_TENS[token] + NUMBERS[following]))
            at += 2
        elif token in ("oh", "o", "zero") and following in NUMBERS and out and out[-1].isdigit():
            out.append(f"0{NUMBERS[following]}" if NUMBERS[following] < 10 else str(NUMBERS[following]))  # noqa: PLR2004
            at += 2
        elif token in _ORDINALS:
            out.append(speak.nth(_ORDINALS[token]))
            at += 1
        else:
            out.append(str(_TENS[token]) if token in _TENS else str(NUMBERS.get(token, token)))
            at += 1
    return out
