"""Text as the terms that are searched for: stems, numbers in digits, money and percent by a sign."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

from knowledge.search.lemmas import BASE
from language.speak import NUMBERS, TENS

MONEY = "$"
"""The term of every price, whatever its amount."""
PERCENT = "%"
"""The term of every share."""

NUMBER = "#"
"""The mark of a passage that holds a number."""

STOP_WORDS = frozenset(
    "a an and are as at be been being but by can cannot could did do does doing done for from had has "
    "have having he her hers him his i if in into is it its me my mine myself no nor not of on one ones "
    "onto or our ours she should so some such than that the their theirs them then there these they "
    "this those to too u up upon us was we were what when where which who whom whose why will with "
    "would you your yours yourself am ok okay oh uh um er hmm hi hello hey yes yeah yep nope please "
    "thank thanks".split()
)
"""Words that hold a sentence together and say nothing; they are no terms."""

_HUNDRED = 100
_WORD = re.compile(r"[^\W_]+|[$%]")
_CLIPPED = re.compile(r"(?<=\w)['\u2019](?:s|re|ve|ll|d|m)\b")
_NOT = re.compile(r"\b(ca|wo|sha|ai|do|is|does|did|was|would|should|could|has|have|are|were)n['\u2019]?t\b")
_WHOLE = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_CENTS = re.compile(r"(?<=\d)\.00\b")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_COMPOUND = re.compile(r"\b([^\W\d_]+)-([^\W\d_]+)(?:-([^\W\d_]+))?\b")
_WITH_PARTICLE = re.compile(r"\b[a-z]+-(?:up|in|out|off|on|over|down)s?\b")
"""Words like check-up and walk-in, whose first part means something else."""
_LETTERS = re.compile(r"\b(?![ia] [a-z]\b(?! [a-z]\b))[a-z](?: [a-z]\b){1,5}")
"""Letters said one by one; "I x" and "a b" are more likely a word and a letter."""

_stemmer = Stemmer.Stemmer("english")


def plain(text: str) -> str:
    """Give a text in small letters, without accents and clipped endings.

    Returns:
        The text; spelled letters ("P P O") stand together.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = text.lower()
    text = _NOT.sub(lambda match: f"{_WHOLE.get(match[1], match[1])} not", text)
    text = _CLIPPED.sub("", text).replace("'", "").replace("\u2019", "")
    text = _ORDINAL.sub(r"\1", _CENTS.sub("", _GROUPED.sub("", text)))
    return _LETTERS.sub(lambda match: match[0].replace(" ", ""), text)


def words(text: str) -> list[str]:
    """Take a text apart into words, numbers in digits.

    Returns:
        The words in order, whole; signs of money and percent are words of their own.
    """
    return _in_digits(_WORD.findall(plain(text)))


def terms(text: str) -> list[str]:
    """Give the terms that a passage is found by.

    Returns:
        Terms in order, repeated as often as they stand there; a hyphenated word gives its parts and the
        whole.
    """
    small = plain(text)
    joined: list[str] = []
    if "-" in small:
        joined = ["".join(part for part in match if part) for match in _COMPOUND.findall(small)]
        small = _WITH_PARTICLE.sub(" ", small)
    single = _in_digits(_WORD.findall(small))
    return [stem(word) for word in (*single, *joined) if word not in STOP_WORDS]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Give a word's stem: one for "clean", "cleaned" and "cleaning".

    Returns:
        The stem, which need not be a word.
    """
    if word in ("dollar", "dollars", "buck", "bucks"):
        return MONEY
    if word == "percent":
        return PERCENT
    known = BASE.get(word) or (BASE.get(word[:-1]) if word.endswith("s") else None)
    return str(_stemmer.stemWord(known or word))


def _in_digits(found: list[str]) -> list[str]:
    """Write number words in digits: "twenty", "four" is "24"; a lone "one" is seldom a number."""
    written: list[str] = []
    sum_so_far: int | None = None
    for word in found:
        value = NUMBERS.get(word, TENS.get(word))
        if word == "hundred":
            sum_so_far = _HUNDRED * (sum_so_far or 1)
            continue
        if word == "and" and sum_so_far is not None and sum_so_far % _HUNDRED == 0:
            continue
        if value is None:
            if sum_so_far is not None:
                written.append(_digits(sum_so_far))
                sum_so_far = None
            written.append(word)
            continue
        if sum_so_far is not None and _goes_on(sum_so_far, value):
            sum_so_far += value
            continue
        if sum_so_far is not None:
            written.append(_digits(sum_so_far))
        sum_so_far = value
    if sum_so_far is not None:
        written.append(_digits(sum_so_far))
    return written


def _digits(number: int) -> str:
    return "one" if number == 1 else str(number)


def _goes_on(so_far: int, value: int) -> bool:
    """Tell whether a number word goes on with the number before it: "twenty" "four", "two hundred" "ten"."""
    if so_far % _HUNDRED == 0 and so_far:
        return 0 < value < _HUNDRED
    return so_far % 10 == 0 and so_far >= 20 and 0 < value < 10  # noqa: PLR2004 - tens and units
