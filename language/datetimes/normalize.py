"""Speech about time, brought to one spelling: numbers as digits, ordinals as ``3rd``, known slips mended."""

import re
import unicodedata

from language import speak
from language.datetimes.words import table
from language.speak import NUMBERS

MAX_WORDS = 200

_TENS = speak.TENS | {"fourty": 40}
_ORDINALS = {**speak.ORDINALS, "twelvth": 12, "nineth": 9}

WEEKDAYS = tuple(map(str.lower, speak.WEEKDAYS))
MONTHS = tuple(map(str.lower, speak.MONTHS))

_SPELLINGS = tuple((re.compile(said), mended) for said, mended in table("spellings"))
_DROPPED = tuple(map(re.compile, table("dropped")))
_SPANISH = frozenset(table("telling", "es").split())
_FROM_SPANISH = tuple((re.compile(said), meant) for said, meant in table("spellings", "es"))

_CONTRACTED = re.compile(
    r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|morning|afternoon)'s"
    r"(?= (?:good|fine|great|better|best|ok|okay|perfect|out|bad|not|no|a|my|easier|ideal|too|off|"
    r"the|hard)\b)"
)
_SOUNDS_LIKE = {"to": "2", "too": "2", "for": "4", "ate": "8", "won": "1"}


def canonical(words: str) -> str:
    """Bring words to one spelling.

    Args:
        words: What was heard, in any case and punctuation.

    Returns:
        Lower-case ASCII: words, digits, ``h:mm``, ``m/d``, ``3rd``, one space between; empty for nothing.
    """
    plain = (
        unicodedata.normalize("NFKD", words[: MAX_WORDS * 20].replace("\u2019", "'"))
        .encode("ascii", "ignore")
        .decode()
    )
    text = _CONTRACTED.sub(r"\1 is", plain.lower()).replace("we'd", "we would")  # no Wednesday
    text = text.replace("'s", "s").replace("'", "")
    text = re.sub(r"\b(not|but|except(?: for)?) ((?:at |on |the )?\w{1,20}), (?=\w)", r"\1 \2 but ", text)
    text = re.sub(r"\bafter next, (?=\w{3,6}day)", "after next on ", text)
    # "The Monday after, the 28th" names it twice; "the Monday after the 28th" is another.
    text = re.sub(r"\b(day|week) (after|before), (?=the )", r"\1 \2 that, ", text)
    text = re.sub(r"\b(\w{3,6}day) after, (?=the )", r"\1 after that, ", text)
    text = re.sub(r"(?<=\d)-(?=\d\d-\d)|(?<=-\d\d)-(?=\d)", "/", text)
    text = re.sub(r"[^a-z0-9:/. ]+", " ", text)
    text = " ".join(text.split()[:MAX_WORDS])
    if not _SPANISH.isdisjoint(text.split()):
        for pattern, meant in _FROM_SPANISH:
            text = pattern.sub(meant, text)
    text = re.sub(r"\b([ap]) ?\. ?m\b\.?", r" \1m ", text)
    text = re.sub(r"(\d)\.(\d\d)\b(?!\d|[./])", r"\1:\2", text)
    text = re.sub(r"\.", " ", text)
    for pattern, mended in _SPELLINGS:
        text = pattern.sub(mended, text)
    text = " ".join(text.split())
    for pattern in _DROPPED:
        text = pattern.sub(" ", text)
    text = " ".join(in_digits(text.split()))
    text = re.sub(r"\bat (to|too|for|ate|won)$", lambda m: f"at {_SOUNDS_LIKE[m[1]]}", text)
    text = re.sub(r"\b(\d{1,2}) (st|nd|rd|th)\b", r"\1\2", text)
    text = re.sub(
        r"\b(or|and|to|through|until|between|after|before|by|from) (\d{1,2}(?:st|nd|rd|th))\b",
        r"\1 the \2",
        text,
    )
    text = re.sub(r"\b(\d{1,2}(?:st|nd|rd|th)) (?=\d{1,2}(?:st|nd|rd|th)\b)", r"\1 or the ", text)
    # Long runs of digits are telephone numbers.
    text = re.sub(r"(?:\b\d+ ){4,}\d+\b|\b\d{5,}\b|(?:\b\d{3} ){1,2}\d{3,4}\b", " ", text)
    text = re.sub(r"\b2 thousand (?:and )?(\d\d)\b|\b20 (2\d)\b", r"20\1\2", text)
    return " ".join(text.split())


def in_digits(tokens: list[str]) -> list[str]:
    """Turn number words into digits: "twenty first" to ``21st``, "nine oh five" to ``9 05``."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in _TENS and _ORDINALS.get(following, 10) < 10:  # noqa: PLR2004 - units of "twenty first"
            out.append(_suffixed(_TENS[token] + _ORDINALS[following]))
            at += 2
        elif token in _TENS and 0 < NUMBERS.get(following, 0) < 10:  # noqa: PLR2004 - units of "twenty one"
            out.append(str(_TENS[token] + NUMBERS[following]))
            at += 2
        elif token in ("oh", "o", "zero") and following in NUMBERS and out and out[-1].isdigit():
            out.append(f"0{NUMBERS[following]}" if NUMBERS[following] < 10 else str(NUMBERS[following]))  # noqa: PLR2004
            at += 2
        elif token in _ORDINALS:
            out.append(_suffixed(_ORDINALS[token]))
            at += 1
        else:
            out.append(str(_TENS[token]) if token in _TENS else str(NUMBERS.get(token, token)))
            at += 1
    return out


def _suffixed(value: int) -> str:
    suffix = "th" if value in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"
