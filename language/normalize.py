"""Text as it was heard, made comparable: case, punctuation and number spellings taken out of the way."""

import re
import unicodedata

from language.phrases import lists

LONGEST = 1000
"""Characters of one utterance that are read; a caller says far less in one breath."""

_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u201c": '"', "\u201d": '"'})
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_MERIDIEM = re.compile(r"\b([ap])\s?\.?\s?m\b\.?")
_GLUED = re.compile(r"(\d)(am|pm|st|nd|rd|th)\b")
_DOTTED_TIME = re.compile(r"\b(\d{1,2})\.(\d{2})\b(?!\.?\d)")
_SLASH_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/\d{2,4})?\b")
_STRAY_COLON = re.compile(r"(?<!\d):|:(?!\d\d)")
_PUNCTUATION = re.compile(r"[^\w:'/\s]|_")
_SPACES = re.compile(r"\s+")
_TOO = [re.compile(one) for one in lists("too")["said"]]
_WRITTEN = lists("shorthand")
_ONLY_BEFORE = lists("shorthand_before")
_SHORTHAND = re.compile(
    r"(?<![\w'@./-])(?:"
    + "|".join(
        re.escape(one) + str(_ONLY_BEFORE.get(one, r"(?![\w'])"))
        for one in sorted(_WRITTEN, key=len, reverse=True)
    )
    + ")",
    re.IGNORECASE,
)

FILLERS = frozenset(
    "um uh uhm er erm ah oh hmm hm mm well so like okay ok alright hi hello hey good morning afternoon "
    "evening ugh huh pfft".split()
)
"""Words that open an utterance and say nothing."""


def plain(text: str) -> str:
    """Give a text with plain quotes and without invisible characters, case and punctuation kept.

    Args:
        text: What was said, of any length; only the first ``LONGEST`` characters are read.
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_QUOTES)
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def without_accents(text: str) -> str:
    """Give a text with its letters as they are without accents."""
    folded = unicodedata.normalize("NFKD", text)
    return "".join(one for one in folded if not unicodedata.combining(one))


def written_out(text: str) -> str:
    """Write out the shorthand of those who type: "appt 4 a cleaning tmrw pls".

    "That's a bit early for me" and "I can't get up that early" become "too early", which asks for later.
    """
    written = _SHORTHAND.sub(lambda match: str(_WRITTEN[match.group().lower()]), text)
    for one in _TOO:
        written = one.sub(r"\g<lead>too \g<what>", written)
    return written if written == text else " ".join(written.split())


def normal(text: str) -> str:
    """Give a text in lower case with single spaces and no punctuation, times kept readable.

    ``"At 2.30 P.M., please!"`` becomes ``"at 2:30 pm please"``.
    """
    text = plain(text).lower()
    text = _MERIDIEM.sub(r"\1m", text)
    text = _DOTTED_TIME.sub(r"\1:\2", text)
    text = _GLUED.sub(lambda m: f"{m[1]} {m[2]}" if m[2] in ("am", "pm") else m[0], text)
    text = _SLASH_DATE.sub(r"\1/\2", text)
    text = _STRAY_COLON.sub(" ", text)
    text = _PUNCTUATION.sub(" ", text)
    return _SPACES.sub(" ", text).strip()


def is_short(words: str, most: int = 6) -> bool:
    """Tell whether an utterance is a bare answer rather than a sentence.

    Args:
        most: How many words a bare answer has at most.
    """
    return len(words.split()) <= most


def without_fillers(words: str) -> str:
    """Take the empty opening off a normalised utterance.

    Returns:
        The words from the first one that says something.
    """
    tokens = words.split()
    start = 0
    while start < len(tokens) and tokens[start] in FILLERS:
        start += 1
    return " ".join(tokens[start:])
