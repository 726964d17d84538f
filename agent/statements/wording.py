"""How facts are worded: what denies, says the same, lists; data in ``language/en/claims.toml``."""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_LANGUAGES = ("en", "es")


@cache
def _data(language: str) -> dict[str, Any]:
    return tomllib.loads((files("language") / language / "claims.toml").read_text("utf-8"))


@cache
def _same() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (word, re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE))
        for language in _LANGUAGES
        for word, phrases in _data(language)["same"].items()
    )


@lru_cache(maxsize=8192)
def plainly(text: str) -> str:
    """Give a text with one word for all that says the same: "at no charge" is "free"."""
    for word, pattern in _same():
        text = pattern.sub(f" {word}", text)
    return text


@cache
def _denials() -> tuple[frozenset[str], re.Pattern[str]]:
    words = frozenset(word for language in _LANGUAGES for word in _data(language)["denials"].split())
    phrases = [phrase for language in _LANGUAGES for phrase in _data(language)["denying"]]
    return words, re.compile(rf"\b(?:{'|'.join(phrases)})\b")


@cache
def _condition() -> re.Pattern[str]:
    return re.compile(_data("en")["condition"])


def denies(text: str) -> bool:
    """Tell whether a text says that something is not so; "if you can't come" does not."""
    text = _condition().sub(" ", plainly(text).lower().replace("\u2019", "'"))
    words, phrases = _denials()
    return not words.isdisjoint(words_of(text)) or phrases.search(text) is not None


@cache
def claim_words() -> frozenset[str]:
    """List the words whose claim nothing else bears out than what holds them itself."""
    return frozenset(_data("en")["claims"].split())


def grants(text: str) -> bool:
    """Tell whether a text says that something is allowed: what we accept, what you can do."""
    return not words_of(text).isdisjoint(_data("en")["granted"].split())


@cache
def claim_limits() -> frozenset[str]:
    """List the words that limit such a claim: what says less bears out no more."""
    return frozenset(_data("en")["claim_limits"].split())


def words_of(text: str) -> set[str]:
    """Give the words of a text in lower case."""
    return set(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower()))


@cache
def takes() -> re.Pattern[str]:
    """Give how it is said how long a visit takes."""
    return re.compile(rf"\b(?:{_data('en')['takes']})(?!\w)", re.IGNORECASE)


@cache
def points_back() -> re.Pattern[str]:
    """Give how a sentence begins that says of a visit what it is."""
    return re.compile(_data("en")["points_back"], re.IGNORECASE)


@cache
def goes_on() -> re.Pattern[str]:
    """Give how a clause begins that says more of what the one before it spoke of."""
    return re.compile(_data("en")["goes_on"], re.IGNORECASE)


@cache
def listed() -> re.Pattern[str]:
    """Give what parts a list of which each may be borne out by something else."""
    return re.compile(_data("en")["list"])


@cache
def both() -> re.Pattern[str]:
    """Give how it is said that two do the same."""
    return re.compile(_data("en")["both"])
