"""A sentence as tokens, punctuation among them: "nine, ten" are two numbers, "nine ten" is one."""

import re
from dataclasses import dataclass

from num2words import num2words

from language.normalize import plain, without_accents

_MERIDIEM = re.compile(r"\b([ap])\s?\.?\s?m\b\.?(?=\W|$)", re.IGNORECASE)
_TOKEN = re.compile(
    r"[A-Z][a-z]?\d{1,3}(?![\w:])|\d{1,3}(?:,\d{3})+(?!\d)|\d{1,2}:\d{2}(?!\d)|\d{1,2}h\d{2}(?!\w)|\d+\.\d+(?![\w.])|\d+|"
    r"[^\W\d_]+(?:'[^\W\d_]+)*|\S"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or mark.

    Attributes:
        text: As it stood.
        word: In lower case, without accents.
    """

    text: str
    word: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """Cut a text into tokens; "a.m." is one, "10am" two, "9:30" and "M4" one."""
    text = _MERIDIEM.sub(lambda m: f"{m[1].lower()}m", plain(text))
    return [Token(m[0], bare(m[0]), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def bare(word: str) -> str:
    """Give a word in lower case, without accents."""
    return without_accents(word.lower()) or word


def _words(language: str, values: range) -> dict[str, int]:
    return {bare(str(num2words(value, lang=language))): value for value in values}


_ENGLISH = _words("en", range(20)) | _words("en", range(20, 100, 10))
_SPANISH = (
    {
        word: value
        for word, value in (_words("es", range(30)) | _words("es", range(30, 100, 10))).items()
        if " " not in word
    }
    | {"un": 1, "una": 1, "cien": 100, "ciento": 100}
    | _words("es", range(200, 1000, 100))
)
CARDINALS = _SPANISH | _ENGLISH
"""Number words of one token; English ``once`` is no number, Spanish ``once`` is, so see ``SPANISH_ONLY``."""
SPANISH_ONLY = frozenset(_SPANISH) - frozenset(_ENGLISH)
ORDINALS = {
    bare(str(num2words(value, to="ordinal"))): value for value in (*range(1, 20), *range(20, 100, 10))
}
"""Ordinal words of one token."""
